/**
 * Generated media for the demo and for browser tests: a moving 4K picture and spoken words, as the files that
 * Chromium's fake devices read. Nothing here is recorded from a person; the speech was made by espeak-ng.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Frames a second. */
  readonly fps: number;
}

export const UHD: Picture = { width: 3840, height: 2160, fps: 30 };
export const HD: Picture = { width: 1280, height: 720, fps: 30 };

/** Seconds until the picture repeats; Chromium plays the file in a loop. */
const PICTURE_SECONDS = 3;

/** Folder of generated files, kept between runs of the same user. */
const folder = join(tmpdir(), `goldenhour-media-${process.getuid?.() ?? 0}`);

/**
 * A Motion JPEG file of a moving test picture, about 27 MB for 4K (raw Y4M would be 1.1 GB).
 * @param ffmpeg program to run; throws its error when it fails.
 */
export async function cameraFile(picture: Picture, ffmpeg = 'ffmpeg'): Promise<string> {
  const source = `testsrc2=size=${picture.width}x${picture.height}:rate=${picture.fps}:duration=${PICTURE_SECONDS}`;
  const options = ['-f', 'lavfi', '-i', source, '-c:v', 'mjpeg', '-q:v', '4', '-pix_fmt', 'yuvj420p'];
  return generate(`camera-${picture.width}x${picture.height}-${picture.fps}.mjpeg`, options, ffmpeg);
}

/** A mono WAV file of a crew member's report, 12 s at 48 kHz. */
export async function speechFile(ffmpeg = 'ffmpeg'): Promise<string> {
  const source = fileURLToPath(new URL('speech.opus', import.meta.url));
  return generate('speech.wav', ['-i', source, '-ac', '1', '-ar', '48000'], ffmpeg);
}

/** Writes beside and renames, so that an interrupted or parallel run never leaves half a file under the name. */
async function generate(name: string, options: string[], ffmpeg: string): Promise<string> {
  const file = join(folder, name);
  if (existsSync(file)) return file;
  await mkdir(folder, { recursive: true });
  const unfinished = join(folder, `${process.pid}-${name}`);
  await run(ffmpeg, ['-v', 'error', '-nostdin', '-y', ...options, unfinished], { timeout: 120_000 });
  await rename(unfinished, file);
  return file;
}
