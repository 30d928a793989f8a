/**
 * Segments of timed messages. The init is 8 bytes `GHMSGS1\n`; a segment is a list of records: 8 bytes room time in
 * milliseconds (64-bit float), 1 byte kind, 4 bytes length, content; all big endian. Kind 1: the message as it was sent.
 * Kind 2: a still: 32 bytes SHA-256 of its JPEG, which is a blob, 2 bytes width, 2 bytes height, 2 bytes age in ms when it was sent.
 */
import { hash } from 'node:crypto';
import * as z from 'zod/mini';
import type { TrackStatistics } from '../../signaling/protocol/manifest.ts';
import type { JournalFrame, TrackNote } from '../core/types.ts';
import type { PeerClock } from '../rtp/peer-clock.ts';
import { MAX_SEGMENT_MS, type PackageOutput, roundMs } from './outputs.ts';
import { Bytes, maybe } from './saved.ts';
import { type Still, StillChunks } from './stills.ts';

export const MESSAGES_MAGIC = new TextEncoder().encode('GHMSGS1\n');
export const MESSAGES_TYPE = 'application/x-goldenhour-messages';
const RECORD_HEAD_BYTES = 13;
const PLAIN = 1;
const STILL = 2;
const INIT_ID = 'i1';

export const SavedMessages = z.strictObject({
  records: z.array(z.strictObject({ ms: z.number(), bytes: Bytes })),
  n: z.int(),
  lastMs: z.number(),
  /** Room time of the last frame of the journal, of any kind. */
  seenMs: maybe(z.number()),
  messages: z.int(),
  bytes: z.int(),
  dropped: z.int(),
  chunks: z.array(
    z.strictObject({
      number: z.int(),
      count: z.int(),
      parts: z.array(z.strictObject({ index: z.int(), bytes: Bytes })),
    }),
  ),
});
type SavedMessages = z.infer<typeof SavedMessages>;

const FRESH: SavedMessages = {
  records: [],
  n: 0,
  lastMs: 0,
  seenMs: undefined,
  messages: 0,
  bytes: 0,
  dropped: 0,
  chunks: [],
};

export class MessageCutter {
  readonly #peer: PeerClock;
  readonly #stills: StillChunks | undefined;
  #state: SavedMessages;

  constructor(peer: PeerClock, stills: boolean, state: SavedMessages = FRESH) {
    this.#peer = peer;
    this.#state = { ...state, records: [...state.records] };
    this.#stills = stills ? new StillChunks(state.chunks) : undefined;
  }

  get state(): SavedMessages {
    const chunks = (this.#stills?.state ?? []).map((each) => ({ ...each, parts: [...each.parts] }));
    return { ...this.#state, records: [...this.#state.records], chunks };
  }

  get statistics(): TrackStatistics {
    const { messages, bytes, dropped } = this.#state;
    const none = { lost: 0, reordered: 0, duplicates: 0, keyframes: 0, brokenFrames: 0, ssrcChanges: 0 };
    const reports = { reports: 0, refusedReports: 0 };
    return { packets: messages, bytes, kernelDrops: dropped, frames: messages, ...none, ...reports };
  }

  *push(frame: JournalFrame): Generator<PackageOutput> {
    // Before the first clock of the room nothing has a time; messages that early are kept in the journal only.
    const atMs = Number(frame.at) / 1e6;
    this.#peer.moveTo(atMs);
    if (frame.type === 'clock') this.#peer.observeRoom(atMs, frame.offsetMs, frame.errorMs);
    const ms = this.#peer.toRoom(frame.at);
    if (ms === undefined) return;
    const [first] = this.#state.records;
    if (first && ms - first.ms >= MAX_SEGMENT_MS) yield* this.end();
    if (frame.type === 'note') yield* this.#note(frame.note, ms);
    if (frame.type === 'message') yield* this.#message(frame.payload, ms);
    this.#state.seenMs = ms;
  }

  *end(): Generator<PackageOutput> {
    const { records } = this.#state;
    const [first] = records;
    const last = records.at(-1);
    if (!first || !last) return;
    this.#state.n += 1;
    this.#state.records = [];
    yield {
      type: 'segment',
      n: this.#state.n,
      initId: INIT_ID,
      format: 'messages',
      from: roundMs(first.ms),
      to: roundMs(last.ms),
      frames: records.length,
      keyframes: [],
      bytes: Buffer.concat(records.map(({ bytes }) => bytes)),
    };
  }

  *#message(payload: Uint8Array, arrival: number): Generator<PackageOutput> {
    const state = this.#state;
    if (state.messages === 0)
      yield {
        type: 'init',
        initId: INIT_ID,
        format: 'messages',
        mimeType: MESSAGES_TYPE,
        bytes: MESSAGES_MAGIC,
      };
    state.messages += 1;
    state.bytes += payload.length;
    const ms = Math.max(arrival, state.lastMs, 0);
    state.lastMs = ms;
    if (!this.#stills) {
      state.records.push({ ms, bytes: record(ms, PLAIN, payload) });
      return;
    }
    const still = this.#stills.add(payload);
    if (!still) return;
    const sha256 = hash('sha256', still.jpeg);
    yield { type: 'blob', sha256, mimeType: 'image/jpeg', bytes: still.jpeg };
    state.records.push({ ms, bytes: record(ms, STILL, stillContent(still, sha256)) });
  }

  *#note(note: TrackNote, ms: number): Generator<PackageOutput> {
    const from = this.#state.seenMs;
    if (note.kind === 'kernel-drop' || note.kind === 'dropped') this.#state.dropped += note.packets;
    const cause =
      note.kind === 'recorder-back' ? 'recorder' : note.kind === 'kernel-drop' ? 'kernel-drop' : undefined;
    if (cause && from !== undefined && ms > from)
      yield { type: 'gap', from: roundMs(from), to: roundMs(ms), cause };
  }
}

function stillContent({ width, height, ageMs }: Still, sha256: string): Uint8Array {
  const content = Buffer.alloc(38);
  content.write(sha256, 'hex');
  content.writeUInt16BE(width, 32);
  content.writeUInt16BE(height, 34);
  content.writeUInt16BE(ageMs, 36);
  return content;
}

function record(ms: number, kind: number, content: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(RECORD_HEAD_BYTES + content.length);
  bytes.writeDoubleBE(ms, 0);
  bytes.writeUInt8(kind, 8);
  bytes.writeUInt32BE(content.length, 9);
  bytes.set(content, RECORD_HEAD_BYTES);
  return bytes;
}

export interface MessageRecord {
  readonly ms: number;
  /** A message as it was sent, or the hash of a still's JPEG. */
  readonly payload?: Uint8Array;
  readonly blob?: string;
}

/** Reads a segment of messages, without its init. Throws RangeError for anything else. */
export function readMessages(segment: Uint8Array): MessageRecord[] {
  const bytes = Buffer.from(segment.buffer, segment.byteOffset, segment.byteLength);
  const found: MessageRecord[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const ms = bytes.readDoubleBE(offset);
    const kind = bytes.readUInt8(offset + 8);
    const start = offset + RECORD_HEAD_BYTES;
    offset = start + bytes.readUInt32BE(offset + 9);
    if (offset > bytes.length) throw new RangeError('A message does not fit its segment.');
    const content = bytes.subarray(start, offset);
    found.push(kind === STILL ? { ms, blob: content.toString('hex', 0, 32) } : { ms, payload: content });
  }
  return found;
}
