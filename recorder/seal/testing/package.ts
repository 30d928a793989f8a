/** Makes a whole, checked package of real media in a folder, with keys of its own. For tests only. */
import { generateKeyPairSync, hash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { chainText } from '../../../signaling/protocol/log-chain.ts';
import type { Manifest, ManifestTrack, StoredFile } from '../../../signaling/protocol/manifest.ts';
import type { SealedLogLine } from '../../../signaling/protocol/recorder.ts';
import { sealBytes } from '../../core/envelope.ts';
import { PACKAGE_KEY, RecordingKeys, trackKeyName } from '../../keys/recording-keys.ts';
import { plainHash } from '../../package/names.ts';
import { canonicalJson } from '../canonical.ts';
import { type PlainAccess, plainAccess, signerOf } from '../plain.ts';
import type { SealSigner } from '../sign.ts';
import { h264, type Media, opus, vp8 } from './media.ts';

export const ROOM = 'room-1';
export const ANCHOR_UTC = Date.UTC(2026, 2, 14, 15, 9, 26);

export interface TestPackage {
  readonly folder: string;
  readonly manifest: Manifest;
  /** With the keys of this package, for it and for copies of it. */
  access(folder: string): PlainAccess;
  readonly keys: RecordingKeys;
  readonly signer: SealSigner;
}

/** Signs with a fresh key. */
export function newSigner(): SealSigner {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return signerOf({ privateKey, publicKey, keyId: '' });
}

/** Writes files as the packager does. */
class Writer {
  readonly #folder: string;
  readonly #keys: RecordingKeys;

  constructor(folder: string, keys: RecordingKeys) {
    this.#folder = folder;
    this.#keys = keys;
  }

  async write(name: string, file: string, plain: Uint8Array): Promise<StoredFile & { plain: string }> {
    const { key } = await this.#keys.forWriting(ROOM, name);
    const stored = await put(this.#folder, file, sealBytes(key, file, plain));
    return { ...stored, plain: plainHash(key, file, plain) };
  }
}

async function put(folder: string, file: string, bytes: Uint8Array): Promise<StoredFile> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), bytes);
  return { file, bytes: bytes.length, hash: hash('sha256', bytes) };
}

const made = new Map<string, Promise<Media>>();
/** The same media once per process: making it is the slow part. */
function once(name: string, make: () => Promise<Media>): Promise<Media> {
  const media = made.get(name) ?? make();
  made.set(name, media);
  return media;
}

/**
 * A room of 8 s: `cam` (H.264) with its third second missing, `cam2` (VP8) from the second second on, `mic` (Opus) all the
 * time, and a log of 20 entries.
 */
export async function makePackage(
  folder: string,
  masterKey: Uint8Array = randomBytes(32),
  keysFolder = `${folder}-keys`,
): Promise<TestPackage> {
  const keys = new RecordingKeys({ folder: keysFolder, masterKey });
  const writer = new Writer(folder, keys);
  const cam = await once('cam', () => h264(0, 8));
  const cam2 = await once('cam2', () => vp8(1, 7));
  const mic = await once('mic', () => opus(0, 8));
  const tracks = [
    await writeTrack(writer, folder, { trackId: 'cam', kind: 'video', media: cam, missing: [2] }),
    await writeTrack(writer, folder, { trackId: 'cam2', kind: 'video', media: cam2, missing: [] }),
    await writeTrack(writer, folder, { trackId: 'mic', kind: 'audio', media: mic, missing: [] }),
  ];
  const photo = await writer.write(PACKAGE_KEY, `blobs/${hash('sha256', 'photo')}`, Buffer.from('photo'));
  const { plain: _, ...blobFile } = photo;
  const manifest: Manifest = {
    format: 'goldenhour-recording',
    version: 1,
    roomId: ROOM,
    incidentId: 'incident-1',
    drill: true,
    state: 'checked',
    createdUtc: ANCHOR_UTC,
    anchorUtc: ANCHOR_UTC,
    from: 0,
    to: 8000,
    algorithms: {
      hash: 'SHA-256',
      cipher: 'AES-256-GCM',
      signature: 'ECDSA-P256-SHA256',
      tree: 'RFC6962-SHA256',
    },
    spans: [{ from: 0, to: 8000, by: 'system', reason: 'on by default' }],
    tracks,
    blobs: [{ sha256: hash('sha256', 'photo'), mimeType: 'image/jpeg', ...blobFile }],
    log: await writeLog(folder, 20),
  };
  await put(folder, 'manifest.json', Buffer.from(canonicalJson(manifest)));
  return {
    folder,
    manifest,
    access: (copy) => plainAccess({ folder: copy, roomId: ROOM, keys, purpose: 'quality' }),
    keys,
    signer: newSigner(),
  };
}

