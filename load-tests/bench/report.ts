/** The JSON of one benchmark: what `--json` prints, `--baseline` reads and docs/benchmarks.json holds. */
import { z } from 'zod';
import { AppError } from '../../platform/errors.ts';
import { type Series, UNITS, type Unit } from '../measuring/series.ts';
import type { Bench, BenchResult } from './types.ts';

const Unit_ = z.enum(UNITS);
const figures = { min: z.number(), max: z.number(), median: z.number(), samples: z.array(z.number()).min(1) };

/** A further figure. */
const Figure = z.strictObject({ unit: Unit_, ...figures });
const Peer = Figure.extend({
  version: z.string(),
  value: z.number().optional(),
  more: z.record(z.string(), Figure).optional(),
}).strict();
const Claim = z.strictObject({
  who: z.string(),
  figure: z.string(),
  source: z.string(),
  machine: z.string(),
  date: z.string(),
});

export const Machine = z.strictObject({
  cpu: z.string(),
  cores: z.number().int(),
  memoryGiB: z.number(),
  kernel: z.string(),
  node: z.string(),
});
export type Machine = z.infer<typeof Machine>;

export const Report = z.strictObject({
  id: z.string(),
  target: z.string(),
  /** The figure that is compared with the target. */
  value: z.number(),
  unit: Unit_,
  spread: z.strictObject(figures),
  met: z.boolean(),
  /** Which change of the figure is a good one. */
  better: z.enum(['lower', 'higher']),
  more: z.record(z.string(), Figure),
  peers: z.record(z.string(), Peer),
  claims: z.array(Claim),
  leftOut: z.array(z.string()),
  why: z.string().optional(),
  /** Why the figure says nothing; such a report is printed, never published. */
  invalid: z.string().optional(),
  details: z.string().optional(),
  /** Pages and drawings under docs/ that came with it. */
  files: z.array(z.string()),
  date: z.iso.datetime(),
  /** How long it took, in seconds; absent where it was not noted. */
  seconds: z.number().optional(),
  /** Load average of the last minute when it began. */
  load: z.number(),
  command: z.string(),
  machine: Machine,
  versions: z.record(z.string(), z.string()),
  /** Of the project; `dirty` when files differed from it. */
  commit: z.strictObject({ id: z.string(), dirty: z.boolean() }).optional(),
});
export type Report = z.infer<typeof Report>;

/** What stands around a result. */
export type Circumstances = Pick<
  Report,
  'date' | 'seconds' | 'load' | 'command' | 'machine' | 'versions' | 'commit'
>;

const HIGHER: readonly Unit[] = ['packets/s', 'per second', 'Mbit/s', 'Gbit/s', 'viewers', 'rooms', 'times'];

export function reportOf(bench: Bench, result: BenchResult, around: Circumstances): Report {
  const { value, reached, invalid, why, details } = result;
  return {
    id: bench.id,
    target: bench.target,
    value,
    unit: result.unit,
    spread: spreadOf(result),
    // A void figure meets nothing, whatever it is.
    met: reached && invalid === undefined,
    better: bench.better ?? (HIGHER.includes(result.unit) ? 'higher' : 'lower'),
    more: copied(result.more),
    peers: Object.fromEntries(
      Object.entries(result.peers ?? {}).map(([name, peer]) => [
        name,
        {
          ...figureOf(peer),
          version: peer.version,
          ...(peer.value === undefined ? {} : { value: peer.value }),
          ...(peer.more === undefined ? {} : { more: copied(peer.more) }),
        },
      ]),
    ),
    claims: (result.claims ?? []).map((claim) => ({ ...claim })),
    leftOut: [...(result.leftOut ?? [])],
    ...(why === undefined ? {} : { why }),
    ...(invalid === undefined ? {} : { invalid }),
    ...(details === undefined ? {} : { details }),
    files: Object.keys(result.files ?? {}),
    ...around,
    versions: { ...around.versions, ...result.versions },
  };
}

function spreadOf({ min, max, median, samples }: Series) {
  return { min, max, median, samples: [...samples] };
}

function figureOf(series: Series) {
  return { unit: series.unit, ...spreadOf(series) };
}

function copied(more: Readonly<Record<string, Series>> = {}) {
  return Object.fromEntries(Object.entries(more).map(([name, each]) => [name, figureOf(each)]));
}

/**
 * Reads reports: an array, as in docs/benchmarks.json, or one object after the other, as `--json` prints them.
 * @throws `bench-file-invalid` with the place of the first flaw
 */
export function readReports(text: string, name: string): Report[] {
  const parsed = z.array(Report).safeParse(valuesOf(text, name));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw flawed(name, `${issue?.path.join('.') || 'the whole'}: ${issue?.message}`);
}

function valuesOf(text: string, name: string): unknown {
  const trimmed = text.trim();
  try {
    if (trimmed.startsWith('[')) return JSON.parse(trimmed);
    return trimmed.split('\n').map((line): unknown => JSON.parse(line));
  } catch (error) {
    throw flawed(name, error instanceof Error ? error.message : String(error));
  }
}

function flawed(name: string, flaw: string): AppError {
  return new AppError('bench-file-invalid', `${name} does not hold results of benchmarks: ${flaw}.`, {
    status: 400,
  });
}
