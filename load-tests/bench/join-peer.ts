/**
 * JOIN: the time to join beside peers, with one kind of viewer, in turn: a bare mediasoup worker is the floor, Janus the peer. Without a
 * network between them, so that the figure is the software's; what a network adds is the number of round trips.
 */

import { NOT_PUBLISHED } from '../janus/claims.ts';
import { packageVersion } from '../janus/janus-process.ts';
import type { JoinTarget } from '../janus/join-types.ts';
import { type Joined, type Joins, measureJoins } from '../janus/joins.ts';
import { JANUS_PAGE, janusPage } from '../janus/page.ts';
import { type Bench, type BenchResult, type Peer, series } from './types.ts';

/** As S5 has it: far enough apart that no join lives on the keyframe of another. */
const APART_MS = 3100;
const SERVICES: readonly JoinTarget['name'][] = ['mediasoup', 'Janus', 'GoldenHour'];
const EACH_MS = 20_000;
/** A viewer that comes later than this to its own timers, 99th percentile, measures itself. */
const LATE_MS = 20;

export const bench: Bench = {
  id: 'JOIN',
  target:
    'join beside a peer: median to the first decoded frame no later than with Janus, same viewer, same runs',
  minutes: 1,
  run: async ({ runs = 10, progress } = {}) => {
    progress?.(1, runs);
    const joins = await measureJoins({
      services: SERVICES,
      rounds: runs,
      apartMs: APART_MS,
      deadlineMs: 60_000 + runs * SERVICES.length * EACH_MS,
    });
    return resultOf(joins, await packageVersion(), { [JANUS_PAGE]: await janusPage() });
  },
};

/** The result of joins that were measured; `files` are pages to write beside it. */
export function resultOf(
  { services: joined, lateMs }: Joins,
  janusVersion: string,
  files: Readonly<Record<string, string>>,
): BenchResult {
  const [worker, janus, own] = SERVICES.map((name) => figuresOf(joined, name));
  if (!worker || !janus || !own) throw new Error('not all services were joined');
  const { version: _, ...figures } = own;
  return {
    ...figures,
    value: own.median,
    reached: own.median <= janus.median,
    peers: {
      Janus: { ...janus, version: janusVersion },
      'bare mediasoup worker': worker,
    },
    leftOut: [
      'There is no network between viewer and service: there each round trip of the signaling, and three more of ICE and DTLS for every service, cost what the path takes.',
      'A bare worker is asked by function calls in the process of the viewer, Janus in its own by an unencrypted WebSocket, GoldenHour in the process of the viewer by a socket and HTTPS with TLS, with a token and the room log.',
      'In GoldenHour somebody watches the camera all the time, because it would sleep otherwise; nothing is recorded.',
      `The first packet is known to 5 ms. ${NOT_PUBLISHED}`,
    ],
    ...(lateMs > LATE_MS
      ? { invalid: `the joining process came ${Math.round(lateMs)} ms late to its own timers` }
      : {}),
    files,
  };
}

function figuresOf(joined: readonly Joined[], name: JoinTarget['name']): Peer | undefined {
  const service = joined.find((each) => each.name === name);
  if (!service) return undefined;
  const { version, joins } = service;
  return {
    ...series(
      'ms',
      joins.map(({ frameMs }) => frameMs),
    ),
    version,
    more: {
      'to the first packet': series(
        'ms',
        joins.map(({ packetMs }) => packetMs),
      ),
      'round trips of the signaling': series(
        'count',
        joins.map(({ roundTrips }) => roundTrips),
      ),
    },
  };
}
