/**
 * The faults of one run, made whole from its seed before anything is started: the same seed and wishes always give the same
 * faults at the same times. What happens between them is the machine's; the judgement does not depend on it.
 */
import { z } from 'zod';
import { between, type Random, randomOf } from '../cpr/random.ts';

export const KINDS = ['kill', 'stop', 'pause', 'cut', 'delay', 'repeat', 'disk', 'clock'] as const;
export type Kind = (typeof KINDS)[number];

const n = z.int().min(0);
/** Milliseconds. */
const ms = z.int();
/** `signaling` is the process that everyone is sent to when it happens; `worker` is the media worker of the node. */
const Part = z.enum(['signaling', 'sfu', 'recorder', 'worker', 'database']);
export type Part = z.infer<typeof Part>;

const fault = <K extends Kind, S extends z.ZodRawShape>(kind: K, shape: S) =>
  z.strictObject({ n, at: ms, kind: z.literal(kind), ...shape });

/** `at` counts from the start of the faults. */
export const Fault = z.discriminatedUnion('kind', [
  /** SIGKILL, and a new start after `downMs`; a worker is started again by its node. */
  fault('kill', { part: Part, downMs: ms }),
  /** The orderly end, as at a release, and a new start. */
  fault('stop', { part: Part, downMs: ms }),
  /** SIGSTOP for `forMs`, then SIGCONT: a host out of memory, a paused virtual machine. */
  fault('pause', { part: Part, forMs: ms }),
  /** A client's link breaks for `forMs`; with `answers`, its last messages still arrive and what comes back is lost. */
  fault('cut', { client: n, how: z.enum(['both', 'answers']), forMs: ms }),
  /** A client's link takes `ms` longer in each direction, for `forMs`. */
  fault('delay', { client: n, ms, forMs: ms }),
  /** A client sends its next request twice at once, and again after the answer. */
  fault('repeat', { client: n }),
  /** The file system of the recordings is full for `forMs`. */
  fault('disk', { forMs: ms }),
  /** The UTC clock of the signaling process is set by `stepMs`; its monotonic clock does not notice. */
  fault('clock', { stepMs: ms }),
]);
export type Fault = z.infer<typeof Fault>;

export const Wishes = z.strictObject({
  seed: z.int(),
  faults: z.int().min(1).max(100_000),
  only: z.array(z.enum(KINDS)).min(1).optional(),
  /** Many cheap faults in parallel over many rooms, instead of every kind on a whole stack. */
  storm: z.boolean(),
});
export type Wishes = z.infer<typeof Wishes>;

/** How many rooms and clients a run has. The first ones of each room write and read, the others read. */
export interface Shape {
  readonly rooms: number;
  readonly clientsPerRoom: number;
}
export const WRITERS_PER_ROOM = 2;

export function shapeOf({ storm }: Wishes): Shape {
  return storm ? { rooms: 12, clientsPerRoom: 4 } : { rooms: 2, clientsPerRoom: 4 };
}

/** What a process costs everyone while it is away is let pass before the next one, in milliseconds. */
const RECOVERY_MS = { storm: 2_500, stack: 3_500 } as const;
/** Between two faults of links, in milliseconds. */
const GAP_MS = { storm: [8, 32], stack: [150, 900] } as const;
const HEAVY: readonly Kind[] = ['kill', 'stop', 'pause', 'disk', 'clock'];
const LIGHT: readonly Kind[] = ['cut', 'delay', 'repeat'];
/** In a storm, one fault of a process for about so many of links. */
const STORM_HEAVY_EVERY = 130;

/** The kinds that a run may use. */
export function kindsOf({ only, storm }: Wishes): readonly Kind[] {
  if (only) return [...new Set(only)];
  return storm ? ['kill', 'pause', 'cut', 'delay', 'repeat'] : KINDS;
}

