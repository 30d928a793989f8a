/** What happened in a run, line by line as JSON: enough to judge it again later, and to run its faults again. */

import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Fault, Wishes } from './schedule.ts';

const id = z.string();
/** Milliseconds since the start of the run, of one monotonic clock. */
const at = z.number();
const seq = z.int();
const line = <K extends string, S extends z.ZodRawShape>(t: K, shape: S) =>
  z.strictObject({ t: z.literal(t), ...shape });

export const Entry = z.strictObject({
  seq,
  /** Absent where it is hidden from whom it was sent to. */
  epoch: z.int().optional(),
  commandId: id.optional(),
  /** SHA-256 of what it says, of everything but its number; absent where hidden. */
  digest: id.optional(),
  /** A fact that names what an earlier owner may have kept unwritten: facts behind this number. */
  missingAfter: seq.optional(),
  /** Room time, in milliseconds. */
  roomMs: z.number().optional(),
});
export type Entry = z.infer<typeof Entry>;

export const Line = z.discriminatedUnion('t', [
  line('run', { wishes: Wishes, schedule: z.array(Fault), date: z.string(), left: z.array(z.string()) }),
  line('fault', { at, n: z.int(), what: z.enum(['begin', 'end', 'failed']), detail: z.string().optional() }),
  /** One operation of a client: a command with its id, in a room. */
  line('invoke', { at, op: id, client: id, room: id, commandId: id, method: z.string() }),
  line('sent', { at, op: id, times: z.int() }),
  /** An answer; several where a request was sent several times. */
  line('ok', { at, op: id, result: z.string() }),
  /** Refused for good, and not to be found in the log. */
  line('fail', { at, op: id, code: z.string() }),
  /** Given up without an answer: it may stand in the log or not. */
  line('unknown', { at, op: id, why: z.string() }),
  /** A client joined or resumed; the log stands at `seq` for it now. */
  line('joined', {
    at,
    client: id,
    room: id,
    connection: z.int(),
    since: seq.optional(),
    seq,
    snapshot: z.boolean(),
  }),
  line('entry', { at, client: id, room: id, connection: z.int(), entry: Entry }),
  /** The run is over and this client was given time to reach the end of the log. */
  line('settled', { at, client: id, room: id, seq, head: seq }),
  /** The log of a room as it stands in the store at the end, and whether its chain of hashes holds. */
  line('log', { at, room: id, entries: z.array(Entry), whole: z.boolean(), broken: z.string().optional() }),
  /** The epoch under which the media node took orders for a room, asked of it again and again. */
  line('node', { at, boot: id, room: id, epoch: z.int() }),
  /** What the recorder keeps of a room: its own copy of the log, and what `verify` finds. */
  line('package', {
    at,
    room: id,
    state: z.string(),
    seqs: z.array(seq),
    findings: z.array(z.string()),
    segments: z.int(),
    undecoded: z.int(),
  }),
  line('alarm', { at, room: id.optional(), code: z.string() }),
  /** Media that a viewer got from a publisher through the node: packets or frames so far. */
  line('media', { at, flow: id, count: z.int() }),
  /** Whether media flowed again when all faults were over. */
  line('flows', { at, again: z.boolean() }),
]);
export type Line = z.infer<typeof Line>;
export type LineOf<T extends Line['t']> = Extract<Line, { t: T }>;

/** Keeps the lines of a run, and writes them to a file where one is given. */
export class History {
  readonly lines: Line[] = [];
  readonly #file: WriteStream | undefined;
  readonly #zero = performance.now();

  constructor(file?: string) {
    this.#file = file === undefined ? undefined : createWriteStream(file, { mode: 0o600 });
  }

  /** Milliseconds since this history began. */
  now(): number {
    return Math.round((performance.now() - this.#zero) * 10) / 10;
  }

  add(each: Line): void {
    this.lines.push(each);
    this.#file?.write(`${JSON.stringify(each)}\n`);
  }

  async close(): Promise<void> {
    if (!this.#file || this.#file.closed) return;
    this.#file.end();
    await once(this.#file, 'close');
  }
}

/** Reads a history file. Throws for a line that is none. */
export async function readHistory(file: string): Promise<Line[]> {
  const text = await readFile(file, 'utf8');
  return text
    .split('\n')
    .filter((each) => each !== '')
    .map((each) => Line.parse(JSON.parse(each)));
}
