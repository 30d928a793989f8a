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

/** Raw Y4M would be 1.1 GB for 4K. */
const MJPEG = ['-c:v', 'mjpeg', '-q:v', '4', '-pix_fmt', 'yuvj420p'];

/** Folder of generated files, kept between runs of the same user. */
const folder = join(tmpdir(), `goldenhour-media-${process.getuid?.() ?? 0}`);

/**
 * A Motion JPEG file of a test picture that moves everywhere and so needs the whole bitrate of its size; about 27 MB for 4K.
 * @param ffmpeg program to run; throws its error when it fails.
 */
export async function cameraFile(picture: Picture, ffmpeg = 'ffmpeg'): Promise<string> {
  const source = `testsrc2=size=${picture.width}x${picture.height}:rate=${picture.fps}:duration=${PICTURE_SECONDS}`;
  const options = ['-f', 'lavfi', '-i', source, ...MJPEG];
  return generate(`pattern-${picture.width}x${picture.height}-${picture.fps}.mjpeg`, options, ffmpeg);
}

/**
 * A Motion JPEG file of someone lying there who breathes 20 times a minute, with a moving test pattern in the corner whose
 * fine detail shows true 4K; about 7 MB for 4K.
 * @param ffmpeg program to run; throws its error when it fails.
 */
export async function patientFile(picture: Picture, ffmpeg = 'ffmpeg'): Promise<string> {
  const options = ['-filter_complex', scene(picture), ...MJPEG];
  return generate(`patient-${picture.width}x${picture.height}-${picture.fps}.mjpeg`, options, ffmpeg);
}

/** The patient is drawn small and ten times a second, since an expression per pixel is slow, then made large. */
function scene({ width, height, fps }: Picture): string {
  const body = '(pow((X-245)/150,2)+pow((Y-150)/(46+7*sin(2*PI*T/3)),2))';
  const head = '(pow((X-95)/34,2)+pow((Y-148)/30,2))';
  const channel = (skin: number, sheet: number, floor: number) =>
    `'if(lt(${head},1),${skin},if(lt(${body},1),${sheet}+40*(1-${body}),${floor}+24*Y/270))'`;
  const drawn = `geq=r=${channel(214, 96, 30)}:g=${channel(170, 128, 44)}:b=${channel(142, 150, 52)}`;
  const small = `color=c=black:s=480x270:r=10:d=${PICTURE_SECONDS},format=gbrp,${drawn},gblur=sigma=0.8`;
  const large = `scale=${width}:${height}:flags=bicubic,fps=${fps}`;
  const pattern = `testsrc2=size=${Math.round(width / 10) * 2}x${Math.round(height / 10) * 2}:rate=${fps}:duration=${PICTURE_SECONDS}`;
  return `${small},${large}[scene];${pattern}[pattern];[scene][pattern]overlay=x=W-w-W/60:y=H-h-W/60`;
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
