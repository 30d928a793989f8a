/** Decodes a video into the small grey pictures that the page measures, with the times they are shown at. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { GreyFrame } from '../clients/core/cpr/frames.ts';
import { AppError } from '../platform/errors.ts';

/** The longer side, as the page takes it. */
const LONGER_SIDE = 160;
/** A video without a picture for so long is stuck. */
const STUCK_MS = 60_000;

interface Shown {
  readonly seconds: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Every picture in its order. Throws `video-unreadable` when ffmpeg cannot read the file.
 * @param ffmpeg path of the program
 */
export async function* greyFrames(ffmpeg: string, file: string): AsyncGenerator<GreyFrame> {
  const scale = `scale='if(gte(iw,ih),${LONGER_SIDE},-2)':'if(gte(iw,ih),-2,${LONGER_SIDE})':flags=area`;
  const filters = `${scale},format=gray,showinfo=checksum=0`;
  const args = ['-hide_banner', '-nostdin', '-i', file, '-an', '-vf', filters];
  const output = ['-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1'];
  const child = spawn(ffmpeg, [...args, ...output], { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  // The wait at the end sees a failure of the start; until then it is no unhandled one.
  closed.catch(() => undefined);
  let watchdog = setTimeout(() => child.kill('SIGKILL'), STUCK_MS);
  const times: Shown[] = [];
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    const shown = shownOf(line);
    if (shown) times.push(shown);
    else lines.push(line);
    if (lines.length > 20) lines.shift();
  });
  let waiting = Buffer.alloc(0);
  let count = 0;
  const unreadable = () =>
    new AppError('video-unreadable', `ffmpeg cannot read ${file}: ${lines.slice(-3).join(' ').trim()}`, {
      status: 400,
      whatToDo: 'Give a video file that ffmpeg plays, such as MP4 or WebM.',
    });
  try {
    for await (const chunk of child.stdout) {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => child.kill('SIGKILL'), STUCK_MS);
      waiting = Buffer.concat([waiting, chunk]);
      for (let next = times[count]; next !== undefined; next = times[count]) {
        const bytes = next.width * next.height;
        if (waiting.length < bytes) break;
        yield frameOf(next, waiting.subarray(0, bytes));
        waiting = waiting.subarray(bytes);
        count += 1;
      }
    }
    const [code] = await closed;
    for (let next = times[count]; next !== undefined; next = times[count]) {
      const bytes = next.width * next.height;
      if (waiting.length < bytes) break;
      yield frameOf(next, waiting.subarray(0, bytes));
      waiting = waiting.subarray(bytes);
      count += 1;
    }
    if (code !== 0 || count === 0) throw unreadable();
  } finally {
    clearTimeout(watchdog);
    child.kill('SIGKILL');
  }
}

function frameOf({ seconds, width, height }: Shown, bytes: Uint8Array): GreyFrame {
  return { width, height, data: Uint8Array.from(bytes), timeMs: seconds * 1000 };
}

/** A line of the filter `showinfo`: `n: 3 pts: … pts_time:0.125 … s:160x90 …`. */
function shownOf(line: string): Shown | undefined {
  const [, seconds, width, height] = /showinfo.*\bpts_time:\s*([\d.]+).*\bs:(\d+)x(\d+)/.exec(line) ?? [];
  if (seconds === undefined) return undefined;
  return { seconds: Number(seconds), width: Number(width), height: Number(height) };
}
