/**
 * Photos of a phone at the scene. The bytes go into the recording first, as they came, and only then become a fact: a photo
 * that people are told of is kept. They are evidence, so nothing is taken out of them, also not the position that a camera
 * writes into EXIF; who may read them is decided here and by the rules of recordings.
 */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type * as z from 'zod/mini';
import { refuse, refuseForNow } from '../people/refuse.ts';
import type { Principal } from '../people/types.ts';
import { roomAccess } from '../people/visibility.ts';
import { imageKindOf } from '../pictures/image-kind.ts';
import {
  bytesOf,
  notRecorded,
  PictureKeeper,
  type PictureParts,
  RETRY_MS,
  sha256Of,
} from '../pictures/keeper.ts';
import type { PhotoTaken } from '../protocol/links.ts';
import type { RoomState } from '../protocol/state.ts';
import { SYSTEM } from '../rooms/types.ts';

/** Photos of one link in a day, whatever peers and browsers came by it: what it may put on the disk. */
const PHOTOS_MAX = 100;
const DAY_S = 86_400;
/** Photos of one phone in a minute: a dispatcher asks for one at a time. */
const PER_MINUTE = 20;
/** Photos that are taken in at once by this process; they stand in memory until they are stored. */
const RUNNING_MAX = 12;
/** Of one link: the one that is sent, and one that a lost network has left behind. More would keep other phones out. */
const RUNNING_PER_LINK = 2;

interface Sent {
  readonly roomId: string;
  readonly linkId: string;
  readonly peerId: string;
  readonly photoId: string;
  readonly askId: string | undefined;
}

export class Photos {
  readonly #keeper: PictureKeeper;
  readonly #rooms: PictureParts['rooms'];
  readonly #rate = new RateLimiterMemory({ points: PER_MINUTE, duration: 60 });
  readonly #kept = new RateLimiterMemory({ points: PHOTOS_MAX, duration: DAY_S });
  /** Links of the photos that are coming in. */
  readonly #running: string[] = [];

  constructor(parts: PictureParts) {
    this.#keeper = new PictureKeeper(parts);
    this.#rooms = parts.rooms;
  }

  /**
   * Stores a photo of a guest of a link and states it in the room. The same id again answers the same, so that a page may
   * try until it knows. Throws `media-unavailable` while no recorder takes it, `conflict` (`state: not-recorded`) in a room
   * that is not recorded, `bad-request` for what is no picture, `too-many`, `forbidden` and `closed`.
   */
  async take(
    principal: Principal,
    photoId: string,
    askId: string | undefined,
    body: Readable,
  ): Promise<z.infer<typeof PhotoTaken>> {
    const { roomId = '', linkId = '' } = principal;
    const peerId = peerOf(principal, await this.#keeper.stateOf(roomId));
    await this.#charge(principal.principalId);
    const own = this.#running.filter((running) => running === linkId).length;
    if (own >= RUNNING_PER_LINK || this.#running.length >= RUNNING_MAX)
      throw refuseForNow('Many photos are coming in.', RETRY_MS);
    this.#running.push(linkId);
    try {
      return await this.#keep({ roomId, linkId, peerId, photoId, askId }, await bytesOf(body));
    } finally {
      this.#running.splice(this.#running.indexOf(linkId), 1);
    }
  }

  /** The bytes of a photo for people at work in the room. Throws `not-found` for everyone else, and `closed`. */
  read(
    principal: Principal,
    roomId: string,
    photoId: string,
    range: string | undefined,
  ): Promise<IncomingMessage> {
    const find = (state: RoomState) => state.bystander.photos.find((photo) => photo.photoId === photoId);
    return this.#keeper.read(principal, roomId, { find, action: 'room.photo', details: { photoId } }, range);
  }

  async #keep(
    { roomId, linkId, peerId, photoId, askId }: Sent,
    bytes: Buffer,
  ): Promise<z.infer<typeof PhotoTaken>> {
    const kind = imageKindOf(bytes);
    if (!kind) throw refuse('bad-request', 'Send a picture: JPEG, PNG, WebP or HEIC.', { field: 'body' });
    const state = await this.#keeper.stateOf(roomId);
    const { photos } = state.bystander;
    const sha256 = sha256Of(bytes);
    const taken = { photoId, sha256, bytes: bytes.length };
    const known = photos.find((photo) => photo.photoId === photoId);
    if (known?.sha256 === sha256 && known.peerId === peerId) return taken;
    // Before it is stored: what becomes no fact must not fill the disk.
    if (known)
      throw refuse('conflict', 'This photo id belongs to another photo; send it under a new id.', {
        state: 'taken',
      });
    if (state.recording?.on !== true) throw notRecorded();
    await this.#store({ roomId, linkId, sha256, mimeType: kind.mimeType }, bytes);
    const isOwn = state.bystander.asks.some((ask) => ask.askId === askId && ask.peerId === peerId);
    const asked = askId !== undefined && isOwn ? { askId } : {};
    await this.#rooms.at(roomId).execute('photo.add', { ...taken, peerId, ...kind, ...asked }, SYSTEM);
    return taken;
  }

  /** Puts the bytes into the recording; what it could not take counts against no limit. */
  async #store(
    {
      roomId,
      linkId,
      sha256,
      mimeType,
    }: { roomId: string; linkId: string; sha256: string; mimeType: string },
    bytes: Buffer,
  ): Promise<void> {
    const { consumedPoints } = await this.#kept.penalty(linkId);
    if (consumedPoints > PHOTOS_MAX)
      throw refuse('too-large', 'This link has sent as many photos as one may.', { max: PHOTOS_MAX });
    try {
      await this.#keeper.store(roomId, sha256, mimeType, bytes);
    } catch (error) {
      await this.#kept.reward(linkId);
      throw error;
    }
  }

  async #charge(principalId: string): Promise<void> {
    try {
      await this.#rate.consume(principalId);
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw refuseForNow('Photos come too fast.', refused.msBeforeNext);
    }
  }
}

/** As whom a guest stands in the room; only the phone that is let in sends photos. */
function peerOf(principal: Principal, state: RoomState): string {
  if (state.phase === 'closed') throw refuse('closed', 'This room has ended.', { reason: 'room-closed' });
  if (roomAccess(principal, state) !== 'member') throw refuse('forbidden', 'This page is not let in.');
  const peer = Object.values(state.peers).find(({ principalId }) => principalId === principal.principalId);
  if (peer) return peer.peerId;
  throw refuse('conflict', 'Join the room before sending a photo.', { state: 'not-joined' });
}