interface TrackPlan {
  readonly trackId: string;
  readonly kind: 'audio' | 'video';
  readonly media: Media;
  /** Numbers of pieces that were lost. */
  readonly missing: readonly number[];
}

async function writeTrack(writer: Writer, folder: string, plan: TrackPlan): Promise<ManifestTrack> {
  const { trackId, kind, media, missing } = plan;
  const base = `tracks/${trackId}`;
  const isMp4 = media.mimeType.includes('/mp4');
  const init = await writer.write(
    trackKeyName(trackId),
    `${base}/init-1.${isMp4 ? 'mp4' : 'webm'}`,
    media.init,
  );
  const kept = media.pieces.filter((_, index) => !missing.includes(index));
  const segments = [];
  for (const [n, { bytes, from, to }] of kept.entries()) {
    const file = await writer.write(
      trackKeyName(trackId),
      `${base}/seg-${n}.${isMp4 ? 'm4s' : 'webm'}`,
      bytes,
    );
    const keyframes = kind === 'video' ? [from] : [];
    segments.push({ n, ...file, initId: 'i1', from, to, frames: media.framesPerPiece, keyframes });
  }
  const gaps = missing.flatMap((index) => {
    const piece = media.pieces[index];
    return piece ? [{ from: piece.from, to: piece.to, cause: 'lost' as const }] : [];
  });
  const { plain: _, ...thumbnail } = await writer.write(
    trackKeyName(trackId),
    `${base}/thumb-0.jpg`,
    Buffer.from('jpeg'),
  );
  const playlist = `${base}/index.m3u8`;
  if (isMp4) await put(folder, playlist, Buffer.from(`#EXTM3U\n# ${trackId}\n`));
  return {
    trackId,
    kind,
    owner: { peerId: 'peer-1', organisationId: 'org-1', patientId: 'P1' },
    role: kind === 'audio' ? 'voice' : 'patient',
    clockRate: kind === 'audio' ? 48_000 : 90_000,
    from: media.pieces[0]?.from ?? 0,
    to: media.pieces.at(-1)?.to ?? 0,
    durableUntil: media.pieces.at(-1)?.to ?? 0,
    epochs: [1],
    inits: [{ initId: 'i1', ...init, mimeType: media.mimeType, ...sizeOf(media) }],
    segments,
    gaps,
    fills: [],
    clock: clockPoints(kind === 'audio' ? 48 : 90),
    statistics: statistics(segments.length * media.framesPerPiece),
    journal: [await put(folder, `${base}/journal-000001-1`, randomBytes(5000))],
    thumbnails: [{ at: media.pieces[0]?.from ?? 0, ...thumbnail }],
    ...(isMp4 ? { playlist } : {}),
  };
}

function sizeOf({ width, height }: Media): { width?: number; height?: number } {
  return width === undefined || height === undefined ? {} : { width, height };
}

function clockPoints(ticksPerMs: number): ManifestTrack['clock'] {
  return [0, 4000, 8000].map((at) => ({
    stretch: 0,
    rtp: String(at * ticksPerMs),
    at,
    errorMs: 1,
    by: 'report' as const,
  }));
}

function statistics(frames: number): ManifestTrack['statistics'] {
  return {
    ...{ packets: frames, bytes: frames * 100, lost: 0, reordered: 0, duplicates: 0, kernelDrops: 0 },
    ...{ frames, keyframes: 0, brokenFrames: 0, ssrcChanges: 0, reports: 3, refusedReports: 0 },
  };
}

async function writeLog(folder: string, entries: number): Promise<Manifest['log']> {
  const lines: SealedLogLine[] = [];
  for (let seq = 1; seq <= entries; seq += 1) {
    const unchained = {
      ...{ seq, epoch: 1, at: seq * 100, utc: ANCHOR_UTC + seq * 100, actor: 'peer-1', audience: '{}' },
      payloadHash: hash('sha256', randomBytes(8)),
    };
    const text = chainText(ROOM, lines.at(-1)?.hash ?? '', unchained);
    lines.push({ ...unchained, hash: hash('sha256', text), body: randomBytes(40).toString('base64') });
  }
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const file = await put(folder, 'log.jsonl', Buffer.from(text));
  return { ...file, entries, head: lines.at(-1)?.hash ?? '' };
}
