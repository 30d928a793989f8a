import assert from 'node:assert/strict';
import type { EventOf, RoomEvent } from './events.ts';
import { evolveBystander } from './evolve-bystander.ts';
import { linkProgress, pageOfLink } from './link-steps.ts';
import { initialRoomState } from './state.ts';

const T0 = Date.UTC(2026, 10, 20, 18);
const S = 1000;
const created: RoomEvent = {
  type: 'LinkCreated',
  ...{ linkId: 'L', use: 'camera', need: 'arrest', helpers: 'two', language: 'zh-CN', by: 'd' },
  phone: '+8613800138000',
  expiresAt: T0 + 900 * S,
};
const bySms: RoomEvent = { type: 'LinkSent', linkId: 'L', messageId: 'm', way: 'sms', by: 'd' };
const delivery = (fields: Partial<EventOf<'LinkDelivery'>>): RoomEvent => ({
  ...{ type: 'LinkDelivery', linkId: 'L', messageId: 'm', state: 'accepted' },
  ...fields,
});
const opened: RoomEvent = { type: 'LinkOpened', linkId: 'L', openingId: 'o1' };
const page = (camera: NonNullable<EventOf<'PageReported'>['report']['camera']>): RoomEvent => ({
  ...{ type: 'PageReported', peerId: 'p', report: { camera } },
});
const notice: RoomEvent = { type: 'NoticeAccepted', peerId: 'p', linkId: 'L', version: 1, language: 'zh-CN' };

/** Progress after these facts, one a second from the first on, seen so many seconds after the first. */
function progressOf(events: readonly RoomEvent[], seconds: number) {
  const state = events.reduce(
    (now, event, index) => evolveBystander(now, event, { at: index, utc: T0 + index * S }) ?? now,
    initialRoomState(),
  );
  const link = state.bystander.links.L;
  assert.ok(link);
  return linkProgress(link, pageOfLink(state.bystander.pages, 'L'), T0 + seconds * S);
}
const states = (progress: ReturnType<typeof progressOf>) => progress.steps.map(({ state }) => state);

