/**
 * Small pictures for the time bar: ffmpeg decodes one keyframe and writes a JPEG, in a process of its own at the lowest
 * priority. The queue is short and lets go of the oldest: a thumbnail is never worth waiting for.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';

const WIDTH = 160;
const MAX_QUEUE = 32;
const DEADLINE_MS = 20_000;
const MAX_JPEG_BYTES = 256 * 1024;

export interface ThumbnailJob {
  /** A keyframe alone behind its init. */
  readonly bytes: Uint8Array;
  readonly done: (jpeg: Uint8Array) => Promise<void>;
}

export class Thumbnails {
  readonly #ffmpeg: string;
  readonly #onError: (error: unknown) => void;
  readonly #queue: ThumbnailJob[] = [];
  #running: Promise<void> | undefined;
  #child: ChildProcess | undefined;
  #closed = false;
  /** False: there is no space for them. */
  enabled = true;
  /** Jobs that were let go of. */
  dropped = 0;

  /** @param ffmpeg program to run */
  constructor(ffmpeg: string, onError: (error: unknown) => void) {
    this.#ffmpeg = ffmpeg;
    this.#onError = onError;
  }

  /** Returns at once. */
  add(job: ThumbnailJob): void {
    if (this.#closed || !this.enabled) {
      this.dropped += 1;
      return;
    }
    this.#queue.push(job);
    if (this.#queue.length > MAX_QUEUE) {
      this.#queue.shift();
      this.dropped += 1;
    }
    this.#running ??= this.#run();
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#queue.length = 0;
    this.#child?.kill('SIGKILL');
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let job = this.#queue.shift(); job; job = this.#queue.shift()) {
      try {
        const jpeg = await this.#make(job.bytes);
        if (!this.#closed) await job.done(jpeg);
      } catch (error) {
        if (!this.#closed) this.#onError(error);
      }
    }
    this.#running = undefined;
  }

  #make(bytes: Uint8Array): Promise<Uint8Array> {
    const args = [
      ...['-v', 'error', '-threads', '1', '-i', 'pipe:0', '-frames:v', '1'],
      ...['-vf', `scale=${WIDTH}:-2`, '-q:v', '6', '-f', 'mjpeg', 'pipe:1'],
    ];
    return new Promise((resolve, reject) => {
      const child = spawn(this.#ffmpeg, args, { stdio: ['pipe', 'pipe', 'pipe'] });
      this.#child = child;
      const timer = setTimeout(() => child.kill('SIGKILL'), DEADLINE_MS);
      const parts: Buffer[] = [];
      let length = 0;
      let said = '';
      child.stdout.on('data', (part: Buffer) => {
        length += part.length;
        if (length <= MAX_JPEG_BYTES) parts.push(part);
      });
      child.stderr.on('data', (part: Buffer) => {
        said = `${said}${part}`.slice(-500);
      });
      child.on('error', reject);
      child.on('close', (code) => {
        clearTimeout(timer);
        this.#child = undefined;
        if (code === 0 && length > 0 && length <= MAX_JPEG_BYTES) resolve(Buffer.concat(parts));
        else reject(new Error(`ffmpeg made no thumbnail (code ${code}): ${said}`));
      });
      // ffmpeg may have what it needs before everything is written; its exit code says whether it had.
      child.stdin.on('error', () => undefined);
      if (child.pid !== undefined) lowest(child.pid);
      child.stdin.end(bytes);
    });
  }
}

function lowest(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or the system has no priorities: neither changes the picture.
  }
}
