import assert from 'node:assert/strict';
import fc from 'fast-check';
import { random } from '../frames/testing/journal.ts';
import { PeerClock } from './peer-clock.ts';
import type { SenderReport } from './rtcp.ts';
import { newTimeline, observePacket, observeReport, type TimelineState } from './timeline.ts';
import { beginStretch, newTrackClock, nextTime } from './track-clock.ts';

/** What a publisher's reports are like. `steady` is right; the others are what was seen in the field, and worse. */
type Reports = 'steady' | 'none' | 'off-by-317' | 'jumping' | 'epoch-zero';

interface World {
  readonly seed: number;
  /** Drift of the publisher's clock against the host's. */
  readonly ppm: number;
  readonly jitterMs: number;
  readonly sound: Reports;
  readonly picture: Reports;
  /** Seconds after which the publisher's wall clock is set by so many milliseconds. */
  readonly step: { readonly after: number; readonly ms: number };
  /** The relation of host to room moves by so much at 40 s. */
  readonly roomStepMs: number;
}

interface Told {
  readonly truth: number;
  readonly ms: number;
  readonly by: string;
}

const SECONDS = 90;
/** Time from a sound or a picture to its sending. */
const ENCODE = { sound: 25, picture: 90 };

/** Publishes sound and picture for a while and answers the room time of each frame beside the true one. */
function live(world: World): { sound: Told[]; picture: Told[] } {
  const next = random(world.seed);
  const peer = new PeerClock();
  const drift = 1 + world.ppm * 1e-6;
  const tracks = {
    sound: { rate: 48_000, every: 20, report: 5000, kind: world.sound, offset: Math.floor(next() * 2 ** 32) },
    picture: {
      rate: 90_000,
      every: 33,
      report: 1000,
      kind: world.picture,
      offset: Math.floor(next() * 2 ** 32),
    },
  };
  const told: { sound: Told[]; picture: Told[] } = { sound: [], picture: [] };
  const queue: { at: number; run: () => void }[] = [];
  for (const name of ['sound', 'picture'] as const) {
    const { rate, every, report, kind, offset } = tracks[name];
    const clock = newTrackClock();
    let timeline: TimelineState | undefined;
    const rtpAt = (ms: number) => 2 ** 32 + offset + Math.round((ms * drift * rate) / 1000);
    let before = 0;
    for (let t = 0; t < SECONDS * 1000; t += every) {
      // Frames come in order: what was overtaken on the way has been put right before.
      const at = Math.max(before, 5000 + t + ENCODE[name] + 40 + world.jitterMs * next() ** 2);
      before = at;
      const run = () => {
        peer.moveTo(at);
        const rtp = rtpAt(t);
        if (timeline === undefined) {
          timeline = newTimeline(1, rate, rtp, at);
          beginStretch(clock);
        }
        observePacket(timeline, rtp, at);
        // The first frames are held until a report came, or 4 s.
        if (timeline.line === undefined && at - timeline.firstAtMs < 4000) return;
        const answer = nextTime(clock, timeline, rtp, peer, at);
        if (answer) told[name].push({ truth: t + 5000, ms: answer.time.ms, by: answer.time.by });
      };
      queue.push({ at, run });
    }
    for (let t = report / 2; t < SECONDS * 1000; t += report) {
      const at = 5000 + t + 40 + world.jitterMs * next() ** 2;
      const chance = next();
      if (kind === 'none') continue;
      queue.push({
        at,
        run: () => {
          peer.moveTo(at);
          if (timeline)
            observeReport(timeline, makeReport(world, kind, t, rtpAt(t), drift, chance), at, peer);
        },
      });
    }
  }
  for (let t = 0; t < SECONDS * 1000; t += 5000) {
    const at = 5000 + t;
    queue.push({ at, run: () => peer.observeRoom(at, (t >= 40_000 ? world.roomStepMs : 0) + next(), 1) });
  }
  for (const { run } of queue.sort((a, b) => a.at - b.at)) run();
  return told;
}

