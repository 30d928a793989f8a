/** Recordings of tests: real journals with real keys, out of encoded streams. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EncodedStream } from '../../container/testing/streams.ts';
import type { DurableTrack } from '../../core/packager.ts';
import { type RecordedTrack, type RecordingState, STATE_FILE } from '../../core/state.ts';
import type { JournalFrame } from '../../core/types.ts';
import { BufferBudget } from '../../journal/budget.ts';
import { readJournalBlocks } from '../../journal/reader.ts';
import { JournalWriter } from '../../journal/writer.ts';
import { PACKAGE_KEY, RecordingKeys, trackKeyName } from '../../keys/recording-keys.ts';
import { buildSenderReport } from '../../rtp/rtcp.ts';
import { trackFolder } from '../names.ts';
import { RoomPackager } from '../room-packager.ts';
import { payloadsOf } from './packetize.ts';

const MIME = {
  vp8: 'video/VP8',
  vp9: 'video/VP9',
  av1: 'video/AV1',
  h264: 'video/H264',
  opus: 'audio/opus',
} as const;
const PAYLOAD_TYPE = 96;
/** Many small files: many places to stop at. */
const FRAMES_PER_FILE = 150;
const NTP_BASE_S = 3_900_000_000;

export const nanoseconds = (ms: number) => BigInt(Math.round(ms * 1e6));

export interface Sent {
  /** Room time of the first frame; the host's clock is the same. */
  readonly startMs: number;
  readonly ssrc?: number;
  readonly rtpStart?: number;
  readonly sequenceStart?: number;
  /** Leaves out packets of these frames. */
  readonly lost?: ReadonlySet<number>;
}

/** Parameters and clock, as every journal file begins. */
export function opening(codec: EncodedStream['config']['codec'], atMs: number, ssrc = 1111): JournalFrame[] {
  const sound = codec === 'opus';
  const rtp = { mimeType: MIME[codec], payloadType: PAYLOAD_TYPE, clockRate: sound ? 48_000 : 90_000 };
  const codecs = [{ ...rtp, ...(sound ? { channels: 2 } : {}) }];
  const note = { kind: 'parameters', rtpParameters: { codecs, encodings: [{ ssrc }] }, epoch: 1 } as const;
  return [
    { type: 'note', at: nanoseconds(atMs), note },
    { type: 'clock', at: nanoseconds(atMs), offsetMs: 0, errorMs: 0.5 },
  ];
}

/** What a journal holds of a stream: packets 20 ms after their time, a sender report each second, the clock each 5 s. */
export function journalOf(stream: EncodedStream, sent: Sent): JournalFrame[] {
  const { startMs, ssrc = 1111, rtpStart = 1000, sequenceStart = 100, lost } = sent;
  const { codec } = stream.config;
  const rate = codec === 'opus' ? 48 : 90;
  const frames: JournalFrame[] = opening(codec, startMs, ssrc);
  let sequence = sequenceStart;
  let reportAt = 0;
  let clockAt = 5000;
  for (const [index, { time, data, keyframe }] of stream.frames.entries()) {
    const ms = time * 1000;
    const at = nanoseconds(startMs + ms + 20);
    const timestamp = (rtpStart + Math.round(ms * rate)) % 2 ** 32;
    if (ms >= reportAt) {
      frames.push({ type: 'report', at, payload: report(ssrc, startMs + ms, timestamp) });
      reportAt += 1000;
    }
    if (ms >= clockAt) {
      frames.push({ type: 'clock', at, offsetMs: 0, errorMs: 0.5 });
      clockAt += 5000;
    }
    const payloads = payloadsOf(stream.config, data, keyframe);
    for (const [n, payload] of payloads.entries()) {
      const head = { sequence: sequence % 65536, timestamp, ssrc, marker: n === payloads.length - 1 };
      sequence += 1;
      if (!lost?.has(index)) frames.push({ type: 'rtp', at, payload: packet(head, payload) });
    }
  }
  return frames;
}

function report(ssrc: number, ms: number, rtp: number): Uint8Array {
  const seconds = NTP_BASE_S + ms / 1000;
  const ntpSeconds = Math.floor(seconds);
  const ntpFraction = Math.floor((seconds - ntpSeconds) * 2 ** 32);
  return buildSenderReport({ ssrc, ntpSeconds, ntpFraction, rtp, packets: 0, octets: 0 });
}

interface Head {
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly marker: boolean;
}

function packet({ sequence, timestamp, ssrc, marker }: Head, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x80);
  view.setUint8(1, (marker ? 0x80 : 0) | PAYLOAD_TYPE);
  view.setUint16(2, sequence);
  view.setUint32(4, timestamp);
  view.setUint32(8, ssrc);
  bytes.set(payload, 12);
  return bytes;
}

