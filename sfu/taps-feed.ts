/**
 * The feed of one tap: datagrams to the recorder on this host with timed messages and the publishers' own sender
 * reports (`signaling/protocol/tap-feed.ts`). It never waits and never throws: a recorder that is gone harms nobody.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Logger } from '../platform/log.ts';
import { encodeFeed, type FeedKind, MAX_FEED_PAYLOAD } from '../signaling/protocol/tap-feed.ts';
import { SOCKET_BUFFER_BYTES } from './listen.ts';
import type { SfuMetrics } from './metrics.ts';

/** Recorder and node share one host: what is not encrypted never leaves it. */
export const TAP_IP = '127.0.0.1';

export class TapFeed {
  readonly port: number;
  readonly #tapId: string;
  readonly #socket: Socket;
  readonly #logger: Logger;
  readonly #metrics: SfuMetrics;
  #target: { readonly ip: string; readonly port: number } | undefined;
  #number = 0;
  #closed = false;
  /** Reasons that were logged already: a feed that fails does so many times a second. */
  readonly #logged = new Set<string>();

  constructor(tapId: string, socket: Socket, logger: Logger, metrics: SfuMetrics) {
    this.#tapId = tapId;
    this.#socket = socket;
    this.#logger = logger;
    this.#metrics = metrics;
    this.port = socket.address().port;
    socket.on('error', (error) => this.#lost('socket', error));
  }

  connect(ip: string, port: number): void {
    this.#target = { ip, port };
  }

  /** Sends one datagram. What cannot be sent still takes its number, so that the recorder sees that it is missing. */
  send(kind: FeedKind, id: string, payload: Uint8Array): void {
    const number = this.#number;
    this.#number = (number + 1) >>> 0;
    if (this.#closed || this.#target === undefined) {
      this.#lost('unconnected');
      return;
    }
    if (payload.length > MAX_FEED_PAYLOAD) {
      this.#lost('too-large');
      return;
    }
    const bytes = encodeFeed({ kind, number, at: process.hrtime.bigint(), id, payload });
    const { ip, port } = this.#target;
    this.#socket.send(bytes, port, ip, (error) => {
      if (error !== null) this.#lost('send', error);
    });
    this.#metrics.tapDatagrams.inc({ kind });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }

  #lost(reason: 'socket' | 'send' | 'unconnected' | 'too-large', error?: Error): void {
    this.#metrics.tapDatagramsLost.inc({ reason });
    if (this.#closed || this.#logged.has(reason)) return;
    this.#logged.add(reason);
    this.#logger.warn({ tapId: this.#tapId, reason, error }, 'a datagram of the tap feed was not sent');
  }
}

/** Binds the socket of a feed on loopback. */
export async function openTapFeed(tapId: string, logger: Logger, metrics: SfuMetrics): Promise<TapFeed> {
  const socket = createSocket({ type: 'udp4', sendBufferSize: SOCKET_BUFFER_BYTES });
  socket.bind({ address: TAP_IP, port: 0, exclusive: true });
  await once(socket, 'listening');
  return new TapFeed(tapId, socket, logger, metrics);
}
