/**
 * Packages all tracks of one peer together, since they share the peer's clock: their journals are read side by side in the
 * order of arrival. State is saved from time to time; a packager that starts again goes on there and makes the same.
 */
import { join } from 'node:path';
import * as z from 'zod/mini';
import { openBytes, sealBytes } from '../core/envelope.ts';
import type { JournalPosition } from '../core/types.ts';
import { PeerClock } from '../rtp/peer-clock.ts';
import type { Storage } from '../storage/storage.ts';
import { flushedEnd } from './flushed-end.ts';
import { type FoldOptions, type Numbered, TrackPackager } from './fold.ts';
import { FeedPosition, JournalFeed } from './journal-feed.ts';
import { checkpointFile, trackFolder } from './names.ts';
import type { PackageOutput } from './outputs.ts';
import { Bytes, fromBytes, toBytes } from './saved.ts';
import { TrackStore } from './track-store.ts';

/**
 * Frames are taken this long (nanoseconds) after they are on the disk: the journal of a track that has just begun may come
 * later than those of the others, and the clock of a peer must see everything in order.
 */
const HOLD_NS = 1_500_000_000n;
/** What waits to be written is written at the latest when it has this many bytes. */
const BATCH_BYTES = 4 * 1024 * 1024;

export interface PeerTrack {
  readonly trackId: string;
  readonly kind: FoldOptions['kind'];
  readonly stills: boolean;
  /** Data key. */
  readonly key: Uint8Array;
}

export interface PeerPackagerOptions {
  /** The package. */
  readonly folder: string;
  readonly storage: Storage;
  readonly peerId: string;
  /** Key of the package: checkpoints are encrypted with it. */
  readonly packageKey: Uint8Array;
  /** Keyframes for thumbnails and blobs: what is not part of the index. */
  readonly onExtra: (trackId: string, output: PackageOutput) => Promise<void> | void;
  readonly onDamage: (trackId: string, error: unknown) => void;
}

/** How far a journal may be read. */
export interface Reach {
  readonly position?: JournalPosition;
  /** Everything that arrived before stands before `position`; nothing more comes when absent. */
  readonly until?: bigint;
  /** Its journal is closed. When all of a peer are, what was held back for the others is taken too. */
  readonly ended?: boolean | undefined;
}

interface Member {
  readonly track: PeerTrack;
  readonly feed: JournalFeed;
  readonly packager: TrackPackager;
  readonly store: TrackStore;
  waiting: Numbered[];
  /** Somebody has said how far its journal may be read. */
  known: boolean;
  ended: boolean;
}

const Checkpoint = z.strictObject({
  version: z.literal(1),
  clock: Bytes,
  hostBoot: z.string(),
  tracks: z.array(
    z.strictObject({ trackId: z.string(), position: FeedPosition, count: z.int(), state: Bytes }),
  ),
});
type Checkpoint = z.infer<typeof Checkpoint>;

export class PeerPackager {
  readonly #options: PeerPackagerOptions;
  /** By track, in the order of their ids: of two frames at one moment the same is always first. */
  #members = new Map<string, Member>();
  readonly #saved: Checkpoint | undefined;
  readonly #clock: PeerClock;
  /** Start of the host whose frames are being taken. */
  #hostBoot = '';
  #waitingBytes = 0;
  /** Arrival of the last frame that was taken. */
  #at = 0n;

  private constructor(options: PeerPackagerOptions, saved: Checkpoint | undefined) {
    this.#options = options;
    this.#saved = saved;
    this.#clock = saved ? PeerClock.resume(saved.clock) : new PeerClock();
    this.#hostBoot = saved?.hostBoot ?? '';
  }

  /** @param tracks all that are known of the peer, also those that ended */
  static async open(options: PeerPackagerOptions, tracks: readonly PeerTrack[]): Promise<PeerPackager> {
    const stores = new Map<string, TrackStore>();
    try {
      for (const { trackId, key } of tracks)
        stores.set(trackId, await TrackStore.open({ ...options, trackId, key }));
      const saved = usable(await readCheckpoint(options), stores);
      const add = (peer: PeerPackager) => {
        for (const track of tracks) peer.#add(track, stores.get(track.trackId));
        return peer;
      };
      try {
        return add(new PeerPackager(options, saved));
      } catch (error) {
        // The state of another version of the program: everything is made again, which gives the same.
        if (!saved) throw error;
        return add(new PeerPackager(options, undefined));
      }
    } catch (error) {
      for (const store of stores.values()) await store.close();
      throw error;
    }
  }

  has(trackId: string): boolean {
    return this.#members.has(trackId);
  }

  get members(): Iterable<{
    readonly track: PeerTrack;
    readonly store: TrackStore;
    readonly packager: TrackPackager;
  }> {
    return this.#members.values();
  }

  /** Arrival of the last frame taken (nanoseconds of the host). */
  get at(): bigint {
    return this.#at;
  }

  /** Room time of a moment of the host; undefined before the first clock. */
  toRoom(at: bigint): number | undefined {
    return this.#clock.toRoom(at);
  }

  /** A track that began since. */
  async join(track: PeerTrack): Promise<void> {
    this.#add(track, await TrackStore.open({ ...this.#options, ...track }));
  }

