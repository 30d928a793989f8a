/** `log.jsonl`: the sealed entries of a room's log, one per line, on the disk before anyone is told so. */
import { type FileHandle, open, readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import type { SealedLogLine } from '../signaling/protocol/recorder.ts';
import { Seq } from '../signaling/protocol/values.ts';
import { logHole } from './errors.ts';

/** All that is needed to go on; whole lines are checked by whoever verifies the package. */
const NumberedLine = z.object({ seq: Seq });

export class RoomLog {
  readonly #roomId: string;
  readonly #handle: FileHandle;
  #seq: number;
  #bytes: number;

  private constructor(roomId: string, handle: FileHandle, seq: number, bytes: number) {
    this.#roomId = roomId;
    this.#handle = handle;
    this.#seq = seq;
    this.#bytes = bytes;
  }

  /** Opens or makes the file. A torn last line was never acknowledged, and is written over. */
  static async open(file: string, roomId: string): Promise<RoomLog> {
    const handle = await open(file, 'a+', 0o640);
    try {
      const text = await readFile(file);
      const bytes = text.lastIndexOf(0x0a) + 1;
      if (bytes < text.length) {
        await handle.truncate(bytes);
        await handle.sync();
      }
      return new RoomLog(roomId, handle, lastSeq(text.subarray(0, bytes)), bytes);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Number of the last entry that is on the disk; 0 before the first. */
  get seq(): number {
    return this.#seq;
  }

  /** Appends what is new; throws `conflict` for a hole. What fails midway leaves no trace. */
  async append(lines: readonly SealedLogLine[]): Promise<number> {
    const fresh: SealedLogLine[] = [];
    let next = this.#seq + 1;
    for (const line of lines) {
      if (line.seq < next) continue;
      if (line.seq > next) throw logHole(this.#roomId, next, line.seq);
      fresh.push(line);
      next += 1;
    }
    if (fresh.length === 0) return this.#seq;
    const text = Buffer.from(fresh.map((line) => `${JSON.stringify(line)}\n`).join(''), 'utf8');
    try {
      await this.#handle.appendFile(text);
      await this.#handle.datasync();
    } catch (error) {
      await this.#handle.truncate(this.#bytes);
      throw error;
    }
    this.#bytes += text.length;
    this.#seq = next - 1;
    return this.#seq;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

function lastSeq(text: Buffer): number {
  if (text.length === 0) return 0;
  const start = text.lastIndexOf(0x0a, text.length - 2) + 1;
  return NumberedLine.parse(JSON.parse(text.subarray(start).toString('utf8'))).seq;
}
