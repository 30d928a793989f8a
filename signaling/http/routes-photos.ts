/** Photos of a phone at the scene: sent at the bystander's door, read by people at work in the room. */
import * as z from 'zod/mini';
import type { Photos } from '../bystander/photos.ts';
import { NoBody } from '../protocol/http.ts';
import { PHOTO_BYTES, PhotoTaken } from '../protocol/links.ts';
import { Id } from '../protocol/values.ts';
import { headersFor } from '../recordings/handing.ts';
import { ByteAnswer, byteRoute, principalOf, type Route, uploadRoute } from './route.ts';

export interface PhotoServices {
  readonly photos: Photos;
}

/** Of the bystander's door. */
export function photoUploadRoutes({ photos }: PhotoServices): Route[] {
  return [
    uploadRoute({
      path: '/api/link/photos/:photoId',
      summary:
        'A photo, by an id that the page makes: the same again is answered the same. 503: no recorder takes it now; keep it and send it again. 409 `not-recorded`: this room keeps none.',
      permission: 'link',
      limit: 'media',
      params: z.strictObject({ photoId: Id }),
      query: z.strictObject({ askId: z.optional(Id) }),
      maxBytes: PHOTO_BYTES,
      answer: PhotoTaken,
      handler: ({ params: { photoId }, query: { askId }, body, ...door }) =>
        photos.take(principalOf(door), photoId, askId, body),
    }),
  ];
}

/** Of the door for staff. */
export function photoReadRoutes({ photos }: PhotoServices): Route[] {
  return [
    byteRoute({
      path: '/api/rooms/:roomId/photos/:photoId',
      summary:
        'The bytes of a photo as the phone sent them, with all that its camera wrote into them, also the position. Audited.',
      permission: 'signed-in',
      limit: 'media',
      params: z.strictObject({ roomId: Id, photoId: Id }),
      query: NoBody,
      async handler({ params: { roomId, photoId }, range, ...door }) {
        const response = await photos.read(principalOf(door), roomId, photoId, range);
        return new ByteAnswer(response.statusCode ?? 200, headersFor(response.headers), response);
      },
    }),
  ];
}