function makeReport(
  { step }: World,
  kind: Reports,
  t: number,
  rtp: number,
  drift: number,
  chance: number,
): SenderReport {
  const wall = 3_900_000_000_000 + t * drift + (t >= step.after * 1000 ? step.ms : 0);
  let ntp = wall;
  let ticks = rtp;
  if (kind === 'off-by-317') ticks += Math.round((317 * 48_000) / 1000) * (chance < 2 ? 1 : 0);
  if (kind === 'jumping' && chance < 0.2) ntp += (chance - 0.1) * 50_000;
  if (kind === 'epoch-zero') ntp = t;
  return {
    type: 'sr',
    ssrc: 1,
    ntpSeconds: kind === 'epoch-zero' ? 0 : Math.floor(ntp / 1000),
    ntpFraction: Math.floor(((ntp % 1000) / 1000) * 2 ** 32),
    rtp: ((ticks % 2 ** 32) + 2 ** 32) % 2 ** 32,
    packets: 0,
    octets: 0,
  };
}

/** Room time minus truth; 0 where nothing is wrong but the way. */
const errors = (told: readonly Told[]) => told.map(({ ms, truth }) => ms - truth);

/** 95 of 100 differences between sound and picture of the same moment are smaller. */
function skew({ sound, picture }: ReturnType<typeof live>, from: number): number {
  const off: number[] = [];
  let n = 0;
  for (const { truth, ms } of picture) {
    while (n + 1 < sound.length && (sound[n + 1]?.truth ?? 0) <= truth) n += 1;
    const heard = sound[n];
    if (heard === undefined || Math.abs(heard.truth - truth) > 25 || truth < from) continue;
    off.push(Math.abs(ms - truth - (heard.ms - heard.truth)));
  }
  off.sort((a, b) => a - b);
  return off[Math.floor(off.length * 0.95)] ?? Number.NaN;
}

const worlds = fc.record({
  seed: fc.nat(),
  ppm: fc.integer({ min: -200, max: 200 }),
  jitterMs: fc.integer({ min: 0, max: 120 }),
  sound: fc.constant<Reports>('steady'),
  picture: fc.constant<Reports>('steady'),
  step: fc.record({
    after: fc.integer({ min: 5, max: 80 }),
    ms: fc.constantFrom(0, 0, -3000, 800, 3_600_000, -120),
  }),
  roomStepMs: fc.constantFrom(0, 0, 30, 500, -700),
});

function assertForward(told: readonly Told[]): void {
  for (let n = 1; n < told.length; n += 1) {
    assert.ok((told[n]?.ms ?? 0) > (told[n - 1]?.ms ?? 0), `time goes back at frame ${n}`);
  }
}

describe('room time of sound and picture', function () {
  this.timeout(60_000);

  it('stays in step within 40 ms whatever drifts, jitters and steps, and never goes back', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const told = live(world);
        assertForward(told.sound);
        assertForward(told.picture);
        const off = skew(told, 0);
        assert.ok(off <= 40, `skew ${off}`);
      }),
      { numRuns: 100, seed: 33 },
    );
  });

  it('stays in step when some reports jump, as the others are right', () => {
    fc.assert(
      fc.property(worlds, fc.boolean(), (world, which) => {
        const told = live({ ...world, step: { after: 0, ms: 0 }, [which ? 'sound' : 'picture']: 'jumping' });
        assertForward(told.sound);
        assertForward(told.picture);
        const off = skew(told, 0);
        assert.ok(off <= 40, `skew ${off}`);
      }),
      { numRuns: 60, seed: 44 },
    );
  });

  it('falls back to arrival where reports are missing, have no time, or are 317 ms off', () => {
    for (const wrong of ['none', 'epoch-zero', 'off-by-317'] as const) {
      fc.assert(
        fc.property(worlds, (world) => {
          const told = live({ ...world, step: { after: 0, ms: 0 }, sound: wrong });
          assertForward(told.sound);
          assertForward(told.picture);
          assert.ok(told.sound.every(({ by }) => by === 'arrival'));
          const off = skew(told, 15_000);
          // What differs is the time to encode sound, which nobody told.
          assert.ok(off <= 60, `${wrong}: skew ${off}`);
        }),
        { numRuns: 20, seed: 55 },
      );
    }
  });

  it('is later than the truth by no more than the way, the encoder and the jitter, and moves slowly', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const { sound } = live({ ...world, roomStepMs: 0, step: { after: 0, ms: 0 } });
        const off = errors(sound);
        // Slewing of 500 ppm, beside jumps that are listed.
        const jumps = off.filter((error, n) => n > 0 && Math.abs(error - (off[n - 1] ?? 0)) > 0.05);
        assert.ok(jumps.length <= 3, `${jumps.length} jumps`);
        for (const error of off) assert.ok(error > 35 && error < 70 + world.jitterMs, `error ${error}`);
      }),
      { numRuns: 40, seed: 66 },
    );
  });
});
