/** The client of pages that always carry media: its code is there before the first session begins. */
import { type ClientParts, createClient as createLightClient } from './client.ts';
import { createSessionMedia } from './live/session-media.ts';
import type { Client, ClientOptions } from './types.ts';

/** As `createClient` of `client.ts`, with media at once. */
export function createClient(options: ClientOptions = {}, parts: ClientParts = {}): Client {
  return createLightClient(options, { media: () => createSessionMedia, ...parts });
}