  /** Takes everything up to the moment that all journals that are named have reached. */
  async advance(reaches: ReadonlyMap<string, Reach>): Promise<void> {
    const named = [...reaches.values()].flatMap(({ until }) => (until === undefined ? [] : [until]));
    const limit = named.length === 0 ? undefined : named.reduce((a, b) => (a < b ? a : b));
    for (const [trackId, reach] of reaches) {
      const member = this.#members.get(trackId);
      await member?.feed.extend(reach.position);
      if (!member) continue;
      member.known = true;
      member.ended = reach.ended ?? false;
    }
    for (const member of this.#members.values()) await this.#catchUp(member);
    const over = [...this.#members.values()].every(({ ended }) => ended);
    await this.#take(limit === undefined || over ? undefined : limit - HOLD_NS);
    await this.#write();
  }

  /** Nobody has named this track: what stands in its journal was left by a recorder before. */
  async #catchUp(member: Member): Promise<void> {
    if (member.known) return;
    member.known = true;
    const end = await flushedEnd(join(this.#options.folder, trackFolder(member.track.trackId)));
    if (end) await member.feed.extend(end);
  }

  /** The rest of every journal, and all that waits. The checkpoint goes with `forget`. */
  async finish(): Promise<void> {
    for (const { feed } of this.#members.values()) await feed.extend();
    await this.#take(undefined);
    for (const member of this.#members.values()) await this.#keep(member, member.packager.end());
    await this.#write();
  }

  /** Saves where everything stands, encrypted. A crash before or after it costs time, nothing else. */
  async save(): Promise<void> {
    await this.#write();
    const tracks = [...this.#members.values()].map(({ track, feed, packager }) => ({
      trackId: track.trackId,
      position: feed.position,
      count: packager.count,
      state: packager.save(),
    }));
    const saved = { version: 1, clock: this.#clock.save(), hostBoot: this.#hostBoot, tracks };
    const { storage, peerId, packageKey } = this.#options;
    const file = checkpointFile(peerId);
    await storage.put(file, sealBytes(packageKey, file, toBytes(saved)));
  }

  forget(): Promise<void> {
    return this.#options.storage.remove(checkpointFile(this.#options.peerId));
  }

  async close(): Promise<void> {
    for (const { feed, store } of this.#members.values()) {
      await feed.close();
      await store.close();
    }
    this.#members.clear();
  }

  #add(track: PeerTrack, store: TrackStore | undefined): void {
    if (!store || this.#members.has(track.trackId)) return;
    const saved = this.#saved?.tracks.find(({ trackId }) => trackId === track.trackId);
    const { folder, onDamage } = this.#options;
    const feed = new JournalFeed({
      folder: join(folder, trackFolder(track.trackId)),
      key: track.key,
      ...(saved ? { from: saved.position } : {}),
      onDamage: (error) => onDamage(track.trackId, error),
    });
    const packager = new TrackPackager({ ...track, peer: this.#clock }, saved?.state);
    const member: Member = { track, feed, packager, store, waiting: [], known: false, ended: false };
    const all = [...this.#members, [track.trackId, member] as const];
    this.#members = new Map(all.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  async #take(limit: bigint | undefined): Promise<void> {
    for (;;) {
      const next = await this.#next();
      const frame = next?.feed.head;
      if (!next || !frame) return;
      if (limit !== undefined && frame.at >= limit && !this.#hasLaterBoot()) return;
      next.feed.take();
      this.#at = frame.at;
      await this.#keep(next, next.packager.push(frame));
      if (this.#waitingBytes > BATCH_BYTES) await this.#write();
    }
  }

  /**
   * The journal whose next frame arrived first. Of an earlier start of the host everything comes first: its clock says
   * nothing to later ones.
   */
  async #next(): Promise<Member | undefined> {
    let first: Member | undefined;
    let other: Member | undefined;
    for (const member of this.#members.values()) {
      const { feed } = member;
      if (feed.head === undefined && !feed.isDry) await feed.fill();
      if (feed.head === undefined) continue;
      if (feed.hostBoot !== this.#hostBoot) other ??= member;
      else if (!first?.feed.head || feed.head.at < first.feed.head.at) first = member;
    }
    if (first || !other) return first;
    this.#hostBoot = other.feed.hostBoot;
    return this.#next();
  }

  #hasLaterBoot(): boolean {
    const heads = [...this.#members.values()].filter(({ feed }) => feed.head !== undefined);
    return heads.some(({ feed }) => feed.hostBoot !== this.#hostBoot);
  }

  async #keep(member: Member, outputs: readonly Numbered[]): Promise<void> {
    for (const numbered of outputs) {
      const { output } = numbered;
      if (output.type === 'picture' || output.type === 'blob')
        await this.#options.onExtra(member.track.trackId, output);
      else member.waiting.push(numbered);
      if (output.type === 'segment') this.#waitingBytes += output.bytes.length;
    }
  }

  async #write(): Promise<void> {
    for (const member of this.#members.values()) {
      // Kept until it is written, so that a full disk costs nothing but time.
      if (member.waiting.length > 0) await member.store.write(member.waiting);
      member.waiting = [];
    }
    this.#waitingBytes = 0;
  }
}

/** A checkpoint is of use when everything before it is in the index and all its tracks are there. */
function usable(
  saved: Checkpoint | undefined,
  stores: ReadonlyMap<string, TrackStore>,
): Checkpoint | undefined {
  const isWhole = saved?.tracks.every(({ trackId, count }) => {
    const store = stores.get(trackId);
    return store !== undefined && store.content.count >= count;
  });
  return isWhole ? saved : undefined;
}

async function readCheckpoint({
  storage,
  peerId,
  packageKey,
}: PeerPackagerOptions): Promise<Checkpoint | undefined> {
  const file = checkpointFile(peerId);
  if (!(await storage.stat(file))) return undefined;
  try {
    return fromBytes(Checkpoint, openBytes(packageKey, file, await storage.read(file)));
  } catch {
    // Of another version or damaged: the fold begins at the start, which gives the same and takes longer.
    return undefined;
  }
}
