/** Hands one photo to the bystander's door. */
import { PhotoTaken } from '../../../signaling/protocol/links.ts';
import { callBytes } from '../../core/http.ts';
import type { SendPhoto } from './photos.ts';

/** A photo of 6 MB over 300 kbit/s. */
const DEADLINE_MS = 180_000;

export const sendPhoto: SendPhoto = async (photoId, photo, askId) => {
  const query = askId === undefined ? '' : `?askId=${encodeURIComponent(askId)}`;
  const fetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init);
  await callBytes(fetch, `/api/link/photos/${photoId}${query}`, PhotoTaken, photo, DEADLINE_MS);
};
