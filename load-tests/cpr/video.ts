/** Writes a case as a video file with its labels, for `goldenhour cpr-check` and for pictures that went through a codec. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { CprLabels } from '../../clients/core/cpr/check.ts';
import type { Case } from './case.ts';
import { labelled } from './case.ts';
import type { Size } from './scene.ts';

export interface Encoding {
  readonly codec: 'vp8' | 'h264';
  readonly kbit: number;
  readonly size: Size;
}

/** Uncompressed YUV4MPEG2, as Chromium's fake camera reads it at the frame rate of the file. */
export interface Uncompressed {
  readonly codec: 'y4m';
  readonly size: Size;
}

/** As a phone sends it on a poor link. */
export const POOR: Encoding = { codec: 'vp8', kbit: 400, size: { width: 320, height: 180 } };

const CODECS = {
  vp8: ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8'],
  h264: ['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency'],
} as const;

function codecOf(encoding: Encoding | Uncompressed): string[] {
  if (encoding.codec === 'y4m') return ['-f', 'yuv4mpegpipe'];
  return [...CODECS[encoding.codec], '-b:v', `${encoding.kbit}k`, '-g', '300'];
}

/**
 * Encodes the case at an even frame rate (a file has no jitter) into `file`; its ending names the container. With
 * `labelsFile` the labels are written beside it. Throws when ffmpeg fails.
 */
export async function writeVideo(
  one: Case,
  file: string,
  encoding: Encoding | Uncompressed,
  labelsFile?: string,
): Promise<void> {
  const { size } = encoding;
  const fps = Math.round(one.fps);
  const input = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'gray',
    '-s',
    `${size.width}x${size.height}`,
    '-r',
    String(fps),
  ];
  const output = [...codecOf(encoding), '-pix_fmt', 'yuv420p', file];
  const child = spawn(
    process.env.FFMPEG_BIN ?? 'ffmpeg',
    ['-hide_banner', '-loglevel', 'error', '-y', ...input, '-i', 'pipe:0', ...output],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  const closed = once(child, 'close');
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const video = labelled({ ...one, fps, jitter: 0, lost: 0 });
  for (const { data } of video.frames(size)) {
    if (!child.stdin.write(data)) await Promise.race([once(child.stdin, 'drain'), closed]);
  }
  child.stdin.end();
  const [code] = await closed;
  if (code !== 0) throw new Error(`ffmpeg did not encode ${file}: ${said.trim()}`);
  if (labelsFile === undefined) return;
  const labels = {
    v: 1,
    durationMs: Math.round(video.seconds * 1000),
    compressions: [...video.compressions],
  };
  await writeFile(labelsFile, JSON.stringify(CprLabels.parse(labels)));
}
