/** Finds the frames, flashes and beeps of `load-tests/harness/pattern.ts` in a recorded package, with their container times. */
import { execFile } from 'node:child_process';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ManifestTrack } from '../../signaling/protocol/manifest.ts';

const run = promisify(execFile);

const BITS = 16;
/** Fields of the picture as they are read: the barcode, its inverse, and two rows with the flash on the left. */
const ROWS = 4;
/** Between a field and its inverse; less is a damaged picture. */
const CONTRAST = 60;
const BRIGHT = 128;
const RATE = 48_000;
/** A beep is half of full scale; an onset follows a quarter of a second without one. */
const LOUD = 0.15 * 32_768;
const QUIET_MS = 250;

export interface PatternFrame {
  /** Room time in milliseconds. */
  readonly at: number;
  /** Absent where the barcode cannot be read. */
  readonly counter: number | undefined;
  readonly flash: boolean;
}

/** Plain bytes of a stored file of the package. */
export type OpenFile = (file: string) => Promise<Uint8Array>;

/** Every decoded frame in the order of its time. Rejects with what ffmpeg says of a package that does not decode. */
export async function patternFrames(track: ManifestTrack, openFile: OpenFile): Promise<PatternFrame[]> {
  const frames: PatternFrame[] = [];
  for await (const part of parts(track, openFile)) {
    const decoder = /vp0?9/.test(part.mimeType) ? ['-c:v', 'libvpx-vp9'] : [];
    const lines = await decode(part, decoder, [
      ...['-map', '0:v:0', '-vf', `scale=${BITS}:${ROWS}:flags=area,format=gray`],
      ...['-fps_mode', 'passthrough', '-enc_time_base', '-1'],
    ]);
    const pixels = await readFile(part.raw);
    for (const [index, { at }] of lines.entries()) {
      frames.push({ at, ...readPicture(pixels.subarray(index * BITS * ROWS, (index + 1) * BITS * ROWS)) });
    }
  }
  return frames.sort((a, b) => a.at - b.at);
}

/** Room times at which beeps begin. */
export async function patternBeeps(track: ManifestTrack, openFile: OpenFile): Promise<number[]> {
  const beeps: number[] = [];
  let loudAt = Number.NEGATIVE_INFINITY;
  for await (const part of parts(track, openFile)) {
    const lines = await decode(
      part,
      [],
      ['-map', '0:a:0', '-ac', '1', '-ar', String(RATE), '-c:a', 'pcm_s16le'],
    );
    const samples = await readFile(part.raw);
    let offset = 0;
    for (const { at, bytes } of lines) {
      for (let byte = 0; byte < bytes && offset + byte + 1 < samples.length; byte += 2) {
        if (Math.abs(samples.readInt16LE(offset + byte)) < LOUD) continue;
        const now = at + (byte / 2 / RATE) * 1000;
        if (now - loudAt > QUIET_MS) beeps.push(now);
        loudAt = now;
      }
      offset += bytes;
    }
  }
  return beeps;
}

/** How far the picture is behind the sound at each flash that has a beep near it, in milliseconds. */
export function skews(frames: readonly PatternFrame[], beeps: readonly number[]): number[] {
  const flashes = frames.filter(({ flash }, index) => flash && !frames[index - 1]?.flash);
  return flashes.flatMap(({ at }) => {
    const near = beeps.filter((beep) => Math.abs(beep - at) < 400);
    const [best] = near.sort((a, b) => Math.abs(a - at) - Math.abs(b - at));
    return best === undefined ? [] : [at - best];
  });
}

function readPicture(fields: Buffer): { counter: number | undefined; flash: boolean } {
  let counter: number | undefined = 0;
  for (let bit = 0; bit < BITS; bit += 1) {
    const difference = (fields[bit] ?? 0) - (fields[BITS + bit] ?? 0);
    if (Math.abs(difference) < CONTRAST) counter = undefined;
    else if (counter !== undefined && difference > 0) counter |= 1 << bit;
  }
  const lower = fields.filter((_, index) => index >= 2 * BITS && index % BITS < BITS / 2);
  const mean = lower.reduce((sum, each) => sum + each, 0) / Math.max(1, lower.length);
  return { counter, flash: mean > BRIGHT };
}

interface Part {
  readonly mimeType: string;
  readonly input: string;
  readonly raw: string;
  readonly times: string;
}

/** One plain file for each stretch of segments that share an init, in a folder that goes afterwards. */
async function* parts({ segments, inits }: ManifestTrack, openFile: OpenFile): AsyncGenerator<Part> {
  const folder = await mkdtemp(join(tmpdir(), 'goldenhour-pattern-'));
  const [input, raw, times] = [join(folder, 'input'), join(folder, 'raw'), join(folder, 'times')];
  try {
    for (let at = 0; at < segments.length; ) {
      const init = inits.find(({ initId }) => initId === segments[at]?.initId);
      if (!init) throw new Error(`there is no init ${segments[at]?.initId}`);
      const output = await open(input, 'w');
      try {
        await output.write(await openFile(init.file));
        for (; segments[at]?.initId === init.initId; at += 1) {
          await output.write(await openFile(segments[at]?.file ?? ''));
        }
      } finally {
        await output.close();
      }
      yield { mimeType: init.mimeType, input, raw, times };
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Decodes into `raw`, and answers for each frame in it when it is and how many bytes it has there. */
async function decode(
  { input, raw, times }: Part,
  decoder: readonly string[],
  output: readonly string[],
): Promise<{ at: number; bytes: number }[]> {
  const wanted = [...output, '-f', output.includes('pcm_s16le') ? 's16le' : 'rawvideo', raw];
  const timed = [...output, '-f', 'framecrc', times];
  const options = ['-v', 'error', '-nostdin', '-y', ...decoder, '-copyts', '-i', input, ...wanted, ...timed];
  await run('ffmpeg', options, { timeout: 120_000 });
  const lines = (await readFile(times, 'utf8')).split('\n');
  const [, ticks = '1', perSecond = '1000'] =
    /^#tb 0: (\d+)\/(\d+)$/.exec(lines.find((line) => line.startsWith('#tb')) ?? '') ?? [];
  return lines.flatMap((line) => {
    const [, pts, bytes] = /^0,\s*-?\d+,\s*(-?\d+),\s*\d+,\s*(\d+),/.exec(line) ?? [];
    if (pts === undefined) return [];
    return [{ at: (Number(pts) * Number(ticks) * 1000) / Number(perSecond), bytes: Number(bytes) }];
  });
}
