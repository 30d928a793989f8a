/**
 * RTP and RTCP of a track as they were received, as an rtpdump file (the format of rtptools, which Wireshark reads too):
 * a line `#!rtpplay1.0 address/port`, a header with the time of the start, then each packet with its time in milliseconds.
 */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Manifest, ManifestTrack } from '../../signaling/protocol/manifest.ts';
import type { JournalFrame } from '../core/types.ts';
import { readJournal } from '../journal/reader.ts';
import { trackFolder } from '../package/names.ts';
import type { PlainAccess } from '../seal/plain.ts';

export interface RawOptions {
  readonly folder: string;
  readonly manifest: Pick<Manifest, 'anchorUtc'>;
  readonly track: ManifestTrack;
  readonly access: PlainAccess;
  /** Path of the file to write; it must not exist. */
  readonly file: string;
  readonly signal?: AbortSignal;
}

export interface RawCounts {
  rtp: number;
  rtcp: number;
}

/** Throws `journal-damaged` where the journal is not whole. Timed messages are no packets and have no such file. */
export async function writeRaw(options: RawOptions): Promise<RawCounts> {
  const counts: RawCounts = { rtp: 0, rtcp: 0 };
  const output = createWriteStream(options.file, { flags: 'wx' });
  await pipeline(
    Readable.from(dump(options, counts)),
    output,
    options.signal ? { signal: options.signal } : {},
  );
  return counts;
}

async function* dump(
  { folder, manifest, track, access }: RawOptions,
  counts: RawCounts,
): AsyncGenerator<Uint8Array> {
  const startUtc = manifest.anchorUtc + track.from;
  yield fileHead(startUtc);
  const clock = new RoomClock(track.from);
  const key = await access.trackKey(track.trackId);
  for await (const { frame } of readJournal({ folder: join(folder, trackFolder(track.trackId)), key })) {
    const kind = kindOf(frame);
    const at = clock.roomMs(frame);
    if (kind === undefined || !('payload' in frame)) continue;
    counts[kind] += 1;
    yield packetHead(frame.payload, kind, at - track.from);
    yield frame.payload;
  }
}

/** A report is the publisher's own SR as it arrived; `rtcp` frames came over the tap. */
function kindOf({ type }: JournalFrame): keyof RawCounts | undefined {
  if (type === 'rtp') return 'rtp';
  return type === 'rtcp' || type === 'report' ? 'rtcp' : undefined;
}

/** Room time of arrivals, by the last clock frame; before the first one the track is taken to begin with its first packet. */
class RoomClock {
  readonly #from: number;
  #offsetMs: number | undefined;
  #last: number;

  constructor(from: number) {
    this.#from = from;
    this.#last = from;
  }

  roomMs(frame: JournalFrame): number {
    const ms = Number(frame.at / 1000n) / 1000;
    if (frame.type === 'clock') this.#offsetMs = frame.offsetMs;
    else if (frame.type !== 'note') this.#offsetMs ??= this.#from - ms;
    // Offsets are unsigned in the format, and a corrected clock may step back.
    this.#last = Math.max(this.#last, ms + (this.#offsetMs ?? 0));
    return this.#last;
  }
}

function fileHead(startUtc: number): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(Math.floor(startUtc / 1000), 0);
  head.writeUInt32BE(Math.round((startUtc % 1000) * 1000), 4);
  head.writeUInt32BE(0x7f000001, 8);
  head.writeUInt16BE(5004, 12);
  return Buffer.concat([Buffer.from('#!rtpplay1.0 127.0.0.1/5004\n', 'latin1'), head]);
}

function packetHead({ length }: Uint8Array, kind: keyof RawCounts, offsetMs: number): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(length + 8, 0);
  // 0 says that it is RTCP.
  head.writeUInt16BE(kind === 'rtp' ? length : 0, 2);
  head.writeUInt32BE(Math.min(0xffff_ffff, Math.max(0, Math.round(offsetMs))), 4);
  return head;
}
