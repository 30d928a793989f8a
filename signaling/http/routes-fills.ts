/** The vehicle's own copy: what the recorder misses of one's sources, and sending it behind live media. */
import * as z from 'zod/mini';
import { NoBody } from '../protocol/http.ts';
import { FillOffer, FillStart, MAX_PIECE_BYTES, MissingRanges } from '../protocol/recordings.ts';
import { Id } from '../protocol/values.ts';
import { principalOf, type Route, route, uploadRoute } from './route.ts';
import type { HttpServices } from './services.ts';

const room = z.strictObject({ roomId: Id });
const fill = z.strictObject({ roomId: Id, fillId: Id });
const Offset = z.coerce.number().check(z.int(), z.gte(0));

export function fillRoutes({ recordings }: HttpServices): Route[] {
  const { fills } = recordings;
  return [
    route({
      verb: 'get',
      path: '/api/rooms/:roomId/missing',
      summary: 'What the recorder misses of the sources that this session has published in the room.',
      permission: 'signed-in',
      params: room,
      query: NoBody,
      body: NoBody,
      answer: MissingRanges,
      handler: ({ params, ...door }) => fills.missing(principalOf(door), params.roomId),
    }),
    route({
      verb: 'post',
      path: '/api/rooms/:roomId/fills',
      summary: "Announces a part of the vehicle's own copy; the same again is answered with where to go on.",
      permission: 'signed-in',
      params: room,
      query: NoBody,
      body: FillStart,
      answer: FillOffer,
      async handler({ params: { roomId }, body, ...door }) {
        const principal = principalOf(door);
        const { principalId } = principal;
        try {
          await fills.publisher(principal, roomId, body.producerId);
        } catch (error) {
          await recordings.refused(principalId, roomId, 'recording.fill', error);
          throw error;
        }
        await recordings.audit.write({
          action: 'recording.fill',
          allowed: true,
          principalId,
          roomId,
          details: { fillId: body.fillId, trackId: body.producerId, bytes: body.bytes },
        });
        return fills.start(principal, roomId, body);
      },
    }),
    route({
      verb: 'get',
      path: '/api/rooms/:roomId/fills/:fillId',
      summary: 'Where to go on with a part.',
      permission: 'signed-in',
      params: fill,
      query: NoBody,
      body: NoBody,
      answer: FillOffer,
      handler: ({ params: { roomId, fillId }, ...door }) => fills.offer(principalOf(door), roomId, fillId),
    }),
    uploadRoute({
      path: '/api/rooms/:roomId/fills/:fillId',
      summary: 'Bytes of a part from an offset on; refused for a moment while live media needs the link.',
      permission: 'signed-in',
      limit: 'media',
      params: fill,
      query: z.strictObject({ offset: Offset }),
      maxBytes: MAX_PIECE_BYTES,
      answer: FillOffer,
      handler: ({ params: { roomId, fillId }, query: { offset }, body, ...door }) =>
        fills.piece(principalOf(door), roomId, fillId, offset, body),
    }),
  ];
}
