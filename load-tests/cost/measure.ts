/** Measures all axes: for each group every level of every run in one random order, so that what changes slowly meets all levels. */
import { randomOf } from '../cpr/random.ts';
import { openCostCity } from './city.ts';
import type { Axis } from './costs.ts';
import { type MediaLoad, type MediaPoint, measureMedia, openSinks } from './media-cost.ts';
import { measureRecorder, type RecorderPoint } from './recorder-cost.ts';
import { SignalingUnderTest } from './signaling-cost.ts';

export interface Levels {
  readonly viewers: readonly number[];
  readonly publishers: readonly number[];
  readonly rooms: readonly number[];
  readonly marks: readonly number[];
  readonly facts: readonly number[];
  readonly recordings: readonly number[];
  readonly windowMs: number;
  readonly recorderWindowMs: number;
}

export const LEVELS: Levels = {
  viewers: [0, 5, 10, 20, 30, 40],
  publishers: [0, 4, 8, 12, 16, 24],
  rooms: [0, 2, 4, 8, 12, 16],
  marks: [0, 5, 10, 20, 30, 40],
  facts: [0, 100, 250, 500, 1000, 2000],
  recordings: [0, 1, 2, 4, 6],
  windowMs: 2_000,
  recorderWindowMs: 10_000,
};

/** One figure at one level: `figure` names it within its axis. */
export interface Reading {
  readonly axis: Axis;
  readonly figure: Figure;
  readonly x: number;
  readonly y: number;
}
export type Figure = 'processor' | 'memory' | 'bandwidth' | 'packets' | 'programs';

export interface Measured {
  readonly readings: readonly Reading[];
  readonly factBytes: number;
  /** The most that the sending core was busy, in percent, and that was not sent or did not arrive. */
  readonly worst: { readonly generator: number; readonly short: number; readonly lost: number };
}

/** What each axis of media adds one more of: viewers of one 4K stream, 1080p sources nobody watches, rooms of three viewers. */
const MEDIA: Readonly<Record<'viewers' | 'publishers' | 'rooms', (x: number) => MediaLoad>> = {
  viewers: (x) => ({ rooms: 1, publishers: ['uhd'], viewers: x }),
  publishers: (x) => ({ rooms: 1, publishers: Array.from({ length: x }, () => 'hd' as const), viewers: 0 }),
  rooms: (x) => ({ rooms: x, publishers: ['hd', 'sound'], viewers: 3 }),
};
const JOINS = 8;

export interface MeasureOptions {
  readonly runs: number;
  readonly seed: number;
  readonly levels?: Levels;
  /** Called before each point. */
  readonly progress?: (done: number, of: number) => void;
}

/** Needs a network namespace of its own. Whoever wants it quiet keeps this process on a core (`onFirstCore`). */
export async function measureCosts(options: MeasureOptions): Promise<Measured> {
  const { runs, seed, levels = LEVELS, progress } = options;
  const plan = { runs, random: randomOf(seed), levels };
  const counts = [
    levels.viewers,
    levels.publishers,
    levels.rooms,
    levels.marks,
    levels.facts,
    levels.recordings,
  ];
  const all = counts.reduce((sum, { length }) => sum + length, 0) * runs;
  let done = 0;
  const step = () => {
    done += 1;
    progress?.(done, all);
  };
  const media = await measureMediaAxes(plan, step);
  const signaling = await measureSignalingAxes(plan, step);
  const recorder = await measureRecordings(plan, step);
  const parts = [media, signaling, recorder];
  const worst = (of: keyof Measured['worst']) => Math.max(...parts.map((part) => part.worst[of]));
  return {
    readings: parts.flatMap(({ readings }) => readings),
    factBytes: signaling.factBytes,
    worst: { generator: worst('generator'), short: worst('short'), lost: worst('lost') },
  };
}

interface Order {
  readonly runs: number;
  readonly random: () => number;
  readonly levels: Levels;
}
type Part = Pick<Measured, 'readings' | 'worst'>;

