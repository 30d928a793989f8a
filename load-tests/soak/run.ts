/** A soak: rooms are lived one after the other on a whole stack, which must then hold nothing of them and grow no more. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fleet } from '../bot/fleet.ts';
import { signIn } from '../chaos/http.ts';
import { type ChaosStack, openChaosStack } from '../chaos/stack.ts';
import { randomOf } from '../cpr/random.ts';
import { churn, type Ground, PEOPLE } from './churn.ts';
import { PROBE_VARIABLE } from './probe.ts';
import { type Sample, takeSample } from './sample.ts';
import { type Slope, slopeOf } from './slope.ts';

const PROBE = new URL('./probe.ts', import.meta.url).href;
const ROOM_MS = 4_000;
const HOUR_MS = 3_600_000;
/** The part at the beginning that no slope counts, up to the hour that the target names. */
const WARM_SHARE = 0.3;
/** Everything of a room is gone within this after it was closed, in milliseconds. */
const BACK_MS = 60_000;
/** Open files and timers that may come and go by themselves: connections kept to the database, a check under way. */
const SLACK = 12;
/** Megabytes an hour. */
export const SLOPE_TARGET = 1;

export interface SoakOptions {
  readonly ms: number;
  readonly seed: number;
  /** Between two samples, in milliseconds. */
  readonly everyMs: number;
  /** After each sample. */
  readonly onSample?: (sample: Sample) => void;
}

export interface Soak {
  readonly samples: readonly Sample[];
  readonly rooms: number;
  readonly facts: number;
  readonly cuts: number;
  /** Milliseconds from which slopes count. */
  readonly warmMs: number;
  /** Of memory and of the heap after collecting, in MB an hour, by `process memory`. */
  readonly slopes: Readonly<Record<string, Slope>>;
  /** What is not as it was, in words; none when all is back. */
  readonly leftovers: readonly string[];
}

/** Runs it on a stack of its own. Everything it made is gone afterwards. */
export async function runSoak(options: SoakOptions): Promise<Soak> {
  const folder = await mkdtemp(join(tmpdir(), 'goldenhour-soak-'));
  const probeFile = (name: string) => join(folder, `${name}.json`);
  const probe = (name: string) => ({
    execArgv: ['--expose-gc', '--import', PROBE],
    env: { [PROBE_VARIABLE]: probeFile(name) },
  });
  try {
    const stack = await openChaosStack({ media: true, largeDisk: true, probe });
    const fleet = new Fleet();
    try {
      return await soakOn({ stack, fleet, ...(await peopleOf(stack, options.seed)) }, options, probeFile);
    } finally {
      await fleet.close();
      await stack.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function peopleOf(stack: ChaosStack, seed: number) {
  const cookies = new Map<string, string>();
  for (const username of PEOPLE) {
    const person = stack.demo.people.find((each) => each.username === username);
    cookies.set(username, await signIn(stack.port(), username, person?.password ?? ''));
  }
  return { cookies, random: randomOf(seed) };
}

async function soakOn(
  ground: Ground,
  options: SoakOptions,
  probeFile: (name: string) => string,
): Promise<Soak> {
  const zero = performance.now();
  const samples: Sample[] = [];
  const look = async () => {
    const sample = await takeSample(ground.stack, performance.now() - zero, probeFile);
    samples.push(sample);
    options.onSample?.(sample);
    return sample;
  };
  const done = { rooms: 0, facts: 0, cuts: 0 };
  const live = async () => {
    const { facts, cuts } = await churn(ground, done.rooms, ROOM_MS);
    done.rooms += 1;
    done.facts += facts;
    done.cuts += cuts;
  };
  // Once before anything is counted, so that all code is loaded and all lasting connections stand.
  await live();
  await emptied(ground.stack, probeFile);
  const before = await look();
  let nextAt = performance.now() + options.everyMs;
  while (performance.now() - zero < options.ms) {
    await live();
    if (performance.now() >= nextAt) {
      await look();
      nextAt = performance.now() + options.everyMs;
    }
  }
  const leftovers = await emptied(ground.stack, probeFile);
  const after = await look();
  const warmMs = Math.min(HOUR_MS, options.ms * WARM_SHARE);
  return {
    ...{ samples, ...done, warmMs, slopes: slopesOf(samples, warmMs) },
    leftovers: [...leftovers, ...grown(before, after)],
  };
}

/** Waits until every count is zero; answers those that are not, in words. */
async function emptied(stack: ChaosStack, probeFile: (name: string) => string): Promise<string[]> {
  const deadline = performance.now() + BACK_MS;
  for (;;) {
    const { counts } = await takeSample(stack, 0, probeFile);
    const left = Object.entries(counts).filter(([, count]) => count > 0);
    if (left.length === 0) return [];
    if (performance.now() > deadline) return left.map(([what, count]) => `${count} ${what}`);
    await sleep(250);
  }
}

function grown(before: Sample, after: Sample): string[] {
  return Object.entries(after.processes).flatMap(([name, now]) => {
    const was = before.processes[name];
    if (!was) return [`${name} was not there at the beginning`];
    const kinds = Object.entries(now.kinds).map(
      ([kind, count]) => [kind, was.kinds[kind] ?? 0, count] as const,
    );
    return [['open files', was.files, now.files] as const, ...kinds].flatMap(([what, then, count]) =>
      count > then + SLACK ? [`${name}: ${count} ${what}, ${then} before`] : [],
    );
  });
}

export function slopesOf(samples: readonly Sample[], warmMs: number): Record<string, Slope> {
  const slopes: Record<string, Slope> = {};
  const warm = samples.filter(({ at }) => at >= warmMs);
  for (const name of Object.keys(samples.at(-1)?.processes ?? {})) {
    for (const [what, of] of [
      ['memory', 'rssMb'],
      ['heap', 'heapMb'],
    ] as const) {
      const points = warm.flatMap(({ at, processes }) => {
        const value = processes[name]?.[of];
        return value === undefined ? [] : [{ at, value }];
      });
      const slope = slopeOf(points);
      if (slope) slopes[`${name} ${what}`] = slope;
    }
  }
  return slopes;
}

/** Slopes that are surely beyond the target: their whole interval lies above it. */
export function beyond({ slopes }: Soak): string[] {
  return Object.entries(slopes).flatMap(([name, { low, perHour }]) =>
    low > SLOPE_TARGET
      ? [`${name} grows by ${perHour.toFixed(1)} MB an hour, at least ${low.toFixed(1)}`]
      : [],
  );
}
