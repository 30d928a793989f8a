/** Pictures for the scenes: out of a folder of PNG and JPEG files, or drawn. Decoded and encoded by ffmpeg. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GreyFrame } from '../../ar-annotations/tracker/types.ts';
import type { Pictures } from './kinds.ts';
import { drawn } from './procedural.ts';
import { type Texture, textureFrom } from './texture.ts';

const SCREENSHOTS = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));
const LONGEST_SIDE = 1024;

/**
 * Pictures out of a folder in turn, every third one drawn instead. Without a folder the project's own screenshots stand in for
 * photographs. Throws when a picture cannot be read.
 */
export async function picturesOf(folder = SCREENSHOTS): Promise<Pictures> {
  const names = (await readdir(folder)).filter((name) => /\.(png|jpe?g)$/i.test(name)).sort();
  if (names.length === 0)
    throw new Error(`${folder} holds no PNG or JPEG file; name another with --pictures`);
  const photographs: Texture[] = [];
  for (const name of names) photographs.push(await decodePicture(join(folder, name), name));
  return mixed(photographs);
}

/** Drawn pictures alone: nothing is decoded. */
export const drawnPictures: Pictures = (seed, n) =>
  drawn((seed + n) % 2 === 0 ? 'clutter' : 'wound', seed + n);

function mixed(photographs: readonly Texture[]): Pictures {
  return (seed, n) => {
    const k = seed * 3 + n * 5;
    const photograph = photographs[(k * 7 + seed) % photographs.length];
    return k % 3 === 2 || !photograph || seed % 4 === 3 ? drawnPictures(seed, n) : photograph;
  };
}

async function decodePicture(file: string, name: string): Promise<Texture> {
  const scale = `scale='min(iw,${LONGEST_SIDE})':-1`;
  const pgm = await ffmpeg([
    '-i',
    file,
    '-vf',
    scale,
    '-frames:v',
    '1',
    '-pix_fmt',
    'gray',
    '-f',
    'image2pipe',
    '-c:v',
    'pgm',
    'pipe:1',
  ]);
  const header = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(pgm.subarray(0, 64).toString('latin1'));
  const [all, width, height] = header ?? [];
  if (!all || !width || !height) throw new Error(`ffmpeg gave no picture of ${file}`);
  return textureFrom(name, Number(width), Number(height), new Uint8Array(pgm.subarray(all.length)));
}

/** The frames as a viewer gets them on a poor link: through VP8 at this rate. One frame comes out for each that went in. */
export async function throughCodec(
  frames: readonly GreyFrame[],
  fps: number,
  kbit: number,
): Promise<GreyFrame[]> {
  const [first] = frames;
  if (!first) return [];
  const { width, height } = first;
  const folder = await mkdtemp(join(tmpdir(), 'goldenhour-marks-'));
  try {
    const file = join(folder, 'video.webm');
    const raw = [
      '-f',
      'rawvideo',
      '-pix_fmt',
      'gray',
      '-s',
      `${width}x${height}`,
      '-r',
      String(fps),
      '-i',
      'pipe:0',
    ];
    const codec = [
      '-c:v',
      'libvpx',
      '-deadline',
      'realtime',
      '-cpu-used',
      '8',
      '-b:v',
      `${kbit}k`,
      '-g',
      '300',
    ];
    await ffmpeg(
      [...raw, ...codec, '-pix_fmt', 'yuv420p', file],
      Buffer.concat(frames.map(({ luma }) => luma)),
    );
    const out = await ffmpeg([
      '-i',
      file,
      '-f',
      'rawvideo',
      '-fps_mode',
      'passthrough',
      '-pix_fmt',
      'gray',
      'pipe:1',
    ]);
    return Array.from({ length: Math.floor(out.length / (width * height)) }, (_, i) => ({
      width,
      height,
      luma: new Uint8Array(out.subarray(i * width * height, (i + 1) * width * height)),
    }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Returns what the program wrote. Throws with what it said when it fails or takes longer than half a minute. */
async function ffmpeg(args: readonly string[], input?: Uint8Array): Promise<Buffer> {
  const program = process.env.FFMPEG_BIN ?? 'ffmpeg';
  const child = spawn(program, ['-hide_banner', '-loglevel', 'error', '-y', ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: 30_000,
  });
  const closed = once(child, 'close');
  const parts: Buffer[] = [];
  let said = '';
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  // A program that fails closes its end early; what it said is reported below.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [code] = await closed;
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}: ${said.trim()}`);
  return Buffer.concat(parts);
}
