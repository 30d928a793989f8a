/** The package of one room: folds the journals of all its tracks, writes manifest and playlists, and ends it. */
import { join } from 'node:path';
import { Blob, Fill, type Gap, type Manifest } from '../../signaling/protocol/manifest.ts';
import type { DurableTrack, PackageSummary } from '../core/packager.ts';
import { LOG_FILE, type RecordedTrack, type RecordingState } from '../core/state.ts';
import { BlobStore } from '../storage/blobs.ts';
import { LocalStorage } from '../storage/local.ts';
import { newJournalFiles } from './journal-hashes.ts';
import { appendLine, readAppended } from './lines.ts';
import { LogTail } from './log-tail.ts';
import { makeManifest, type TrackContent } from './manifest.ts';
import { BLOBS_INDEX_FILE, fillsFile, MANIFEST_FILE, MASTER_PLAYLIST_FILE, playlistFile } from './names.ts';
import type { PackageOutput } from './outputs.ts';
import { PeerPackager, type PeerTrack, type Reach } from './peer-packager.ts';
import { masterPlaylist, mediaPlaylist } from './playlist.ts';
import type { Thumbnails } from './thumbnails.ts';

const CHECKPOINT_MS = 10_000;
const MANIFEST_MS = 2_000;
/** A long recording's manifest is large: it may take no more of the disk than this, in bytes a millisecond. */
const MANIFEST_RATE = 512;
/** Times without media that are no faults. */
const HARMLESS: ReadonlySet<Gap['cause']> = new Set(['silence', 'paused', 'muted', 'switched-off']);

export interface RoomPackagerOptions {
  /** The package. */
  readonly folder: string;
  /** Data key of a track. */
  readonly trackKey: (trackId: string) => Promise<Uint8Array>;
  /** Key of what belongs to no track. */
  readonly packageKey: () => Promise<Uint8Array>;
  readonly thumbnails?: Thumbnails;
  /** Something could not be read or made; packaging goes on without it. */
  readonly onProblem: (trackId: string, error: unknown) => void;
  /** Milliseconds, never back. */
  readonly now?: () => number;
}

export class RoomPackager {
  readonly #options: RoomPackagerOptions;
  readonly #storage: LocalStorage;
  readonly #peers = new Map<string, PeerPackager>();
  readonly #durable = new Map<string, number>();
  readonly #log: LogTail;
  readonly #now: () => number;
  #nextManifest = 0;
  #nextCheckpoint: number;

  constructor(options: RoomPackagerOptions) {
    this.#options = options;
    this.#storage = new LocalStorage(options.folder);
    this.#log = new LogTail(join(options.folder, LOG_FILE));
    this.#now = options.now ?? (() => performance.now());
    this.#nextCheckpoint = this.#now() + CHECKPOINT_MS;
  }

