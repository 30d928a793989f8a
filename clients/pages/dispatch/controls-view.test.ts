import assert from 'node:assert/strict';
import type { AskState } from '../../../signaling/protocol/state-bystander.ts';
import { controlView, nextZoom, SAID_FOR_MS, SILENT_AFTER_MS } from './controls-view.ts';

const NOW = 1_760_000_000_000;
const asked = (change: Partial<AskState>): AskState => ({
  askId: 'a1',
  peerId: 'p1',
  what: 'torch',
  utc: NOW,
  ...change,
});

describe('A key of the phone', () => {
  it('is ready, and on or off as the phone said', () => {
    assert.deepEqual(controlView('torch', { torch: 'on' }, [], NOW), {
      what: 'torch',
      standing: 'ready',
      on: true,
      why: undefined,
    });
    assert.equal(controlView('photo', {}, [], NOW).on, undefined);
  });

  it('is asked until the phone answers, and silent when it does not', () => {
    const asks = [asked({})];
    assert.equal(controlView('torch', {}, asks, NOW + SILENT_AFTER_MS - 1).standing, 'asked');
    assert.equal(controlView('torch', {}, asks, NOW + SILENT_AFTER_MS).standing, 'silent');
    assert.equal(controlView('flip', {}, asks, NOW).standing, 'ready');
  });

  it('says what came of the newest ask, with the reason that the phone gave', () => {
    const asks = [
      asked({ outcome: 'done' }),
      asked({ askId: 'a2', outcome: 'failed', why: 'NotReadableError' }),
    ];
    const view = controlView('torch', {}, asks, NOW + 60_000);
    assert.equal(view.standing, 'failed');
    assert.equal(view.why, 'NotReadableError');
    const done = [asked({ outcome: 'done' })];
    assert.equal(controlView('torch', {}, done, NOW + SAID_FOR_MS - 1).standing, 'done');
    assert.equal(controlView('torch', { torch: 'on' }, done, NOW + SAID_FOR_MS).standing, 'ready');
  });

  it('is not there where the phone has said so before anyone asked', () => {
    assert.equal(controlView('torch', { torch: 'unsupported' }, [], NOW).standing, 'unsupported');
    assert.equal(controlView('camera', { camera: 'refused' }, [], NOW).standing, 'refused');
    assert.equal(controlView('camera', { camera: 'busy' }, [], NOW).standing, 'failed');
    assert.equal(controlView('location', { location: 'refused' }, [], NOW).standing, 'refused');
    assert.equal(controlView('microphone', { microphone: 'missing' }, [], NOW).standing, 'unsupported');
  });

  it('zooms by steps and no further than the device goes', () => {
    const zoom = { now: 1, least: 1, most: 4, supported: true };
    assert.equal(nextZoom(zoom, 'in'), 1.5);
    assert.equal(nextZoom(zoom, 'out'), undefined);
    assert.equal(nextZoom({ ...zoom, now: 3.5 }, 'in'), 4);
    assert.equal(nextZoom({ ...zoom, now: 4 }, 'in'), undefined);
    assert.equal(nextZoom({ ...zoom, supported: false }, 'in'), undefined);
    assert.equal(nextZoom(undefined, 'in'), undefined);
  });
});
