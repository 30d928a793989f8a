/** Images that people at work share, and stills under their marks: sent and read at the door for staff. */
import * as z from 'zod/mini';
import type { SharedPictures, StillFields } from '../pictures/shared.ts';
import { NoBody } from '../protocol/http.ts';
import { ImageQuery, PICTURE_BYTES, PictureTaken, StillQuery } from '../protocol/pictures.ts';
import { Id } from '../protocol/values.ts';
import { headersFor } from '../recordings/handing.ts';
import { ByteAnswer, byteRoute, principalOf, type Route, uploadRoute } from './route.ts';

const REFUSALS =
  'By an id that the page makes: the same again is answered the same. 503: no recorder takes it now; keep it and send it again. 409 `not-recorded`: this room keeps none.';
const imageParams = z.strictObject({ roomId: Id, imageId: Id });
const stillParams = z.strictObject({ roomId: Id, stillId: Id });

export function pictureRoutes(pictures: SharedPictures): Route[] {
  return [...imageRoutes(pictures), ...stillRoutes(pictures)];
}

function imageRoutes(pictures: SharedPictures): Route[] {
  return [
    uploadRoute({
      verb: 'put',
      path: '/api/rooms/:roomId/images/:imageId',
      summary: `An image for everybody at work in the room: JPEG, PNG or WebP. ${REFUSALS}`,
      permission: 'signed-in',
      limit: 'media',
      params: imageParams,
      query: ImageQuery,
      maxBytes: PICTURE_BYTES,
      answer: PictureTaken,
      handler: ({ params: { roomId, imageId }, query: { name }, body, ...door }) =>
        pictures.addImage(principalOf(door), roomId, imageId, name, body),
    }),
    byteRoute({
      path: '/api/rooms/:roomId/images/:imageId',
      summary: 'The bytes of a shared image, for people at work in the room. Audited.',
      permission: 'signed-in',
      limit: 'media',
      params: imageParams,
      query: NoBody,
      async handler({ params: { roomId, imageId }, range, ...door }) {
        const response = await pictures.read('image', principalOf(door), roomId, imageId, range);
        return new ByteAnswer(response.statusCode ?? 200, headersFor(response.headers), response);
      },
    }),
  ];
}

function stillRoutes(pictures: SharedPictures): Route[] {
  return [
    uploadRoute({
      verb: 'put',
      path: '/api/rooms/:roomId/stills/:stillId',
      summary: `The full picture of a camera that marks were drawn on, as it was fetched. ${REFUSALS}`,
      permission: 'signed-in',
      limit: 'media',
      params: stillParams,
      query: StillQuery,
      maxBytes: PICTURE_BYTES,
      answer: PictureTaken,
      handler: ({ params: { roomId, stillId }, query, body, ...door }) =>
        pictures.keepStill(principalOf(door), roomId, stillId, stillFields(query, stillId), body),
    }),
    byteRoute({
      path: '/api/rooms/:roomId/stills/:stillId',
      summary: 'The bytes of a kept still, for people at work in the room. Audited.',
      permission: 'signed-in',
      limit: 'media',
      params: stillParams,
      query: NoBody,
      async handler({ params: { roomId, stillId }, range, ...door }) {
        const response = await pictures.read('still', principalOf(door), roomId, stillId, range);
        return new ByteAnswer(response.statusCode ?? 200, headersFor(response.headers), response);
      },
    }),
  ];
}

function stillFields(query: StillQuery, stillId: string): StillFields {
  const { producerId, offsetMs, complete, mediaMs, rtpTimestamp, print } = query;
  const frame = {
    stillId,
    ...(mediaMs === undefined ? {} : { mediaMs }),
    ...(rtpTimestamp === undefined ? {} : { rtpTimestamp: Math.trunc(rtpTimestamp) }),
    ...(print === undefined ? {} : { print }),
  };
  return { producerId, offsetMs, complete: complete === 'true', frame };
}