/** The faults in the order of their times. Pure. */
export function planFaults(wishes: Wishes): readonly Fault[] {
  const random = randomOf(wishes.seed);
  const kinds = kindsOf(wishes);
  const [heavy, light] = [HEAVY.filter((kind) => kinds.includes(kind)), LIGHT.filter(among(kinds))];
  const share = light.length === 0 ? 1 : heavy.length === 0 ? 0 : wishes.storm ? 1 / STORM_HEAVY_EVERY : 0.3;
  const times = { heavy: 200, light: 100 };
  const planned: Fault[] = [];
  for (let index = 0; index < wishes.faults; index += 1) {
    // Exactly the share, not by chance: a short run has faults of processes too.
    const isHeavy = Math.floor((index + 1) * share) > Math.floor(index * share) || light.length === 0;
    const [gapFrom, gapTo] = GAP_MS[wishes.storm ? 'storm' : 'stack'];
    if (isHeavy) {
      const made = heavyFault(random, heavy, wishes.storm, times.heavy);
      times.heavy = made.at + lengthOf(made) + RECOVERY_MS[wishes.storm ? 'storm' : 'stack'];
      planned.push(made);
    } else {
      planned.push(lightFault(random, light, shapeOf(wishes), times.light));
      times.light += Math.round(between(random, gapFrom, gapTo));
    }
  }
  return planned.sort((a, b) => a.at - b.at).map((each, index) => ({ ...each, n: index }));
}

function among(kinds: readonly Kind[]): (kind: Kind) => boolean {
  return (kind) => kinds.includes(kind);
}

/** How long a fault itself lasts, in milliseconds. */
export function lengthOf(each: Fault): number {
  switch (each.kind) {
    case 'kill':
    case 'stop':
      return each.downMs;
    case 'pause':
    case 'cut':
    case 'delay':
    case 'disk':
      return each.forMs;
    default:
      return 0;
  }
}

function pick<T>(random: Random, from: readonly T[]): T {
  const found = from[Math.floor(random() * from.length)];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
}

function whole(random: Random, least: number, most: number): number {
  return Math.round(between(random, least, most));
}

function heavyFault(random: Random, kinds: readonly Kind[], storm: boolean, from: number): Fault {
  const base = { n: 0, at: from + whole(random, 0, 600) };
  // Signaling holds the facts: half of what happens to processes happens to it.
  const parts: readonly Part[] = storm
    ? ['signaling']
    : ['signaling', 'signaling', 'signaling', 'sfu', 'recorder', 'recorder', 'worker', 'database'];
  switch (pick(random, kinds)) {
    case 'kill':
      return { ...base, kind: 'kill', part: pick(random, parts), downMs: whole(random, 0, 1_500) };
    case 'stop': {
      const part = pick(
        random,
        parts.filter((each) => each !== 'worker' && each !== 'database'),
      );
      return { ...base, kind: 'stop', part, downMs: whole(random, 0, 1_000) };
    }
    case 'pause': {
      const part = pick(
        random,
        parts.filter((each) => each !== 'worker' && each !== 'database'),
      );
      // Shorter and longer than a lease of 2 s, so that some wake as owners and some as nobody.
      return { ...base, kind: 'pause', part, forMs: whole(random, 200, 5_000) };
    }
    case 'disk':
      return { ...base, kind: 'disk', forMs: whole(random, 2_500, 5_000) };
    default: {
      const size = pick(random, [2_000, 60_000, 3_600_000]);
      return { ...base, kind: 'clock', stepMs: random() < 0.5 ? size : -size };
    }
  }
}

/** A client of the same room that writes. */
function writerBeside(client: number, clientsPerRoom: number): number {
  return client - (client % clientsPerRoom) + (client % WRITERS_PER_ROOM);
}

function lightFault(
  random: Random,
  kinds: readonly Kind[],
  { rooms, clientsPerRoom }: Shape,
  at: number,
): Fault {
  const client = Math.floor(random() * rooms * clientsPerRoom);
  const base = { n: 0, at, client };
  switch (pick(random, kinds)) {
    case 'cut': {
      const how = random() < 0.5 ? 'both' : 'answers';
      return { ...base, kind: 'cut', how, forMs: whole(random, 0, how === 'answers' ? 60 : 400) };
    }
    case 'delay':
      return { ...base, kind: 'delay', ms: whole(random, 5, 250), forMs: whole(random, 200, 2_000) };
    default:
      return { ...base, kind: 'repeat', client: writerBeside(client, clientsPerRoom) };
  }
}
