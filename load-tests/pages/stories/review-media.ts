/** Media of a recording that was made for tests: pictures that carry their own room time, cut by the recorder's writers. */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Container, type ContainerFrame, containerFor } from '../../../recorder/container/container.ts';
import { readFrames } from '../../../recorder/container/testing/streams.ts';
import type { CodecConfig } from '../../../recorder/core/types.ts';

export const FPS = 25;
/** Bits of the frame number burnt into the foot of each picture, as white and black blocks. */
export const BITS = 16;

export interface Piece {
  /** Room time in ms. */
  readonly from: number;
  readonly to: number;
  readonly container: Container;
  readonly config: CodecConfig;
  readonly frames: readonly ContainerFrame[];
}

export interface Picture {
  readonly codec: 'vp8' | 'vp9' | 'h264';
  readonly width: number;
  readonly height: number;
  readonly from: number;
  readonly to: number;
  /** Frames from keyframe to keyframe. */
  readonly keyEvery?: number;
}

const ENCODERS = {
  vp8: ['webm', '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '600k'],
  vp9: [
    'webm',
    '-c:v',
    'libvpx-vp9',
    '-deadline',
    'realtime',
    '-cpu-used',
    '8',
    '-b:v',
    '900k',
    '-row-mt',
    '1',
  ],
  h264: ['mp4', '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-crf', '26'],
  opus: ['webm', '-c:a', 'libopus', '-b:a', '48k', '-ac', '2'],
} as const;

/** A row of blocks that say which frame of room time this is; the first is the highest bit. */
function counterRow(frame: number, width: number, height: number): Buffer {
  const row = Buffer.alloc(width);
  const block = width / BITS;
  for (let x = 0; x < width; x += 1) {
    const bit = BITS - 1 - Math.floor(x / block);
    row[x] = (frame >> bit) & 1 ? 235 : 16;
  }
  return Buffer.concat(Array.from({ length: height }, () => row));
}

async function ffmpeg(args: readonly string[], input?: Iterable<Buffer>): Promise<void> {
  const child = spawn(
    'ffmpeg',
    ['-v', 'error', '-nostdin', '-y', ...args].filter((each) => each !== (input ? '-nostdin' : '')),
    {
      stdio: [input ? 'pipe' : 'ignore', 'ignore', 'pipe'],
    },
  );
  const said: Buffer[] = [];
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  for (const chunk of input ?? []) {
    if (child.stdin?.write(chunk) === false)
      await new Promise((resolve) => child.stdin?.once('drain', resolve));
  }
  child.stdin?.end();
  if ((await ended) !== 0) throw new Error(`ffmpeg: ${Buffer.concat(said).toString()}`);
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'goldenhour-review-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function* counters(picture: Picture, strip: number): Generator<Buffer> {
  const first = Math.round((picture.from * FPS) / 1000);
  const count = Math.round(((picture.to - picture.from) * FPS) / 1000);
  for (let n = 0; n < count; n += 1) yield counterRow(first + n, picture.width, strip);
}

/** A moving test picture whose foot says its room time. */
export async function encodePicture(picture: Picture, file: string): Promise<void> {
  const { width, height, from, to, codec, keyEvery = 250 } = picture;
  const strip = Math.round(height / 8 / 2) * 2;
  const [, ...encoder] = ENCODERS[codec];
  const seconds = (to - from) / 1000;
  const inputs = [
    ...['-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}:rate=${FPS}:duration=${seconds}`],
    ...['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${width}x${strip}`, '-r', `${FPS}`, '-i', 'pipe:0'],
  ];
  const keys = ['-g', `${keyEvery}`, '-keyint_min', `${keyEvery}`];
  const filter = ['-filter_complex', `[0][1]overlay=0:H-h,format=yuv420p`];
  await ffmpeg([...inputs, ...filter, ...encoder, ...keys, file], counters(picture, strip));
}

function pieceOf(from: number, to: number, read: Awaited<ReturnType<typeof readFrames>>): Piece {
  const container = containerFor(read.config);
  const ticks = (ms: number) => Math.round((ms * container.timescale) / 1000);
  const frames = read.frames.map(({ time, keyframe, data }, n): ContainerFrame => {
    const next = read.frames[n + 1]?.time ?? (to - from) / 1000;
    const at = ticks(from + time * 1000);
    return { time: at, duration: Math.max(1, ticks(from + next * 1000) - at), keyframe, data };
  });
  return { from, to, container, config: read.config, frames };
}

export function picturePiece(picture: Picture): Promise<Piece> {
  return inFolder(async (folder) => {
    const file = join(folder, `piece.${ENCODERS[picture.codec][0]}`);
    await encodePicture(picture, file);
    return pieceOf(picture.from, picture.to, await readFrames(await readFile(file), picture.codec));
  });
}

/** Beeps, one each second. */
export function soundPiece(from: number, to: number): Promise<Piece> {
  return inFolder(async (folder) => {
    const file = join(folder, 'piece.webm');
    const [, ...encoder] = ENCODERS.opus;
    const tone = `sine=frequency=300:beep_factor=3:sample_rate=48000:duration=${(to - from) / 1000}`;
    await ffmpeg(['-f', 'lavfi', '-i', tone, ...encoder, file]);
    return pieceOf(from, to, await readFrames(await readFile(file), 'opus'));
  });
}

/** A whole WebM file, as the vehicle keeps its own copy. */
export function fillFile(from: number, to: number): Promise<Buffer> {
  return inFolder(async (folder) => {
    const file = join(folder, 'fill.webm');
    await encodePicture({ codec: 'vp8', width: 640, height: 360, from, to, keyEvery: 50 }, file);
    return readFile(file);
  });
}

export function thumbnails(count: number): Promise<readonly Buffer[]> {
  return inFolder(async (folder) => {
    const source = `testsrc2=size=256x144:rate=1:duration=${count}`;
    await ffmpeg(['-f', 'lavfi', '-i', source, '-q:v', '6', join(folder, 'thumb-%03d.jpg')]);
    const names = (await readdir(folder)).sort();
    return Promise.all(names.map((name) => readFile(join(folder, name))));
  });
}
