/** Pictures of people at work: images they share with the room, and the stills their marks were drawn on. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { refuse } from '../people/refuse.ts';
import type { Principal } from '../people/types.ts';
import type { EventOf } from '../protocol/events.ts';
import type { PictureTaken } from '../protocol/pictures.ts';
import { hasRole } from '../protocol/roles.ts';
import type { PeerState, RoomState } from '../protocol/state.ts';
import { DRAWING_ROLES, IMAGES_MAX } from '../protocol/state-marks.ts';
import { SYSTEM } from '../rooms/types.ts';
import { type ImageKind, imageKindOf } from './image-kind.ts';
import { PictureIntake } from './intake.ts';
import { bytesOf, notRecorded, PictureKeeper, type PictureParts, roleIn, sha256Of } from './keeper.ts';

/** A series of slices is shared image by image; a still is kept for each mark that was drawn on one. Days are of one room. */
const LIMITS = {
  perMinute: 60,
  perDay: 500,
  running: 8,
  runningEach: 2,
  fullText: 'This room has kept as many pictures as one may.',
};
/** The largest side that a mark can be drawn on (`events-marks.ts`). */
const SIDE_MAX = 16_384;

type Kind = 'image' | 'still';
type Known = { readonly sha256: string; readonly peerId: string };
/** What a picture is besides its bytes. */
export type StillFields = Pick<EventOf<'StillKept'>, 'producerId' | 'frame' | 'offsetMs' | 'complete'>;
interface Picture {
  readonly sha256: string;
  readonly bytes: number;
  readonly mimeType: 'image/jpeg' | 'image/png' | 'image/webp';
  readonly width: number;
  readonly height: number;
}

export class SharedPictures {
  readonly #keeper: PictureKeeper;
  readonly #rooms: PictureParts['rooms'];
  readonly #intake = new PictureIntake(LIMITS);

  constructor(parts: PictureParts) {
    this.#keeper = new PictureKeeper(parts);
    this.#rooms = parts.rooms;
  }

  /**
   * Keeps an image and shares it with everybody at work. The same id and bytes again answer the same. Throws
   * `media-unavailable` while no recorder takes it, `conflict` (`not-recorded`, `not-joined`, `taken`, `full`),
   * `bad-request` for what is no picture, `too-many`, `too-large`, `not-found` and `closed`.
   */
  addImage(principal: Principal, roomId: string, imageId: string, name: string, body: Readable) {
    return this.#take('image', principal, roomId, imageId, body, (picture, { peerId }) =>
      this.#rooms.at(roomId).execute('image.add', { imageId, ...picture, name, peerId }, SYSTEM),
    );
  }

  /** Keeps the full picture that its author drew on, as far as the link gave it. Throws as `addImage`. */
  keepStill(principal: Principal, roomId: string, stillId: string, fields: StillFields, body: Readable) {
    return this.#take('still', principal, roomId, stillId, body, (picture, { peerId }) =>
      this.#rooms.at(roomId).execute('still.keep', { stillId, ...picture, ...fields, peerId }, SYSTEM),
    );
  }

  /** The bytes of an image or a still for people at work in the room. Throws `not-found` for everyone else, and `closed`. */
  read(
    kind: Kind,
    principal: Principal,
    roomId: string,
    id: string,
    range: string | undefined,
  ): Promise<IncomingMessage> {
    const find = (state: RoomState) => knownOf(kind, state, id);
    const look = { find, action: `room.${kind}`, details: { [`${kind}Id`]: id } };
    return this.#keeper.read(principal, roomId, look, range);
  }

  async #take(
    kind: Kind,
    principal: Principal,
    roomId: string,
    id: string,
    body: Readable,
    state: (picture: Picture, peer: PeerState) => Promise<unknown>,
  ): Promise<PictureTaken> {
    const { principalId } = principal;
    const peer = peerOf(principal, await this.#keeper.stateOf(roomId));
    return this.#intake.take(principalId, principalId, async () => {
      const bytes = await bytesOf(body);
      const picture = pictureOf(bytes);
      const { sha256, mimeType } = picture;
      const taken = { id, sha256, bytes: bytes.length };
      const now = await this.#keeper.stateOf(roomId);
      const known = knownOf(kind, now, id);
      if (known?.sha256 === sha256 && known.peerId === peer.peerId) return taken;
      assertTakes(kind, now, known);
      await this.#intake.keep(roomId, () => this.#keeper.store(roomId, sha256, mimeType, bytes));
      await state(picture, peer);
      return taken;
    });
  }
}

function knownOf(kind: Kind, { marks }: RoomState, id: string): Known | undefined {
  return kind === 'image'
    ? marks.images.find(({ imageId }) => imageId === id)
    : marks.stills.find(({ stillId }) => stillId === id);
}

/** Before anything is stored: what becomes no fact must not fill the disk. */
function assertTakes(kind: Kind, state: RoomState, known: Known | undefined): void {
  if (known)
    throw refuse('conflict', 'This id belongs to another picture; send it under a new id.', {
      state: 'taken',
    });
  if (state.recording?.on !== true) throw notRecorded();
  if (kind === 'image' && state.marks.images.length >= IMAGES_MAX)
    throw refuse('conflict', `${IMAGES_MAX} images were shared already; show one of those.`, {
      state: 'full',
    });
}

/** As whom a person stands in the room; only those who may draw at all share what is drawn on. */
function peerOf(principal: Principal, state: RoomState): PeerState {
  const role = roleIn(principal, state);
  if (!role || !hasRole(DRAWING_ROLES, role)) throw refuse('not-found', 'There is no such room for you.');
  if (state.phase === 'closed') throw refuse('closed', 'This room has ended.', { reason: 'room-closed' });
  const peer = Object.values(state.peers).find(
    (each) => each.principalId === principal.principalId && hasRole(DRAWING_ROLES, each.role),
  );
  if (peer) return peer;
  throw refuse('conflict', 'Join the room before sharing a picture.', { state: 'not-joined' });
}

function pictureOf(bytes: Buffer): Picture {
  const kind = imageKindOf(bytes);
  const shown = kind && shownKind(kind);
  if (!shown) throw refuse('bad-request', 'Send a picture: JPEG, PNG or WebP.', { field: 'body' });
  return { ...shown, sha256: sha256Of(bytes), bytes: bytes.length };
}

/** Of types that every browser shows, and with a size that its head tells: marks are placed in parts of it. */
function shownKind({ mimeType, width = 0, height = 0 }: ImageKind) {
  if (mimeType === 'image/heic' || width < 1 || height < 1 || width > SIDE_MAX || height > SIDE_MAX)
    return undefined;
  return { mimeType, width, height };
}