async function measureMediaAxes({ runs, random, levels }: Order, step: () => void): Promise<Part> {
  await openSinks();
  const axes = ['viewers', 'publishers', 'rooms'] as const;
  const points = axes.flatMap((axis) => repeated(levels[axis], runs).map((x) => ({ axis, x })));
  const readings: Reading[] = [];
  const found: MediaPoint[] = [];
  for (const { axis, x } of shuffled(points, random)) {
    step();
    const point = await measureMedia(MEDIA[axis](x), levels.windowMs);
    found.push(point);
    readings.push(
      { axis, x, figure: 'processor', y: point.worker },
      { axis, x, figure: 'memory', y: point.rssBytes / 1e6 },
      { axis, x, figure: 'packets', y: point.packetsOut },
      { axis, x, figure: 'bandwidth', y: point.mbitOut },
    );
  }
  const most = (of: (point: MediaPoint) => number) => Math.max(0, ...found.map(of));
  const worst = {
    generator: most(({ generator }) => generator),
    short: most(({ shortPercent }) => shortPercent),
    lost: most(({ lostPercent }) => lostPercent),
  };
  return { readings, worst };
}

async function measureSignalingAxes(
  { runs, random, levels }: Order,
  step: () => void,
): Promise<Part & { factBytes: number }> {
  const city = await openCostCity();
  const readings: Reading[] = [];
  try {
    const drawn = await roomsOf(repeated(levels.marks, runs), () => city.room(0));
    const [empty, filled] = [await city.bytes(), repeated(levels.facts, runs)];
    const long = await roomsOf(filled, (facts) => city.room(facts));
    const facts = filled.reduce((sum, count) => sum + count, 0);
    const factBytes = facts === 0 ? 0 : ((await city.bytes()) - empty) / facts;
    // The first takeover compiles what all of them need.
    for (const { roomId } of drawn.slice(0, 1)) await city.replay(roomId);
    for (const { x, roomId } of shuffled(long, random)) {
      readings.push({ axis: 'replay', figure: 'processor', x, y: await city.replay(roomId) });
    }
    await city.hand();
    const signaling = await SignalingUnderTest.start(city);
    const points = [
      ...drawn.map((room) => ({ axis: 'marks' as const, ...room })),
      ...long.map((room) => ({ axis: 'joins' as const, ...room })),
    ];
    let generator = 0;
    try {
      for (const { axis, x, roomId } of shuffled(points, random)) {
        step();
        const point =
          axis === 'marks'
            ? await signaling.marks(roomId, x, levels.windowMs)
            : await signaling.joins(roomId, JOINS);
        generator = Math.max(generator, point.generator);
        readings.push(
          'made' in point
            ? { axis, figure: 'processor', x: point.made, y: point.signaling }
            : { axis, figure: 'processor', x, y: point.msPerJoin },
        );
        if (x === 0 && axis === 'marks')
          readings.push({ axis, figure: 'memory', x: 0, y: point.rssBytes / 1e6 });
      }
    } finally {
      await signaling.close();
    }
    return { readings, factBytes, worst: { generator, short: 0, lost: 0 } };
  } finally {
    await city.close();
  }
}

async function measureRecordings({ runs, random, levels }: Order, step: () => void): Promise<Part> {
  const readings: Reading[] = [];
  const found: RecorderPoint[] = [];
  for (const x of shuffled(repeated(levels.recordings, runs), random)) {
    step();
    const point = await measureRecorder(x, levels.recorderWindowMs);
    found.push(point);
    readings.push(
      { axis: 'recordings', x, figure: 'processor', y: point.recorder + point.programs },
      { axis: 'recordings', x, figure: 'programs', y: point.programs },
      { axis: 'recordings', x, figure: 'memory', y: point.rssBytes / 1e6 },
    );
  }
  return {
    readings,
    worst: { generator: Math.max(...found.map((point) => point.generator)), short: 0, lost: 0 },
  };
}

async function roomsOf(
  levels: readonly number[],
  make: (level: number) => Promise<string>,
): Promise<{ x: number; roomId: string }[]> {
  const rooms: { x: number; roomId: string }[] = [];
  for (const x of levels) rooms.push({ x, roomId: await make(x) });
  return rooms;
}

const repeated = (levels: readonly number[], runs: number) =>
  Array.from({ length: runs }, () => levels).flat();

/** Fisher and Yates. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const rest = [...items];
  const out: T[] = [];
  while (rest.length > 0) out.push(...rest.splice(Math.floor(random() * rest.length), 1));
  return out;
}
