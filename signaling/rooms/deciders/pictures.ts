/** Decisions about pictures that people at work keep and share: stills under marks, images that lie open for all. */
import { hasRole } from '../../protocol/roles.ts';
import type { RoomState } from '../../protocol/state.ts';
import { DRAWING_ROLES, IMAGES_MAX, type ImageState } from '../../protocol/state-marks.ts';
import type { Actor, Deciders } from '../types.ts';
import {
  actingPeer,
  assertOpen,
  conflict,
  forbidden,
  isSystem,
  notFound,
  peerOf,
  STAFF,
  told,
  unchanged,
} from './rules.ts';

export const pictureDeciders = {
  'still.keep': (state, still, actor) => {
    assertOpen(state);
    assertService(actor);
    peerOf(state, still.peerId);
    const known = state.marks.stills.find(({ stillId }) => stillId === still.stillId);
    if (known) return repeated(known, still);
    return told({ audience: STAFF, events: [{ type: 'StillKept', ...still }] });
  },

  'image.add': (state, image, actor) => {
    assertOpen(state);
    assertService(actor);
    peerOf(state, image.peerId);
    const known = state.marks.images.find(({ imageId }) => imageId === image.imageId);
    if (known) return repeated(known, image);
    if (state.marks.images.length >= IMAGES_MAX)
      throw conflict(
        `${IMAGES_MAX} images were shared already.`,
        'Show one of those that are there.',
        'full',
      );
    return told({ audience: STAFF, events: [{ type: 'ImageAdded', ...image }] });
  },

  'image.show': (state, { imageId, shown }, actor) => {
    assertOpen(state);
    const { role } = actingPeer(state, actor);
    if (!hasRole(DRAWING_ROLES, role))
      throw forbidden('Your role shows no images.', 'Ask somebody who treats the patient.');
    if (imageOf(state, imageId).shown === shown) return unchanged();
    const event = { type: 'ImageShown' as const, imageId, shown, by: actor.principalId };
    return told({ audience: STAFF, events: [event] });
  },
} satisfies Partial<Deciders>;

/** Throws `not-found`. */
export function imageOf(state: RoomState, imageId: string): ImageState {
  const image = state.marks.images.find((known) => known.imageId === imageId);
  if (image) return image;
  throw notFound('image', 'Share it first; look at the list of images.');
}

function assertService(actor: Actor): void {
  if (!isSystem(actor))
    throw forbidden('Pictures are stated by the service itself.', 'Send the bytes instead.');
}

interface Kept {
  readonly sha256: string;
  readonly peerId: string;
}

function repeated(known: Kept, again: Kept) {
  if (known.sha256 === again.sha256 && known.peerId === again.peerId) return unchanged();
  throw conflict('This id belongs to another picture.', 'Send it under a new id.', 'taken');
}