describe('linkProgress', () => {
  it('goes step by step: sent, delivered, opened, camera asked, live, each with its time', () => {
    const all = [
      created,
      bySms,
      delivery({}),
      delivery({ state: 'delivered' }),
      opened,
      notice,
      page('asked'),
    ];
    const live = [...all, page('live'), { type: 'LinkBound', linkId: 'L', openingId: 'o1' } as const];
    assert.equal(progressOf(live.slice(0, 1), 1).reached, undefined);
    const reached = [2, 3, 4, 5, 7, 9].map((count) => progressOf(live.slice(0, count), count).reached);
    assert.deepEqual(reached, [undefined, 'sent', 'delivered', 'opened', 'camera', 'live']);
    const done = progressOf(live, 9);
    assert.deepEqual(
      done.steps.map(({ utc }) => (utc === undefined ? undefined : (utc - T0) / S)),
      [1, 3, 4, 6, 7],
    );
    assert.deepEqual([done.hints, done.failure, done.changesAt], [[], undefined, undefined]);
  });

  it('says 20 s after delivery that the phone may have no data during calls, until it is opened', () => {
    const facts = [created, bySms, delivery({ state: 'delivered' })];
    assert.deepEqual(progressOf(facts, 21.9).hints, []);
    assert.equal(progressOf(facts, 21.9).changesAt, T0 + 22 * S);
    assert.deepEqual(progressOf(facts, 22).hints, ['no-data-during-calls']);
    assert.equal(progressOf(facts, 22).changesAt, undefined);
    assert.deepEqual(progressOf([...facts, opened], 100).hints, []);
    const ended: RoomEvent = { type: 'LinkEnded', linkId: 'L', reason: 'revoked', by: 'd' };
    assert.deepEqual(
      [progressOf([...facts, ended], 100).hints, progressOf([...facts, ended], 100).ended],
      [[], 'revoked'],
    );
  });

  it('says when the provider took it and tells nothing of the phone', () => {
    const facts = [created, bySms, delivery({})];
    assert.equal(progressOf(facts, 5).changesAt, T0 + 22 * S);
    assert.deepEqual(progressOf(facts, 22).hints, ['no-report']);
  });

  it('names each failure with what to do and the provider’s code', () => {
    const cases = [
      [{ state: 'failed', failure: 'bad-number' }, 'check-number', ['failed', 'failed']],
      [{ state: 'failed', failure: 'refused', providerCode: 'X1' }, 'provider-refused', ['failed', 'failed']],
      [{ state: 'failed', failure: 'provider-away' }, 'show-code', ['failed', 'failed']],
      [{ state: 'failed', failure: 'absent' }, 'phone-off', ['done', 'failed']],
      [{ state: 'expired', failure: 'expired' }, 'phone-off', ['done', 'failed']],
      [{ state: 'unknown' }, 'send-again', ['waiting', 'waiting']],
      [{ state: 'queued', failure: 'provider-away' }, 'show-code', ['waiting', 'waiting']],
    ] as const;
    for (const [fields, hint, steps] of cases) {
      const progress = progressOf([created, bySms, delivery(fields)], 3);
      assert.deepEqual(progress.hints, [hint], fields.state);
      assert.deepEqual(states(progress).slice(0, 2), steps);
      const isFailure = fields.state === 'failed' || fields.state === 'expired';
      assert.equal(progress.failure?.reason, isFailure ? fields.failure : undefined);
    }
    assert.equal(progressOf([created, bySms, delivery(cases[1][0])], 3).failure?.providerCode, 'X1');
  });

  it('believes the phone rather than the provider: what was opened was delivered', () => {
    const progress = progressOf(
      [created, bySms, delivery({ state: 'failed', failure: 'absent' }), opened],
      60,
    );
    assert.deepEqual(states(progress), ['done', 'done', 'done', 'waiting', 'waiting']);
    assert.deepEqual([progress.hints, progress.failure], [[], undefined]);
  });

  it('skips delivery for a link that was shown or copied', () => {
    const shown: RoomEvent = { type: 'LinkSent', linkId: 'L', messageId: 'm', way: 'qr', by: 'd' };
    assert.deepEqual(states(progressOf([created, shown], 60)).slice(0, 3), ['done', 'skipped', 'waiting']);
    assert.deepEqual(progressOf([created, shown], 60).hints, []);
  });

  it('tells of cameras that are refused or unusable, and of one that was stopped', () => {
    const base = [created, bySms, delivery({ state: 'delivered' }), opened, notice, page('asked')];
    const refused = progressOf([...base, page('refused')], 60);
    assert.deepEqual([states(refused)[3], refused.hints], ['failed', ['camera-refused']]);
    assert.deepEqual(progressOf([...base, page('busy')], 60).hints, ['camera-unusable']);
    const stopped = progressOf([...base, page('live'), page('stopped')], 60);
    assert.deepEqual([stopped.reached, stopped.hints], ['live', ['camera-stopped']]);
    const again = progressOf([...base, page('live'), page('refused')], 60);
    assert.deepEqual(states(again), ['done', 'done', 'done', 'failed', 'done']);
  });

  it('tells that somebody else wants in, and that a link has run out unopened', () => {
    const asked: RoomEvent = { type: 'LinkAsked', linkId: 'L', openingId: 'o2' };
    const bound: RoomEvent = { type: 'LinkBound', linkId: 'L', openingId: 'o1' };
    assert.deepEqual(progressOf([created, bySms, opened, bound, asked], 9).hints, ['second-device']);
    const ended: RoomEvent = { type: 'LinkEnded', linkId: 'L', reason: 'unopened', by: 'system' };
    assert.deepEqual(progressOf([created, bySms, ended], 9).hints, ['new-link']);
  });
});
