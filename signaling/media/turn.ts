/** The ICE servers a browser is told of. */
import { createHmac } from 'node:crypto';
import type { IceServer } from '../protocol/media.ts';
import type { MediaConfig } from './config.ts';

/**
 * Returns entries for `RTCConfiguration.iceServers`. Credentials for coturn follow its shared-secret scheme (TURN REST API,
 * draft-uberti-behave-turn-rest-00 section 2.2): the user name is the end of its life in Unix seconds and an id, the
 * password is the base64 HMAC-SHA1 of the user name under the shared secret.
 *
 * @param utcMs now, in milliseconds since 1970.
 */
export function iceServersFor(
  config: Pick<MediaConfig, 'iceServers' | 'turn'>,
  peerId: string,
  utcMs: number,
): IceServer[] {
  const servers: IceServer[] = [...config.iceServers];
  if (config.turn) {
    const { urls, secret, ttlSeconds } = config.turn;
    const username = `${Math.floor(utcMs / 1000) + ttlSeconds}:${peerId}`;
    const credential = createHmac('sha1', secret).update(username).digest('base64');
    servers.push({ urls: [...urls], username, credential });
  }
  return servers;
}
