/** Turns the configuration into what each part asks for. Units are in the names. */
import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import type { Config } from '../../platform/config/schema.ts';
import type { MediaConfig } from '../../signaling/media/config.ts';
import type { PublicConfig } from '../../signaling/protocol/http.ts';
import type { SocketConfig } from '../../signaling/sockets/config.ts';

const Package = z.object({ version: z.string() });

/** Version of the program, from package.json. */
export const VERSION = Package.parse(
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')),
).version;

export function publicConfig(config: Config): PublicConfig {
  return {
    name: 'GoldenHour',
    version: VERSION,
    helpPhone: config.help.phoneNumber,
    drillsOnly: false,
    ...(config.tls.certFile === undefined ? { caUrl: '/ca.crt' } : {}),
  };
}

export function mediaConfig({ ice, media, sfu }: Config): Partial<MediaConfig> {
  const { urls, secret, ttlSeconds } = ice.turn;
  return {
    stunUrls: [],
    relayOnly: ice.relayOnly,
    av1: media.av1,
    initialOutgoingBitrate: media.initialOutgoingBitrate,
    region: sfu.region,
    ...(secret === undefined || urls.length === 0 ? {} : { turn: { urls, secret, ttlSeconds } }),
  };
}

export function socketConfig({ http, limits, rooms }: Config): Partial<SocketConfig> {
  return {
    allowedOrigins: http.staffOrigins,
    graceMs: { staff: 600_000, public: rooms.rejoinSeconds * 1000 },
    maxPending: Math.max(16, limits.perSocket * 2),
  };
}
