/** A 4K picture that needs its whole 20 Mbit/s, as H.264 from ffmpeg: about 2,300 packets a second. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EncodedStream, readFrames } from '../../recorder/container/testing/streams.ts';
import { ffmpeg } from '../../recorder/frames/testing/programs.ts';

const SECONDS = 2;
const PICTURE = `testsrc2=size=3840x2160:rate=30:duration=${SECONDS},noise=alls=30:allf=t`;
const ENCODER = '-c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 60';
/** Noise makes the rate hold: nothing of one picture is of use for the next. */
const RATE = '-b:v 20M -minrate 20M -maxrate 20M -bufsize 10M';

/** Kept between runs of the same user: it takes a while to make. */
export async function uhdStream(): Promise<EncodedStream> {
  const folder = join(tmpdir(), `goldenhour-media-${process.getuid?.() ?? 0}`);
  const file = join(folder, 'uhd-20mbit-h264.mp4');
  if (!existsSync(file)) {
    await mkdir(folder, { recursive: true });
    const part = join(folder, `${process.pid}-uhd.mp4`);
    await ffmpeg('-f', 'lavfi', '-i', PICTURE, ...ENCODER.split(' '), ...RATE.split(' '), part);
    await rename(part, file);
  }
  return { ...(await readFrames(await readFile(file), 'h264')), decoded: [] };
}
