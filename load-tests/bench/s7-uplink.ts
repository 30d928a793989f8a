/**
 * S7: how long the ambulance's uplink takes to 90 % of 12 Mbit/s on a link of 20 Mbit/s, and what a step to 6 Mbit/s and back does to the
 * picture. The picture is 720p of noise, so that an encoder needs every bit: two cores cannot encode 4K and decode it in time.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { type Browser, openBrowser } from '../browser/chromium.ts';
import { harnessPages } from '../harness/build.ts';
import type { Flow } from '../harness/connections.ts';
import { noiseFile, speechFile } from '../media/fixtures.ts';
import { Host } from '../network/host.ts';
import { local, seen, signIn, until } from '../proof/cast.ts';
import { newRoom } from '../proof/recorded.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { type Bench, type BenchOptions, type BenchResult, p95, type Series, series } from './types.ts';

const LINK_KBIT = 20_000;
const THIN_KBIT = 6_000;
const WANTED = 12_000_000;
const ENOUGH = 0.9 * WANTED;
const CLIMB_TARGET_MS = 5000;
const STALL_TARGET_MS = 2000;
const BACK_TARGET_MS = 15_000;
/** A link that is thin for a tunnel's length. */
const THIN_MS = 15_000;
/** Beyond this it counts as never. */
const PATIENCE_MS = 40_000;
const EVERY_MS = 100;
const WINDOW_MS = 1000;
const SIZE = { width: 1280, height: 720, fps: 30 };

interface Run {
  readonly climbMs: number;
  readonly backMs: number;
  readonly stallMs: number;
  /** Mbit/s over the last second of the climb, and while the link was thin. */
  readonly highest: number;
  readonly thin: number;
  /** The same after the step, and how many lines were sent on which rung of the SDK's ladder at the end. */
  readonly backHighest: number;
  readonly rung: string;
  /** The encoder said that the processor was its limit. */
  readonly starved: boolean;
}

interface Ends {
  readonly stack: Stack;
  readonly ambulance: Host;
  readonly away: Browser;
  readonly near: Browser;
}

export const bench: Bench = {
  id: 'S7',
  target:
    'uplink to 90 % of 12 Mbit/s on a 20 Mbit/s link ≤ 5 s; after a 20→6→20 step no stall > 2 s, regained ≤ 15 s',
  minutes: 5,
  namespaces: true,
  run: async ({ runs = 5, progress }: BenchOptions = {}) => {
    const ambulance = await Host.create();
    const stack = await startStack({
      pagesFolder: await harnessPages(),
      host: ambulance.here,
      recorder: false,
    });
    const browsers: Browser[] = [];
    try {
      const camera = await noiseFile(SIZE);
      const media = { camera, microphone: await speechFile() };
      const away = await openBrowser({ ...media, executablePath: await ambulance.chromium() });
      browsers.push(away);
      const near = await openBrowser();
      browsers.push(near);
      const found: Run[] = [];
      for (let run = 1; run <= runs; run += 1) {
        progress?.(run, runs);
        found.push(await once({ stack, ambulance, away, near }));
      }
      return judge(found);
    } finally {
      for (const browser of browsers) await browser.close();
      await stack.close();
      await ambulance.close();
    }
  },
};

function judge(found: readonly Run[]): BenchResult {
  const of = (
    unit: Series['unit'],
    name: 'climbMs' | 'backMs' | 'stallMs' | 'highest' | 'thin' | 'backHighest',
  ) =>
    series(
      unit,
      found.map((run) => run[name]),
    );
  const [climb, back, stall] = [of('ms', 'climbMs'), of('ms', 'backMs'), of('ms', 'stallMs')];
  const value = p95(climb.samples);
  const missed = [
    ...(value > CLIMB_TARGET_MS ? ['the climb'] : []),
    ...(stall.max > STALL_TARGET_MS ? ['the longest stall'] : []),
    ...(p95(back.samples) > BACK_TARGET_MS ? ['the way back'] : []),
  ];
  const starved = found.filter((run) => run.starved).length;
  return {
    ...climb,
    value,
    reached: missed.length === 0,
    more: {
      'regained after the step': back,
      'longest stand-still around the step': stall,
      'sent in the best second': of('Mbit/s', 'highest'),
      'sent while the link was thin': of('Mbit/s', 'thin'),
      'sent in the best second after the step': of('Mbit/s', 'backHighest'),
    },
    leftOut: [
      `A picture in 4K: this one is ${SIZE.width} × ${SIZE.height} of noise with the same ceiling of 12 Mbit/s, as one VP8 stream, which two cores can encode at that rate; estimator, pacing and the ladder are those of an ambulance.`,
      'Delay of the link beyond its queue, which holds 300 ms.',
    ],
    ...(missed.length === 0
      ? {}
      : {
          why: `Missed by ${missed.join(', ')}. ${PATIENCE_MS / 1000} s stands for never; why is not known.`,
        }),
    // An encoder without a core offers nothing to carry: that is this machine's limit, not the uplink's.
    ...(starved > 0
      ? { invalid: `in ${starved} of ${found.length} runs the processor was the encoder's limit` }
      : {}),
  };
}

