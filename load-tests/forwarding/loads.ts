/** What the benchmarks of forwarding offer, and the servers they offer it to. */
import { startJanus } from '../janus/janus-server.ts';
import { publishers, videoInput } from './input.ts';
import { startMediasoup } from './mediasoup-server.ts';
import { measurePoint, type PointRequest } from './point.ts';
import type { ForwardingServer, Input, Point, SrtpSuite, StartServer } from './types.ts';

/** A server under test with one suite: what is interleaved. */
export interface Contender {
  readonly start: StartServer;
  readonly suite: SrtpSuite;
}

/** Janus forwards with AES-CM alone, so that mediasoup is measured with that too. */
export const CONTENDERS = {
  mediasoup: { start: startMediasoup, suite: 'AEAD_AES_128_GCM' },
  'mediasoup AES-CM': { start: startMediasoup, suite: 'AES_CM_128_HMAC_SHA1_80' },
  Janus: { start: startJanus, suite: 'AES_CM_128_HMAC_SHA1_80' },
} satisfies Record<string, Contender>;
export type ContenderName = keyof typeof CONTENDERS;

/** So many sinks, dealt out over the publishers. */
export type Load = (sinks: number) => PointRequest<ForwardingServer>['streams'];

const ROOMS = 12;

/** Twelve rooms with a 1080p camera each, as libwebrtc paces it; their keyframes are spread over the two seconds between them. */
export async function manyRooms(): Promise<Load> {
  return dealt(publishers(await videoInput('1080p-4mbit'), ROOMS));
}

/** One 4K camera. */
export async function oneCamera(pace: number): Promise<Load> {
  return dealt([await videoInput('4k-20mbit', { pace })]);
}

function dealt(inputs: readonly Input[]): Load {
  return (sinks) =>
    inputs.map((input, n) => ({ input, sinks: Math.floor((sinks + inputs.length - 1 - n) / inputs.length) }));
}

/** A point of one contender under so many sinks of a load. */
export function pointOf(
  { start, suite }: Contender,
  load: Load,
): (sinks: number, seconds: number) => Promise<Point> {
  return (sinks, seconds) => measurePoint({ start, suite, seconds, streams: load(sinks) });
}
