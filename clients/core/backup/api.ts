/** The four requests of the own copy; what they mean stands in `signaling/protocol/recordings.ts`. */
import { FillOffer, type FillStart, MissingRanges } from '../../../signaling/protocol/recordings.ts';
import { callBytes, callJson } from '../http.ts';

export interface FillApi {
  missing(roomId: string): Promise<MissingRanges['ranges']>;
  start(roomId: string, start: FillStart): Promise<FillOffer>;
  offer(roomId: string, fillId: string): Promise<FillOffer>;
  /** Bytes from an offset on; the answer says where to go on. */
  piece(roomId: string, fillId: string, offset: number, bytes: Uint8Array<ArrayBuffer>): Promise<FillOffer>;
}

/** All reject with `ClientError`. */
export function createFillApi(base: string, fetch: typeof globalThis.fetch): FillApi {
  const room = (roomId: string) => `${base}/api/rooms/${encodeURIComponent(roomId)}`;
  const fill = (roomId: string, fillId: string) => `${room(roomId)}/fills/${encodeURIComponent(fillId)}`;
  return {
    missing: async (roomId) =>
      (await callJson(fetch, `${room(roomId)}/missing`, 'GET', MissingRanges, undefined)).ranges,
    start: (roomId, start) => callJson(fetch, `${room(roomId)}/fills`, 'POST', FillOffer, start),
    offer: (roomId, fillId) => callJson(fetch, fill(roomId, fillId), 'GET', FillOffer, undefined),
    piece: (roomId, fillId, offset, bytes) =>
      callBytes(fetch, `${fill(roomId, fillId)}?offset=${offset}`, FillOffer, bytes),
  };
}
