/** What was measured of cost, as docs/benchmarks/costs.json keeps it: written by the benchmark COST, read by the plan. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { AppError, messageOf } from '../../platform/errors.ts';

export const COSTS_FILE = new URL('../../docs/benchmarks/costs.json', import.meta.url);

/** The axes along which cost was measured. */
export const AXES = ['viewers', 'publishers', 'rooms', 'marks', 'replay', 'joins', 'recordings'] as const;
export type Axis = (typeof AXES)[number];

const interval = z.tuple([z.number(), z.number()]);
const Curve = z.strictObject({
  axis: z.enum(AXES),
  /** What was counted on the way up, such as "viewers of one 4K stream". */
  of: z.string(),
  /** What was measured, such as "processor of the worker", and in which unit. */
  figure: z.string(),
  unit: z.string(),
  /** Measured with nothing to do and subtracted from each point; absent where there is no such thing. */
  idle: z.number().optional(),
  points: z.array(z.tuple([z.number(), z.number()])),
  coefficients: z.array(z.number()).min(2).max(3),
  intervals: z.array(interval),
  r2: z.number(),
  residuals: z.array(z.number()),
});
export type Curve = z.infer<typeof Curve>;

const positive = z.number().min(0);
/** What one more of each costs, taken from the curves. Cores are 1 for a whole one; memory is in bytes. */
const UnitCosts = z.strictObject({
  /** Processor time of a worker for each packet received, and for each one sent encrypted. */
  packetInMicros: positive,
  packetOutMicros: positive,
  workerIdleCore: positive,
  workerIdleBytes: positive,
  viewerBytes: positive,
  /** Of a mark as a fact in a room of four, from socket to sockets, in milliseconds of the signaling process. */
  markMs: positive,
  /** Of a join to a room with 100 facts, and of taking over a room, for each fact in it. */
  joinMs: positive,
  replayMsPerFact: positive,
  signalingIdleCore: positive,
  signalingIdleBytes: positive,
  /** Bytes of the database for each fact. */
  factBytes: positive,
  /** Of a recorder, with the programs it starts, for each Mbit/s of a recorded track, and for each track. */
  recorderCorePerMbit: positive,
  recorderBytesPerTrack: positive,
  recorderIdleCore: positive,
  recorderIdleBytes: positive,
});
export type UnitCosts = z.infer<typeof UnitCosts>;

const Costs = z.strictObject({
  v: z.literal(1),
  date: z.iso.datetime(),
  machine: z.string(),
  /** Load average when it began; above the number of cores other programs took part of the time. */
  load: z.number(),
  runs: z.int().min(1),
  /** A short run or one on a crowded machine: good for trying the plan, not for buying machines. */
  trial: z.boolean(),
  unit: UnitCosts,
  curves: z.array(Curve),
});
export type Costs = z.infer<typeof Costs>;

/** Throws `costs-missing` or `costs-invalid`. */
export async function readCosts(file: URL | string = COSTS_FILE): Promise<Costs> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('costs-missing', 'The measured costs cannot be read.', {
      whatToDo: 'Run "goldenhour bench COST" once on a quiet machine, or name a file with --costs FILE.',
      cause,
    });
  });
  return parseCosts(text);
}

export function parseCosts(text: string): Costs {
  try {
    return Costs.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError('costs-invalid', `The measured costs are not as expected: ${messageOf(cause)}`, {
      whatToDo: 'Run "goldenhour bench COST" with this version.',
      cause,
    });
  }
}
