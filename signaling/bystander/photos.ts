/**
 * Photos of a phone at the scene. The bytes go into the recording first, as they came, and only then become a fact: a photo
 * that people are told of is kept. They are evidence, so nothing is taken out of them, also not the position that a camera
 * writes into EXIF; who may read them is decided here and by the rules of recordings.
 */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type * as z from 'zod/mini';
import { refuse } from '../people/refuse.ts';
import type { Principal } from '../people/types.ts';
import { roomAccess } from '../people/visibility.ts';
import { imageKindOf } from '../pictures/image-kind.ts';
import { PictureIntake } from '../pictures/intake.ts';
import { bytesOf, notRecorded, PictureKeeper, type PictureParts, sha256Of } from '../pictures/keeper.ts';
import type { PhotoTaken } from '../protocol/links.ts';
import type { RoomState } from '../protocol/state.ts';
import { SYSTEM } from '../rooms/types.ts';

/**
 * A dispatcher asks for one photo at a time. Days are of one link, whatever peers and browsers came by it; at once it has the one
 * that is sent, and one that a lost network has left behind: more would keep other phones out.
 */
const LIMITS = {
  perMinute: 20,
  perDay: 100,
  running: 12,
  runningEach: 2,
  fullText: 'This link has sent as many photos as one may.',
};

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
  readonly #intake = new PictureIntake(LIMITS);

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
    return this.#intake.take(principal.principalId, linkId, async () =>
      this.#keep({ roomId, linkId, peerId, photoId, askId }, await bytesOf(body)),
    );
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
    await this.#intake.keep(linkId, () => this.#keeper.store(roomId, sha256, kind.mimeType, bytes));
    const isOwn = state.bystander.asks.some((ask) => ask.askId === askId && ask.peerId === peerId);
    const asked = askId !== undefined && isOwn ? { askId } : {};
    await this.#rooms.at(roomId).execute('photo.add', { ...taken, peerId, ...kind, ...asked }, SYSTEM);
    return taken;
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
