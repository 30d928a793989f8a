/**
 * The listeners that live connections come in by, each with its own cookie, origins and people: staff and guests of links
 * never share one (design section 10).
 */
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Principal } from '../people/types.ts';
import { isAllowedOrigin } from './origin.ts';

export interface LiveDoor {
  /** Listeners of pages that may connect; each has its request handler already. */
  readonly servers: readonly (HttpServer | HttpsServer)[];
  /** Origins of pages beside the door's own. */
  readonly allowedOrigins: readonly string[];
  /** Whose sessions count here. */
  admits(principal: Principal): boolean;
  /** Reads the session's secret from the HttpOnly cookie of a handshake; tokens never stand in a URL. */
  sessionSecret(request: IncomingMessage): string | undefined;
  /** The address floods are counted under; behind a trusted proxy the one it names. */
  addressOf(request: IncomingMessage): string;
}

/** Remembers by which door each handshake came. */
export class LiveDoors {
  readonly #byRequest = new WeakMap<IncomingMessage, LiveDoor>();
  readonly #stops: (() => void)[] = [];

  /** Follows the requests of a door's listeners; in front of socket.io, so it has to be called after its `attach`. */
  follow(door: LiveDoor): void {
    const note = (request: IncomingMessage) => void this.#byRequest.set(request, door);
    for (const server of door.servers) {
      server.prependListener('request', note).prependListener('upgrade', note);
      this.#stops.push(() => server.off('request', note).off('upgrade', note));
    }
  }

  of(request: IncomingMessage): LiveDoor | undefined {
    return this.#byRequest.get(request);
  }

  isAllowed(request: IncomingMessage): boolean {
    const door = this.of(request);
    return door !== undefined && isAllowedOrigin(request, door.allowedOrigins);
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }
}