  /** Packages what has become durable. */
  async advance(state: RecordingState, tracks: readonly DurableTrack[]): Promise<void> {
    await this.#join(state);
    for (const [peerId, peer] of this.#peers) {
      const reaches = new Map<string, Reach>();
      for (const { trackId, position, until, ended } of tracks)
        if (peer.has(trackId)) reaches.set(trackId, { position, until, ended });
      if (reaches.size > 0 || tracks.length === 0) await peer.advance(reaches);
      for (const { trackId, until } of tracks) {
        const at = peer.has(trackId) ? peer.toRoom(until) : undefined;
        if (at !== undefined) this.#durable.set(trackId, at);
      }
      if (this.#now() >= this.#nextCheckpoint) await this.#peers.get(peerId)?.save();
    }
    if (this.#now() >= this.#nextCheckpoint) this.#nextCheckpoint = this.#now() + CHECKPOINT_MS;
    if (this.#now() < this.#nextManifest) return;
    const bytes = await this.#publish(state, 'recording');
    this.#nextManifest = this.#now() + Math.max(MANIFEST_MS, bytes / MANIFEST_RATE);
  }

  /** Packages the rest; no journal grows any more. May be called again, also by another process after a crash. */
  async finish(state: RecordingState): Promise<PackageSummary> {
    await this.#join(state);
    for (const peer of this.#peers.values()) await peer.finish();
    await this.#options.thumbnails?.idle();
    for (const peer of this.#peers.values()) {
      for (const { track, store, packager } of peer.members) {
        await store.endAt(packager.count);
        const { segments, gaps } = store.content;
        const to = Math.max(0, segments.at(-1)?.to ?? 0, gaps.at(-1)?.to ?? 0);
        const durableUntil = Math.max(to, this.#durable.get(track.trackId) ?? 0);
        this.#durable.set(track.trackId, durableUntil);
        await store.append([{ statistics: packager.statistics, durableUntil }]);
      }
    }
    await this.#publish(state, 'ended');
    for (const peer of this.#peers.values()) await peer.forget();
    return summaryOf(await this.#manifest(state, 'ended'));
  }

  async close(): Promise<void> {
    for (const peer of this.#peers.values()) await peer.close();
    this.#peers.clear();
  }

  /** Opens what is new in the state of the room. */
  async #join({ tracks }: RecordingState): Promise<void> {
    const fresh = new Map<string, PeerTrack[]>();
    for (const track of tracks) {
      const peerId = ownerOf(track);
      if (this.#peers.get(peerId)?.has(track.trackId)) continue;
      const known = fresh.get(peerId) ?? [];
      fresh.set(peerId, [...known, await this.#peerTrack(track)]);
    }
    for (const [peerId, members] of fresh) {
      const peer = this.#peers.get(peerId);
      if (peer) for (const member of members) await peer.join(member);
      else this.#peers.set(peerId, await this.#openPeer(peerId, members));
    }
  }

  async #peerTrack({ trackId, media, messages }: RecordedTrack): Promise<PeerTrack> {
    const key = await this.#options.trackKey(trackId);
    return { trackId, kind: media?.kind ?? 'messages', stills: messages?.label === 'still', key };
  }

  async #openPeer(peerId: string, tracks: readonly PeerTrack[]): Promise<PeerPackager> {
    const { folder, packageKey, onProblem } = this.#options;
    const options = {
      folder,
      storage: this.#storage,
      peerId,
      packageKey: await packageKey(),
      onExtra: (trackId: string, output: PackageOutput) => this.#extra(trackId, output),
      onDamage: onProblem,
    };
    return PeerPackager.open(options, tracks);
  }

  async #extra(trackId: string, output: PackageOutput): Promise<void> {
    if (output.type === 'blob') await this.#blob(output.sha256, output.mimeType, output.bytes);
    if (output.type !== 'picture') return;
    const { at, bytes } = output;
    const store = this.#storeOf(trackId);
    // Made before a restart already.
    if (!store || store.content.thumbnails.some((each) => each.at === at)) return;
    this.#options.thumbnails?.add({
      bytes,
      done: async (jpeg) => this.#storeOf(trackId)?.thumbnail(at, jpeg),
    });
  }

  async #blob(sha256: string, mimeType: string, bytes: Uint8Array): Promise<void> {
    const file = join(this.#options.folder, BLOBS_INDEX_FILE);
    const known = await readAppended(file, Blob);
    if (known.some((each) => each.sha256 === sha256)) return;
    const stored = await new BlobStore(this.#storage, await this.#options.packageKey()).put(bytes, sha256);
    await appendLine(file, { ...stored, mimeType } satisfies Blob);
  }

  #storeOf(trackId: string) {
    for (const peer of this.#peers.values())
      for (const { track, store } of peer.members) if (track.trackId === trackId) return store;
    return undefined;
  }

  /** Writes manifest and playlists; answers the size of the manifest in bytes. */
  async #publish(state: RecordingState, stage: 'recording' | 'ended'): Promise<number> {
    const { folder } = this.#options;
    const ended = stage === 'ended';
    for (const peer of this.#peers.values()) {
      for (const { track, store } of peer.members) {
        const files = await newJournalFiles(folder, track.trackId, store.content.journal, ended);
        await store.append(files.map((journal) => ({ journal })));
      }
    }
    const manifest = await this.#manifest(state, stage);
    for (const { trackId, playlist, inits, segments } of manifest.tracks) {
      if (playlist === undefined || segments.length === 0) continue;
      const text = mediaPlaylist({ inits, segments, anchorUtc: manifest.anchorUtc, ended });
      await this.#storage.put(playlistFile(trackId), Buffer.from(text));
    }
    const master = masterPlaylist(manifest.tracks);
    if (master !== undefined) await this.#storage.put(MASTER_PLAYLIST_FILE, Buffer.from(master));
    const text = Buffer.from(JSON.stringify(manifest));
    await this.#storage.put(MANIFEST_FILE, text);
    return text.length;
  }

  async #manifest(state: RecordingState, stage: 'recording' | 'ended'): Promise<Manifest> {
    const tracks = new Map<string, TrackContent>();
    for (const peer of this.#peers.values()) {
      for (const { track, store, packager } of peer.members) {
        const { trackId } = track;
        const fills = await readAppended(join(this.#options.folder, fillsFile(trackId)), Fill);
        const durableUntil = this.#durable.get(trackId) ?? store.content.progress?.durableUntil ?? 0;
        tracks.set(trackId, { content: store.content, fills, statistics: packager.statistics, durableUntil });
      }
    }
    const blobs = await readAppended(join(this.#options.folder, BLOBS_INDEX_FILE), Blob);
    const once = [...new Map(blobs.map((blob) => [blob.sha256, blob])).values()];
    return makeManifest({ state, stage, log: await this.#log.read(), tracks, blobs: once });
  }
}

function ownerOf({ media, messages }: RecordedTrack): string {
  return media?.owner.peerId ?? messages?.owner.peerId ?? 'unknown';
}

/** What `room.package` says of a manifest. */
export function summaryOf(manifest: Manifest): PackageSummary {
  const { tracks, from, to } = manifest;
  const files = tracks.flatMap(({ inits, segments, thumbnails, fills, journal }) => [
    ...inits,
    ...segments,
    ...thumbnails,
    ...fills,
    ...journal,
  ]);
  return {
    state: manifest.state,
    tracks: tracks.length,
    gaps: tracks.flatMap(({ gaps }) => gaps.filter(({ cause }) => !HARMLESS.has(cause))).length,
    durationMs: to - from,
    bytes: [...files, ...manifest.blobs, manifest.log].reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
