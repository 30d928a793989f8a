import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JournalFrame, TrackNote } from '../core/types.ts';
import { PeerClock } from '../rtp/peer-clock.ts';
import { buildSenderReport } from '../rtp/rtcp.ts';
import { unwrap } from '../rtp/unwrap.ts';
import { clockFrame, ms, parametersNote, random } from './testing/journal.ts';
import { packetise } from './testing/packetise.ts';
import { TrackFrames } from './track-frames.ts';
import type { TrackEvent } from './types.ts';

/** 20 ms of Opus. */
const SOUND = Uint8Array.of(0x78, 1, 2, 3);
const KEY = Uint8Array.of(0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 64, 1, 180, 0);
const DELTA = Uint8Array.of(0x10, 0x11, 0, 0);

function sound(
  n: number,
  atMs: number,
  change: { ssrc?: number; sequence?: number; timestamp?: number } = {},
): JournalFrame {
  const { ssrc = 7, sequence = n, timestamp = 960 * n } = change;
  return {
    type: 'rtp',
    at: ms(atMs),
    payload: packetise({ ssrc, sequence, timestamp, marker: false, payload: SOUND }),
  };
}

function picture(n: number, atMs: number, key: boolean, ssrc = 7): JournalFrame {
  const payload = key ? KEY : DELTA;
  const parts = { ssrc, sequence: n, timestamp: 3000 * n + ssrc * 100_000, marker: true, payload };
  return { type: 'rtp', at: ms(atMs), payload: packetise(parts) };
}

const note = (atMs: number, what: TrackNote): JournalFrame => ({ type: 'note', at: ms(atMs), note: what });

function report(atMs: number, ssrc: number, rtp: number): JournalFrame {
  const ntp = 3_900_000_000 + atMs / 1000;
  const seconds = Math.floor(ntp);
  const parts = {
    ssrc,
    ntpSeconds: seconds,
    ntpFraction: (ntp - seconds) * 2 ** 32,
    rtp,
    packets: 0,
    octets: 0,
  };
  return { type: 'report', at: ms(atMs), payload: buildSenderReport(parts) };
}

function run(kind: 'audio' | 'video', journal: readonly JournalFrame[], ssrcs = [7]) {
  const mimeType = kind === 'audio' ? 'audio/opus' : 'video/VP8';
  const track = new TrackFrames({ kind, peer: new PeerClock() });
  const all = [clockFrame(), parametersNote(mimeType, 96, ssrcs), ...journal];
  const events: TrackEvent[] = [...all.flatMap((frame) => [...track.push(frame)]), ...track.end()];
  const of = <T extends TrackEvent['type']>(type: T) =>
    events.filter((event): event is Extract<TrackEvent, { type: T }> => event.type === type);
  return {
    track,
    events,
    frames: given(events),
    stretches: of('stretch'),
    gaps: of('gap'),
    losses: of('loss'),
    wanted: of('keyframe-wanted'),
  };
}

type Given = Extract<TrackEvent, { type: 'frame' }>;

/** The frames that stand in the end, as whoever packages them sees it. */
function given(events: readonly TrackEvent[]): Given[] {
  const frames: Given[] = [];
  for (const event of events) {
    if (event.type === 'frame') frames.push(event);
    if (event.type !== 'replaced') continue;
    while ((frames.at(-1)?.time.ms ?? Number.NEGATIVE_INFINITY) >= event.from) frames.pop();
  }
  return frames;
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);
const causes = (stretches: readonly { cause: string }[]) => stretches.map(({ cause }) => cause);

function assertForward(frames: readonly { time: { ms: number } }[]): void {
  frames.forEach(({ time }, n) => {
    if (n > 0) assert.ok(time.ms > (frames[n - 1]?.time.ms ?? 0), `time goes back at frame ${n}`);
  });
}

describe('unwrapped numbers', () => {
  it('follow any walk over many wraps, also back across the wrap', () => {
    for (const bits of [16, 32] as const) {
      const half = 2 ** (bits - 1);
      fc.assert(
        fc.property(fc.array(fc.integer({ min: 1 - half, max: half - 1 }), { maxLength: 200 }), (steps) => {
          let true_ = 2 ** 40;
          for (const step of steps) {
            const value = true_ + step;
            assert.equal(unwrap(true_, ((value % 2 ** bits) + 2 ** bits) % 2 ** bits, bits), value);
            true_ = value;
          }
        }),
        { seed: 1 },
      );
    }
  });
});

