/** The room's log on its way to the recorder: sealed as it is stored, so that the recorder keeps words it cannot read. */
import type { RecorderParams, SealedLogLine } from '../protocol/recorder.ts';
import type { LogStore, SealedEntry } from '../rooms/log-store.ts';

/** Entries of one request, and about how many bytes of them. */
const BATCH_ENTRIES = 200;
const BATCH_BYTES = 512 * 1024;

export type LogReader = Pick<LogStore, 'read' | 'head'>;

export interface LogTarget {
  /** Number of the last entry it holds. */
  logSeq: number;
  append(lines: RecorderParams<'room.log'>['lines']): Promise<number>;
}

/** Sends what the target lacks. Rejects as the store or the target does; what was sent until then counts. */
export async function sendLog(store: LogReader, roomId: string, target: LogTarget): Promise<void> {
  for (;;) {
    const entries = await store.read(roomId, target.logSeq + 1, BATCH_ENTRIES);
    for (const batch of batches(entries)) target.logSeq = await target.append(batch.map(lineOf));
    if (entries.length < BATCH_ENTRIES) return;
  }
}

function* batches(entries: readonly SealedEntry[]): Iterable<SealedEntry[]> {
  let batch: SealedEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (batch.length > 0 && bytes + entry.body.length > BATCH_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(entry);
    bytes += entry.body.length;
  }
  if (batch.length > 0) yield batch;
}

function lineOf({ body, ...entry }: SealedEntry): SealedLogLine {
  return { ...entry, body: Buffer.from(body).toString('base64') };
}
