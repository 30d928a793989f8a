import assert from 'node:assert/strict';
import type { PageReport } from '../../../signaling/protocol/events-bystander.ts';
import { ManualClock } from '../../core/testing/manual-clock.ts';
import { DEBOUNCE_MS, newsOf, Reporter } from './report.ts';

describe('What a page reports of itself', () => {
  const setUp = () => {
    const clock = new ManualClock();
    const sent: PageReport[] = [];
    let answer: () => Promise<void> = async () => undefined;
    const reporter = new Reporter(clock, (report) => {
      sent.push(report);
      return answer();
    });
    return { clock, sent, reporter, answers: (next: () => Promise<void>) => (answer = next) };
  };

  it('is what changed, and only that', () => {
    const zoom = { now: 1, least: 1, most: 4, supported: true };
    assert.deepEqual(newsOf({ torch: 'off', zoom }, { torch: 'on', zoom: { ...zoom } }), { torch: 'on' });
    assert.deepEqual(newsOf({ camera: 'live' }, { camera: 'live', visible: false }), { visible: false });
    assert.deepEqual(newsOf({}, { language: undefined }), {});
  });

  it('comes once for changes that come together', async () => {
    const { clock, sent, reporter } = setUp();
    reporter.say({ camera: 'asked' });
    reporter.say({ visible: true });
    reporter.say({ camera: 'live' });
    clock.advance(DEBOUNCE_MS - 1);
    assert.deepEqual(sent, []);
    clock.advance(1);
    assert.deepEqual(sent, [{ camera: 'live', visible: true }]);
    await Promise.resolve();
    reporter.say({ camera: 'live' });
    assert.equal(clock.pending, 0);
    reporter.close();
  });

  it('says again what was refused, and what changed while it was under way', async () => {
    const { clock, sent, reporter, answers } = setUp();
    answers(() => Promise.reject(new Error('refused')));
    reporter.say({ torch: 'unsupported' });
    clock.advance(DEBOUNCE_MS);
    await new Promise(setImmediate);
    const held = Promise.withResolvers<void>();
    answers(() => held.promise);
    reporter.say({ visible: false });
    clock.advance(DEBOUNCE_MS);
    reporter.say({ visible: true });
    clock.advance(DEBOUNCE_MS);
    assert.deepEqual(sent.slice(1), [{ torch: 'unsupported', visible: false }]);
    answers(async () => undefined);
    held.resolve();
    await new Promise(setImmediate);
    clock.advance(DEBOUNCE_MS);
    assert.deepEqual(sent.at(-1), { visible: true });
    reporter.close();
    assert.equal(clock.pending, 0);
  });
});