describe('frames of a track', () => {
  it('go on for 27 hours over wraps of sequence numbers and timestamps, in one stretch', () => {
    // One packet in 20 s: timestamps wrap every 24.8 hours at 48 kHz.
    const journal = range(0, 5000).map((n) =>
      sound(n, 1000 + 20_000 * n, { sequence: 60_000 + n, timestamp: 2 ** 32 - 48_000 + 960_000 * n }),
    );
    const { frames, stretches, losses } = run('audio', journal);
    assert.equal(frames.length, 5000);
    assert.deepEqual(causes(stretches), ['start']);
    assert.equal(losses.length, 0);
    assert.ok(Math.abs((frames.at(-1)?.time.ms ?? 0) - (1000 + 20_000 * 4999)) < 1);
  });

  it('come in order from disorder, once, with what is missing, and late ones counted', () => {
    const order = [0, 2, 1, 3, 3, 5, 6, ...range(8, 120)];
    const journal = order.map((n, place) => sound(n, 1000 + 20 * n + (n === 1 ? 25 : 0) + place / 1000));
    // Number 4 comes two seconds late; number 7 never.
    journal.push(sound(4, 1000 + 20 * 120));
    const { track, frames, losses, gaps } = run('audio', journal);
    assert.deepEqual(
      frames.map(({ frame }) => Number(frame.rtp % 2n ** 32n) / 960),
      range(0, 120).filter((n) => n !== 4 && n !== 7),
    );
    const { lost, reordered, duplicates } = track.statistics;
    assert.deepEqual(
      { lost, reordered, duplicates, ...track.oddities },
      { lost: 2, reordered: 1, duplicates: 1, late: 1, foreign: 0 },
    );
    assert.deepEqual(
      losses.map(({ packets }) => packets),
      [1, 1],
    );
    assert.deepEqual(
      gaps.map(({ from, to, cause }) => [Math.round(to - from), cause]),
      [
        [20, 'lost'],
        [20, 'lost'],
      ],
    );
    assert.deepEqual(frames.filter(({ frame }) => frame.lostBefore).length, 2);
  });

  it('begin a new stretch where SSRC, sequence or timestamps begin anew, and only there', () => {
    const changes = {
      ssrc: (n: number) => ({ ssrc: n < 300 ? 7 : 8 }),
      sequence: (n: number) => ({ sequence: n < 300 ? n : n + 20_000 }),
      'sequence back': (n: number) => ({ sequence: n < 300 ? 5000 + n : n }),
      timestamp: (n: number) => ({ timestamp: 960 * n + (n < 300 ? 0 : 48_000 * 60) }),
      'timestamp back': (n: number) => ({ timestamp: 2 ** 31 + 960 * n - (n < 300 ? 0 : 48_000 * 60) }),
    };
    for (const [name, change] of Object.entries(changes)) {
      const { frames, stretches, gaps } = run(
        'audio',
        range(0, 600).map((n) => sound(n, 1000 + 20 * n, change(n))),
      );
      assert.equal(frames.length, 600, name);
      assert.deepEqual(causes(stretches), ['start', 'restart'], name);
      assert.deepEqual(gaps, [], name);
      assertForward(frames);
    }
    // One stray packet changes nothing.
    const stray = range(0, 600).map((n) =>
      sound(n, 1000 + 20 * n, n === 300 ? { sequence: 40_000, timestamp: 2 ** 31 } : {}),
    );
    assert.deepEqual(causes(run('audio', stray).stretches), ['start']);
  });

  it('call the silence of DTX, a pause and a lost link by their names', () => {
    const journal: JournalFrame[] = [
      ...range(0, 100).map((n) => sound(n, 1000 + 20 * n)),
      ...range(100, 200).map((n) => sound(n, 1400 + 20 * n, { timestamp: 960 * (n + 20) })),
      note(5500, { kind: 'paused' }),
      note(7900, { kind: 'resumed' }),
      ...range(200, 300).map((n) => sound(n, 4000 + 20 * n, { timestamp: 960 * (n + 150) })),
      note(10_100, { kind: 'link-lost' }),
      note(11_000, { kind: 'link-back' }),
      ...range(300, 400).map((n) => sound(n, 5000 + 20 * n, { timestamp: 960 * (n + 200) })),
    ];
    const { gaps } = run('audio', journal);
    assert.deepEqual(
      gaps.map(({ cause, from, to }) => [cause, Math.round(to - from)]),
      [
        ['silence', 400],
        ['paused', 2600],
        ['link', 1000],
      ],
    );
  });

  it('end with a gap when their publisher was lost and did not come back, and only then', () => {
    const end = (...before: JournalFrame[]) => {
      const journal = [...range(0, 100).map((n) => sound(n, 1000 + 20 * n)), ...before];
      const { gaps } = run('audio', [...journal, note(12_000, { kind: 'stopped', reason: 'the peer left' })]);
      return gaps.map(({ cause, from, to }) => [cause, Math.round(to - from)]);
    };
    const lost = note(5000, { kind: 'link-lost' });
    assert.deepEqual(end(lost), [['link', 9000]]);
    assert.deepEqual(end(), []);
    const back = note(6000, { kind: 'link-back' });
    assert.deepEqual(end(lost, back), [['link', 9000]], 'a new source may have come instead');
    const again = range(100, 400).map((n) => sound(n, 4000 + 20 * n));
    assert.deepEqual(end(lost, back, ...again), [['link', 3000]], 'the time in between only');
    assert.deepEqual(end(note(2900, { kind: 'muted' }), lost), []);
  });

  it('know a phone call that stopped the clock of the phone from a link that held packets up', () => {
    const stopped = range(0, 600).map((n) => sound(n, 1000 + 20 * n + (n < 300 ? 0 : 5000)));
    const call = run('audio', stopped);
    assert.deepEqual(causes(call.stretches), ['start', 'restart']);
    assert.deepEqual(
      call.gaps.map(({ from, to }) => Math.round(to - from)),
      [5000],
    );
    // The same hole, after which everything comes at once.
    const held = range(0, 900).map((n) => sound(n, Math.max(1000 + 20 * n, n < 300 ? 0 : 12_000 + n)));
    const link = run('audio', held);
    assert.deepEqual(causes(link.stretches), ['start']);
    assert.deepEqual(link.gaps, []);
  });

  it('wait for the first report and then hold the time it tells', () => {
    const journal = range(0, 400).map((n) => sound(n, 1000 + 20 * n + 60));
    // Sound is 60 ms old when it comes, and reports tell.
    journal.push(...[1300, 2300, 3300, 4300].map((atMs) => report(atMs, 99, (atMs - 1000) * 48)));
    journal.sort((a, b) => Number(a.at - b.at));
    const { frames, stretches, track } = run('audio', journal);
    assert.deepEqual(causes(stretches), ['start']);
    assert.equal(frames[0]?.time.by, 'report');
    assert.ok(Math.abs((frames[0]?.time.ms ?? 0) - 1000) < 3);
    // The first came before the stream was open, and the second waited for one that agrees.
    assert.deepEqual([track.statistics.reports, track.statistics.refusedReports], [2, 2]);
  });

  it('are not given before a keyframe, and the time until it is listed', () => {
    const journal = range(0, 90).map((n) => picture(n, 1000 + 33.3 * n, n === 30 || n === 60));
    const { frames, gaps, wanted } = run('video', journal);
    assert.equal(frames.length, 60);
    assert.equal(frames[0]?.frame.keyframe, true);
    assert.deepEqual(
      gaps.map(({ cause, from, to }) => [cause, Math.round(to - from)]),
      [['no-keyframe', 1000]],
    );
    assert.deepEqual(
      wanted.map(({ why }) => why),
      ['start'],
    );
  });

  it('of simulcast come from the best encoding that flows', () => {
    const journal: JournalFrame[] = [];
    for (let n = 0; n < 400; n += 1) {
      const at = 1000 + 33.3 * n;
      // A keyframe each second of the low one; of the high one when it begins and when it returns.
      journal.push(picture(n, at, n % 30 === 0, 7));
      const high = n >= 45 && (n < 150 || n >= 250);
      if (high) journal.push(picture(n, at + 5, n === 60 || n === 280, 8));
    }
    const { frames, stretches, wanted, gaps } = run('video', journal, [7, 8]);
    assertForward(frames);
    assert.deepEqual(causes(stretches), ['start', 'layer', 'layer', 'layer']);
    const switched = stretches.map(({ at }) => Math.round((Number(at) / 1e6 - 1000) / 33.3));
    assert.deepEqual(switched, [0, 60, 180, 280]);
    assert.ok(wanted.some(({ why, ssrc }) => why === 'layer' && ssrc === 8));
    assert.ok(wanted.some(({ why, ssrc }) => why === 'layer' && ssrc === 7));
    assert.ok(gaps.every(({ from, to }) => to > from));
    assert.ok(frames.every(({ frame }) => !frame.lostBefore));
  });

  it('of simulcast stand once and in order, also where the better encoding lags behind', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 140 }), fc.integer({ min: 40, max: 200 }), (lag, switchAt) => {
        const journal: JournalFrame[] = [];
        for (let n = 0; n < 300; n += 1) {
          const at = 1000 + 33.3 * n;
          journal.push(picture(n, at, n === 0, 7));
          if (n >= switchAt) journal.push(picture(n, at + lag, n === switchAt, 8));
          if (n % 30 === 15) {
            journal.push(report(at, 7, 3000 * n + 700_000));
            if (n >= switchAt) journal.push(report(at + 1, 8, 3000 * n + 800_090));
          }
        }
        journal.sort((a, b) => Number(a.at - b.at));
        const { frames } = run('video', journal, [7, 8]);
        const numbers = frames.map(({ frame: { rtp } }) => {
          const low = Number(rtp % 2n ** 32n) - 700_000;
          return (low % 3000 === 0 ? low : low - 100_000) / 3000;
        });
        assert.deepEqual(numbers, range(0, 300));
        assertForward(frames);
      }),
      { numRuns: 30 },
    );
  });

  it('go on exactly where a saved state was, at any moment', () => {
    const next = random(11);
    const journal: JournalFrame[] = [clockFrame(), parametersNote('video/VP8', 96, [7, 8])];
    for (let n = 0; n < 300; n += 1) {
      const at = 1000 + 33.3 * n;
      for (const ssrc of [7, 8]) {
        if (next() > 0.03) journal.push(picture(n, at + 80 * next(), n % 50 === 0, ssrc));
      }
      if (n % 30 === 15) journal.push(report(at, 7, 3000 * n + 700_000));
      if (n === 150) journal.push(note(at, { kind: 'recorder-back' }));
    }
    journal.sort((a, b) => Number(a.at - b.at));
    let peer = new PeerClock();
    const whole = new TrackFrames({ kind: 'video', peer: new PeerClock() });
    let pieces = new TrackFrames({ kind: 'video', peer });
    const wanted: TrackEvent[] = [];
    const found: TrackEvent[] = [];
    journal.forEach((frame, n) => {
      wanted.push(...whole.push(frame));
      found.push(...pieces.push(frame));
      if (n % 7 !== 0) return;
      peer = PeerClock.resume(peer.save());
      pieces = TrackFrames.resume({ kind: 'video', peer }, pieces.save());
    });
    wanted.push(...whole.end());
    found.push(...pieces.end());
    assert.ok(wanted.length > 200);
    assert.deepEqual(found, wanted);
    assert.deepEqual(pieces.statistics, whole.statistics);
  });

  it('begin anew when the host was started again', () => {
    const journal = [
      ...range(0, 200).map((n) => sound(n, 100_000 + 20 * n)),
      clockFrame(2000, 110_000),
      note(2000, { kind: 'recorder-back' }),
      ...range(300, 500).map((n) => sound(n, 2000 + 20 * (n - 300))),
    ];
    const { frames, stretches, gaps } = run('audio', journal);
    assert.equal(frames.length, 400);
    assert.deepEqual(causes(stretches), ['start', 'recorder-back']);
    assert.deepEqual(
      gaps.map(({ cause, from, to }) =>
        [cause, from, to].map((one) => (typeof one === 'number' ? Math.round(one) : one)),
      ),
      [['recorder', 104_000, 112_000]],
    );
    assertForward(frames);
  });
});
