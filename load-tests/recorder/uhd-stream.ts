/** Pictures that need their whole rate, as H.264 from ffmpeg: 4K of 20 Mbit/s is about 2,300 packets a second. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EncodedStream, readFrames } from '../../recorder/container/testing/streams.ts';
import { ffmpeg } from '../../recorder/frames/testing/programs.ts';

const SECONDS = 2;
const ENCODER = '-c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 60';

export function uhdStream(): Promise<EncodedStream> {
  return fullRateStream('uhd', '3840x2160', 20);
}

export function hdStream(): Promise<EncodedStream> {
  return fullRateStream('hd', '1920x1080', 4);
}

/** Kept between runs of the same user: it takes a while to make. */
async function fullRateStream(name: string, size: string, mbit: number): Promise<EncodedStream> {
  const folder = join(tmpdir(), `goldenhour-media-${process.getuid?.() ?? 0}`);
  const file = join(folder, `${name}-${mbit}mbit-h264.mp4`);
  if (!existsSync(file)) {
    await mkdir(folder, { recursive: true });
    const part = join(folder, `${process.pid}-${name}.mp4`);
    // Noise makes the rate hold: nothing of one picture is of use for the next.
    const picture = `testsrc2=size=${size}:rate=30:duration=${SECONDS},noise=alls=30:allf=t`;
    const rate = `-b:v ${mbit}M -minrate ${mbit}M -maxrate ${mbit}M -bufsize ${mbit / 2}M`;
    await ffmpeg('-f', 'lavfi', '-i', picture, ...ENCODER.split(' '), ...rate.split(' '), part);
    await rename(part, file);
  }
  return { ...(await readFrames(await readFile(file), 'h264')), decoded: [] };
}
