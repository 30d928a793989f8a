/**
 * Decodes a track once, from first to last frame, with ffmpeg, and counts what comes out of each segment. Runs of segments
 * begin where a decoder can begin; a run with errors is decoded again in shorter ones, to say where they are.
 */

import { messageOf } from '../../platform/errors.ts';
import type { Init, ManifestTrack, Segment } from '../../signaling/protocol/manifest.ts';
import { runFfmpeg } from './ffmpeg.ts';
import type { PlainAccess } from './plain.ts';

export interface DecodeProblem {
  readonly code: 'not-decrypted' | 'frames-missing' | 'decode-error';
  readonly from: number;
  readonly to: number;
  readonly detail: string;
}

export interface DecodeOptions {
  readonly access: PlainAccess;
  readonly signal?: AbortSignal;
  /** Called with the number of segments decoded since the last call. */
  readonly onSegments?: (count: number) => void;
}

/** Long enough that starting ffmpeg costs little, short enough that progress is seen. */
const RUN_SEGMENTS = 30;
/** A frame at the very edge may be counted to either segment. */
const EDGE_MS = 1;

/** Returns how many segments decoded without fault, and what is wrong with the others. */
export async function decodeTrack(
  track: ManifestTrack,
  options: DecodeOptions,
): Promise<{ decoded: number; problems: DecodeProblem[] }> {
  const problems: DecodeProblem[] = [];
  let decoded = 0;
  for (const run of runsOf(track, RUN_SEGMENTS)) {
    let wrong = await decodeRun(track, run, options);
    if (wrong.length > 0 && run.length > 1) {
      wrong = [];
      for (const part of runsOf({ ...track, segments: run }, 1))
        wrong.push(...(await decodeRun(track, part, options)));
    }
    problems.push(...wrong);
    decoded += run.filter(
      ({ from, to }) => !wrong.some((problem) => problem.from < to && problem.to > from),
    ).length;
    options.onSegments?.(run.length);
  }
  return { decoded, problems };
}

/** Cuts the segments where the init changes, and behind `least` of them before the next that begins with a keyframe. */
export function runsOf(
  { segments, kind }: Pick<ManifestTrack, 'segments' | 'kind'>,
  least: number,
): Segment[][] {
  const runs: Segment[][] = [];
  for (const segment of segments) {
    const open = runs.at(-1);
    const startsAlone = kind === 'audio' || segment.keyframes.some((at) => at - segment.from < EDGE_MS);
    const isFull = open && open.length >= least && startsAlone;
    if (!open || isFull || open[0]?.initId !== segment.initId) runs.push([segment]);
    else open.push(segment);
  }
  return runs;
}

async function decodeRun(
  track: ManifestTrack,
  run: readonly Segment[],
  { access, signal }: DecodeOptions,
): Promise<DecodeProblem[]> {
  const [first, last] = [run[0], run.at(-1)];
  const init = track.inits.find(({ initId }) => initId === first?.initId);
  if (!first || !last) return [];
  const whole = { from: first.from, to: last.to };
  if (!init) return [{ code: 'decode-error', ...whole, detail: 'there is no init for it' }];
  const problems: DecodeProblem[] = [];
  const times: number[] = [];
  const lines = new FrameLines((ms) => times.push(ms));
  const end = await runFfmpeg({
    args: decodeArgs(track, init),
    inputs: [plainOf(init, run, access, problems)],
    onOutput: (piece) => lines.push(piece),
    lowPriority: true,
    ...(signal ? { signal } : {}),
  });
  problems.push(...missing(track, run, times));
  const errors = end.errors.length > 0 ? end.errors : end.code === 0 ? [] : [`ended with ${end.code}`];
  const [error] = errors;
  if (error !== undefined) problems.push({ code: 'decode-error', ...whole, detail: error.slice(0, 300) });
  return problems;
}

async function* plainOf(
  init: Init,
  run: readonly Segment[],
  access: PlainAccess,
  problems: DecodeProblem[],
): AsyncGenerator<Uint8Array> {
  for (const { file, from, to } of [
    { file: init.file, from: run[0]?.from ?? 0, to: run.at(-1)?.to ?? 0 },
    ...run,
  ]) {
    try {
      yield (await access.open(file)).plain;
    } catch (error) {
      problems.push({ code: 'not-decrypted', from, to, detail: `${file}: ${messageOf(error)}` });
    }
  }
}

/**
 * Frames come out as one line each with their time. Pictures are made tiny first, which costs next to nothing beside decoding and
 * spares hashing them in full. The built-in VP9 decoder shows every layer of a superframe where libvpx shows the last, as a
 * browser does.
 */
function decodeArgs({ kind }: ManifestTrack, { mimeType }: Init): string[] {
  const decoder = mimeType.includes('vp09') || mimeType.includes('vp9') ? ['-c:v', 'libvpx-vp9'] : [];
  const timing = ['-fps_mode', 'passthrough', '-enc_time_base', '-1'];
  const output =
    kind === 'video'
      ? ['-map', '0:v:0', '-vf', 'scale=16:16:flags=neighbor', ...timing]
      : ['-map', '0:a:0', '-c:a', 'pcm_s16le'];
  return ['-v', 'error', ...decoder, '-copyts', '-i', 'pipe:3', ...output, '-f', 'framecrc', 'pipe:1'];
}

/** Reads the lines of the framecrc format: `#tb 0: 1/90000`, then `stream, dts, pts, duration, size, checksum`. */
class FrameLines {
  readonly #onFrame: (ms: number) => void;
  #rest = '';
  #tickMs = 0;

  constructor(onFrame: (ms: number) => void) {
    this.#onFrame = onFrame;
  }

  push(piece: Buffer): void {
    const lines = `${this.#rest}${piece}`.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, ticks, perSecond] = /^#tb 0: (\d+)\/(\d+)/.exec(line) ?? [];
      if (ticks !== undefined) this.#tickMs = (Number(ticks) * 1000) / Number(perSecond);
      const [, pts] = /^\d+,\s*-?\d+,\s*(-?\d+),/.exec(line) ?? [];
      if (pts !== undefined) this.#onFrame(Number(pts) * this.#tickMs);
    }
  }
}

/**
 * Segments out of which fewer frames came than stand in them. A frame at the very edge may be counted to the neighbour, whose
 * surplus then makes it good. Sound is counted by packets: Opus begins with a pre-skip of up to 80 ms (RFC 7845 section 4.2),
 * and a decoder may join the last packets into one.
 */
function missing(
  { kind }: ManifestTrack,
  run: readonly Segment[],
  times: readonly number[],
): DecodeProblem[] {
  const sorted = [...times].sort((a, b) => a - b);
  let at = 0;
  const surplus = run.map(({ to, frames }) => {
    const first = at;
    while ((sorted[at] ?? Number.POSITIVE_INFINITY) < to - EDGE_MS) at += 1;
    return at - first - frames;
  });
  // What ends at or behind the edge of the last segment is its own: there is none behind it.
  surplus.push((surplus.pop() ?? 0) + sorted.length - at);
  return run.flatMap(({ from, to, frames }, index) => {
    const spare = Math.max(0, surplus[index - 1] ?? 0) + Math.max(0, surplus[index + 1] ?? 0);
    const allowed = Math.min(1, spare) + (kind === 'audio' ? 2 + (index === 0 ? 4 : 0) : 0);
    const short = -(surplus[index] ?? 0);
    if (short <= allowed) return [];
    const detail = `${frames - short} of ${frames} frames came out`;
    return [{ code: 'frames-missing' as const, from, to, detail }];
  });
}
