/** Photos from phones: newest first, whose they are, what can be shown. Pure. */
import type { RoomState } from '../../../../signaling/protocol/state.ts';
import type { BystanderState } from '../../../../signaling/protocol/state-bystander.ts';
import { phonesOf } from '../phones.ts';

export interface PhotoView {
  readonly photoId: string;
  readonly url: string;
  /** UTC of the fact, in milliseconds. */
  readonly utc: number;
  /** Number of the phone as elsewhere on the page, while it is in the room. */
  readonly number: number | undefined;
  /** Asked for by someone, not sent by the bystander's own wish. */
  readonly asked: boolean;
  /** HEIC is what iPhones keep; no browser but Safari shows it. */
  readonly shown: boolean;
  readonly bytes: number;
  readonly size: { readonly width: number; readonly height: number } | undefined;
}

type Photo = BystanderState['photos'][number];

export function photosOf(state: RoomState, roomId: string, showsHeic: boolean): readonly PhotoView[] {
  const phones = phonesOf(state);
  return state.bystander.photos
    .map((photo: Photo) => ({
      photoId: photo.photoId,
      url: `/api/rooms/${encodeURIComponent(roomId)}/photos/${encodeURIComponent(photo.photoId)}`,
      utc: photo.utc,
      number: phones.find(({ peerId }) => peerId === photo.peerId)?.number,
      asked: photo.askId !== undefined,
      shown: photo.mimeType !== 'image/heic' || showsHeic,
      bytes: photo.bytes,
      size:
        photo.width === undefined || photo.height === undefined
          ? undefined
          : { width: photo.width, height: photo.height },
    }))
    .sort((a, b) => b.utc - a.utc);
}

/** The one before or after, by age; undefined at the ends. */
export function neighbourPhoto(
  photos: readonly PhotoView[],
  photoId: string,
  way: 'newer' | 'older',
): PhotoView | undefined {
  const index = photos.findIndex((photo) => photo.photoId === photoId);
  return index === -1 ? undefined : photos[index + (way === 'older' ? 1 : -1)];
}
