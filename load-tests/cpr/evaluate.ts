/** Runs the measure over a case, as drawn or after a codec, and holds it against the labels. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { greyFrames } from '../../bin/cpr-video.ts';
import { type CheckFigures, checkReadings } from '../../clients/core/cpr/check.ts';
import type { GreyFrame } from '../../clients/core/cpr/frames.ts';
import { CprMeasure, type CprReading } from '../../clients/core/cpr/measure.ts';
import { type Case, labelled, SMALL } from './case.ts';
import { type Encoding, writeVideo } from './video.ts';

const MOST_FPS = 16;

export interface Evaluated {
  readonly figures: CheckFigures;
  readonly readings: readonly CprReading[];
  /** Processor time of the measure alone, in milliseconds, and the pictures it took. */
  readonly cpuMs: number;
  readonly frames: number;
}

export async function evaluate(one: Case, encoding?: Encoding): Promise<Evaluated> {
  // The page takes at most so many pictures.
  const { seconds, compressions, frames } = labelled({ ...one, fps: Math.min(one.fps, MOST_FPS) });
  const pictures = encoding ? await decoded(one, encoding) : [...frames(SMALL)];
  const measure = new CprMeasure();
  const before = process.cpuUsage();
  const readings = pictures.flatMap((frame) => measure.add(frame) ?? []);
  const { user, system } = process.cpuUsage(before);
  const labels = { v: 1 as const, durationMs: seconds * 1000, compressions: [...compressions] };
  // What the camera no longer shows can only be said wrongly, not missed.
  const seenMs = (one.look.turnedAwayFrom ?? seconds) * 1000;
  const { expected, shown } = checkReadings(
    readings.filter(({ timeMs }) => timeMs <= seenMs),
    labels,
  );
  return {
    figures: { ...checkReadings(readings, labels), expected, shown },
    readings,
    cpuMs: (user + system) / 1000,
    frames: pictures.length,
  };
}

async function decoded(one: Case, encoding: Encoding): Promise<GreyFrame[]> {
  const folder = await mkdtemp(join(tmpdir(), 'goldenhour-cpr-'));
  try {
    const file = join(folder, encoding.codec === 'vp8' ? 'video.webm' : 'video.mp4');
    await writeVideo({ ...one, fps: Math.min(one.fps, MOST_FPS) }, file, encoding);
    const frames: GreyFrame[] = [];
    for await (const frame of greyFrames(process.env.FFMPEG_BIN ?? 'ffmpeg', file)) frames.push(frame);
    return frames;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