async function once({ stack, ambulance, away, near }: Ends): Promise<Run> {
  await ambulance.limit({ upKbit: LINK_KBIT });
  const roomId = await newRoom(stack, 'Uplink');
  const [crew, doctor] = [await signIn(stack, away, 'paramedic'), await signIn(stack, near, 'doctor')];
  try {
    await crew.evaluate((room) => window.harness.join(room), roomId);
    await crew.evaluate(() => window.harness.publishMicrophone());
    await doctor.evaluate((room) => window.harness.join(room), roomId);
    await doctor.evaluate(({ width, height }) => window.harness.setSize(width, height), SIZE);
    const begin = performance.now();
    await crew.evaluate(
      (maxBitrate) => window.harness.publishCamera({}, { maxBitrate, codec: 'video/VP8', single: true }),
      WANTED,
    );
    const climb = await climbed(crew);
    const climbMs = Math.min(PATIENCE_MS, climb.at - begin);
    await until(doctor, seen, ([first]) => (first?.frames ?? 0) > 30, 'a steady picture', PATIENCE_MS);
    await doctor.evaluate(() => window.harness.resetGaps());
    await ambulance.limit({ upKbit: THIN_KBIT });
    await delay(THIN_MS - WINDOW_MS);
    const before = await flow(crew);
    await delay(WINDOW_MS);
    const thin = rate(before, await flow(crew));
    await ambulance.limit({ upKbit: LINK_KBIT });
    const liftedAt = performance.now();
    const back = await climbed(crew);
    const [picture] = await doctor.evaluate(seen);
    const sent = (await crew.evaluate(local)).find(({ kind }) => kind === 'video');
    return {
      backHighest: back.highest,
      rung: `${sent?.height ?? 0} lines on rung ${sent?.rung ?? 'none'}`,
      ...{ climbMs, thin, starved: climb.starved || back.starved },
      backMs: Math.min(PATIENCE_MS, back.at - liftedAt),
      stallMs: picture?.longestGapMs ?? PATIENCE_MS,
      highest: climb.highest,
    };
  } finally {
    await crew.context().close();
    await doctor.context().close();
  }
}

const flow = (page: Page): Promise<Flow> => page.evaluate(() => window.harness.flow());

/** Mbit/s of pictures between two looks. */
function rate(from: Flow, to: Flow): number {
  return ((to.sentBytes - from.sentBytes) * 8) / 1000 / Math.max(1, to.at - from.at);
}

/** Looks until one second carried enough, or patience ends. `starved`: it ended with the processor as the encoder's limit. */
async function climbed(crew: Page): Promise<{ at: number; highest: number; starved: boolean }> {
  const end = performance.now() + PATIENCE_MS;
  const looks: Flow[] = [];
  let highest = 0;
  for (;;) {
    const now = await flow(crew);
    looks.push(now);
    while (looks.length > 2 && now.at - (looks[1]?.at ?? now.at) >= WINDOW_MS) looks.shift();
    const [first] = looks;
    // Before a whole second has passed a burst would count as a rate.
    const isWhole = first !== undefined && now.at - first.at >= WINDOW_MS;
    if (isWhole) highest = Math.max(highest, rate(first, now));
    if (highest * 1e6 >= ENOUGH) return { at: performance.now(), highest, starved: false };
    if (performance.now() > end)
      return { at: Number.POSITIVE_INFINITY, highest, starved: now.limitedBy.includes('cpu') };
    await delay(EVERY_MS);
  }
}