const OWNER = { peerId: 'crew1', organisationId: 'org1', patientId: 'P1' } as const;

export interface TestTrack {
  readonly trackId: string;
  readonly codec?: EncodedStream['config']['codec'];
  readonly peerId?: string;
  /** Of messages. */
  readonly label?: 'preview' | 'still';
  readonly journal: readonly JournalFrame[];
}

/** A package folder with journals, and the keys to it. */
export class TestRecording {
  readonly base: string;
  readonly folder: string;
  readonly keys: RecordingKeys;
  readonly state: RecordingState;

  private constructor(base: string, state: RecordingState) {
    this.base = base;
    this.state = state;
    this.folder = join(base, 'recordings', state.roomId);
    this.keys = new RecordingKeys({ folder: join(base, 'recording-keys'), masterKey: randomBytes(32) });
  }

  static async make(tracks: readonly TestTrack[], framesPerFile = FRAMES_PER_FILE): Promise<TestRecording> {
    const base = await mkdtemp(join(tmpdir(), 'goldenhour-recording-'));
    const recording = new TestRecording(base, stateOf(tracks));
    await mkdir(recording.folder, { recursive: true });
    for (const track of tracks) await recording.#write(track, framesPerFile);
    await writeFile(join(recording.folder, STATE_FILE), JSON.stringify(recording.state));
    return recording;
  }

  async #write({ trackId, journal }: TestTrack, framesPerFile: number): Promise<void> {
    const { key, keyId } = await this.keys.forWriting(this.state.roomId, trackKeyName(trackId));
    const ids = {
      roomId: this.state.roomId,
      trackId,
      key,
      keyId,
      epoch: 1,
      bootId: 'boot1',
      hostBoot: 'host1',
    };
    const writer = new JournalWriter({
      folder: join(this.folder, trackFolder(trackId)),
      ...ids,
      opening: () => [],
      budget: new BufferBudget(1024 ** 3),
      essential: true,
      maxBufferBytes: 1024 ** 3,
      onError: (error) => {
        throw error;
      },
    });
    for (const [index, frame] of journal.entries()) {
      if (index % framesPerFile === framesPerFile - 1) writer.rotate(1, () => []);
      writer.append(frame);
    }
    await writer.close();
  }

  async trackKey(trackId: string): Promise<Uint8Array> {
    return (await this.keys.forWriting(this.state.roomId, trackKeyName(trackId))).key;
  }

  packager(now?: () => number, folder = this.folder): RoomPackager {
    return new RoomPackager({
      folder,
      trackKey: (trackId) => this.trackKey(trackId),
      packageKey: async () => (await this.keys.forWriting(this.state.roomId, PACKAGE_KEY)).key,
      onProblem: (_, error) => {
        throw error;
      },
      ...(now ? { now } : {}),
    });
  }

  /** Ends of the blocks of a track, with the arrival of the first frame behind each: what capture would have said. */
  async positions(trackId: string): Promise<DurableTrack[]> {
    const folder = join(this.folder, trackFolder(trackId));
    const found: DurableTrack[] = [];
    let last: DurableTrack | undefined;
    for await (const { frames, position } of readJournalBlocks({
      folder,
      key: await this.trackKey(trackId),
    })) {
      const [first] = frames;
      if (last && first) found.push({ ...last, until: first.at });
      last = { trackId, position, until: 0n };
    }
    if (last) found.push({ ...last, until: 10n ** 18n });
    return found;
  }

  async remove(): Promise<void> {
    await rm(this.base, { recursive: true, force: true });
  }
}

function stateOf(tracks: readonly TestTrack[]): RecordingState {
  return {
    format: 'goldenhour-room',
    version: 1,
    roomId: 'room1',
    incidentId: 'incident1',
    drill: false,
    createdUtc: Date.UTC(2026, 0, 1),
    epoch: 1,
    recording: true,
    spans: [{ fromAt: '0', from: 0, by: 'system', reason: 'always on' }],
    tracks: tracks.map(recordedTrack),
    clock: { offsetMs: 0, errorMs: 1, hostBoot: 'host1' },
    package: 'recording',
  };
}

function recordedTrack({ trackId, codec, label, peerId = OWNER.peerId }: TestTrack): RecordedTrack {
  const base = { trackId, epochs: [1], ended: false };
  const owner = { ...OWNER, peerId };
  if (!codec) return { ...base, messages: { trackId, label: label ?? 'preview', owner } };
  const kind = codec === 'opus' ? 'audio' : 'video';
  const clockRate = codec === 'opus' ? 48_000 : 90_000;
  const rtpParameters = { codecs: [{ mimeType: MIME[codec], payloadType: PAYLOAD_TYPE, clockRate }] };
  return {
    ...base,
    media: { trackId, kind, role: kind === 'audio' ? 'voice' : 'patient', owner, rtpParameters },
  };
}
