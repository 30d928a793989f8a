/** Turns the configuration into what each part asks for. Units are in the names. */
import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import type { Config } from '../../platform/config/schema.ts';
import { MEDIA_DEFAULTS, type MediaConfig } from '../../signaling/media/config.ts';
import type { PublicConfig } from '../../signaling/protocol/http.ts';
import type { PhoneCountry } from '../../signaling/protocol/phone.ts';
import { type RateLimit, SOCKET_DEFAULTS, type SocketConfig } from '../../signaling/sockets/config.ts';

const Package = z.object({ version: z.string() });

/** Version of the program, from package.json. */
export const VERSION = Package.parse(
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')),
).version;

export function publicConfig(config: Config): PublicConfig {
  const phoneCountry: PhoneCountry = config.bystander.country;
  return {
    name: 'GoldenHour',
    version: VERSION,
    helpPhone: config.help.phoneNumber,
    phoneCountry,
    ...(config.tls.certFile === undefined ? { caUrl: '/ca.crt' } : {}),
    ...mapConfig(config),
  };
}

function mapConfig({ map }: Config): Pick<PublicConfig, 'map'> {
  const { tileUrl, tileDatum, attribution } = map;
  return tileUrl === undefined ? {} : { map: { tileUrl, datum: tileDatum, attribution } };
}

/** Origins that pictures of staff pages may come from. */
export function imageOrigins({ map }: Config): readonly string[] {
  return map.tileUrl === undefined ? [] : [new URL(map.tileUrl).origin];
}

export function mediaConfig({ ice, media, recording, sfu }: Config): Partial<MediaConfig> {
  const { urls, secret, ttlSeconds } = ice.turn;
  return {
    iceServers: ice.iceServers,
    relayOnly: ice.relayOnly,
    av1: media.av1,
    initialOutgoingBitrate: media.initialOutgoingBitrate,
    recording: { minimumRung: { default: recording.minimumRung, byRole: recording.minimumRungByRole } },
    region: sfu.region,
    spreadAt: { ...MEDIA_DEFAULTS.spreadAt, peers: media.peersPerWorker },
    ...(secret === undefined || urls.length === 0 ? {} : { turn: { urls, secret, ttlSeconds } }),
  };
}

export function socketConfig({ http, limits, rooms }: Config): Partial<SocketConfig> {
  const scaled = ({ points, window }: RateLimit): RateLimit => ({
    points: Math.max(1, Math.round(points * limits.scale)),
    window,
  });
  const { fact, media, volatile, join } = SOCKET_DEFAULTS.limits;
  return {
    allowedOrigins: origins(http),
    graceMs: { staff: SOCKET_DEFAULTS.graceMs.staff, public: rooms.rejoinSeconds * 1000 },
    maxPerPerson: limits.connectionsPerPerson,
    limits: { fact: scaled(fact), media: scaled(media), volatile: scaled(volatile), join: scaled(join) },
  };
}

/** Origins that pages may come from beside the addresses this service answers under. */
export function origins({ publicOrigin, staffOrigins }: Config['http']): readonly string[] {
  return publicOrigin === undefined ? staffOrigins : [publicOrigin, ...staffOrigins];
}
