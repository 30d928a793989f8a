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
import { caseOf, TUNED } from '../cpr/case.ts';
import type { Look } from '../cpr/scene.ts';
import { writeVideo } from '../cpr/video.ts';

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

/** What `compressionsFile` draws: small enough that two cores encode it and measure it beside everything else. */
const COMPRESSIONS = { width: 640, height: 360, fps: 15, seconds: 15 };

/**
 * An uncompressed file of someone who compresses a chest, seen from the side in good light, whole strokes until it repeats;
 * about 80 MB.
 * @param rate compressions a minute
 */
export function compressionsFile(rate: number): Promise<string> {
  const { seconds, fps, ...size } = COMPRESSIONS;
  const look: Partial<Look> = {
    ...{ viewpoint: 'side', metresWide: 2, strokeMetres: 0.06, shake: 0.003, turn: 0.003, pan: 0 },
    ...{ light: 0.9, noise: 1.5, flicker: 0, flashes: false, passers: 0, inFront: false },
  };
  const one = caseOf('camera', 12, TUNED, [{ kind: 'compress', seconds, rate }], look);
  return kept(`compressions-${rate}.y4m`, (file) =>
    writeVideo({ ...one, fps }, file, { codec: 'y4m', size }),
  );
}

/**
 * An uncompressed file of a still life as rich as a photograph, which a camera slowly nears for two seconds: 16 frames, 200 MB in 4K.
 * Chromium plays Motion JPEG 30 times a second, whatever it was made for; this keeps to its 8 frames and costs no decoding.
 */
export function detailFile({ width, height }: Pick<Picture, 'width' | 'height'>): Promise<string> {
  const scale = 'start_scale=0.02:end_scale=0.015:end_pts=16';
  const source = `mandelbrot=size=${width}x${height}:rate=8:maxiter=400:${scale},noise=alls=6:allf=t`;
  const options = ['-f', 'lavfi', '-i', source, '-t', '2', '-pix_fmt', 'yuv420p'];
  return generate(`detail-${width}x${height}.y4m`, options, 'ffmpeg');
}

/**
 * An uncompressed file of coarse noise that is another one in each of its 30 frames, 40 MB in 720p: an encoder needs every bit that it may
 * have. It costs no decoding.
 */
export function noiseFile({ width, height, fps }: Picture): Promise<string> {
  const source = `nullsrc=size=${width / 4}x${height / 4}:rate=${fps}:duration=1,noise=alls=100:allf=t,scale=${width}:${height}:flags=neighbor`;
  const options = ['-f', 'lavfi', '-i', source, '-pix_fmt', 'yuv420p'];
  return generate(`noise-${width}x${height}-${fps}.y4m`, options, 'ffmpeg');
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

function generate(name: string, options: string[], ffmpeg: string): Promise<string> {
  return kept(name, async (file) => {
    await run(ffmpeg, ['-v', 'error', '-nostdin', '-y', ...options, file], { timeout: 120_000 });
  });
}

/** Makes a file of this name once. Writes beside and renames, so that an interrupted or parallel run never leaves half a file under the name. */
export async function kept(name: string, write: (file: string) => Promise<void>): Promise<string> {
  const file = join(folder, name);
  if (existsSync(file)) return file;
  await mkdir(folder, { recursive: true });
  const unfinished = join(folder, `${process.pid}-${name}`);
  await write(unfinished);
  await rename(unfinished, file);
  return file;
}
