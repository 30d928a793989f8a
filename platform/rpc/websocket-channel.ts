/** A channel over one WebSocket, with a heart-beat: a dead link is found within about two seconds. */
import { WebSocket } from 'ws';
import { type Channel, MAX_QUEUED_BYTES } from './channel.ts';

/** TCP itself would take minutes to say that the other host has lost power. */
const PING_INTERVAL_MS = 700;
/**
 * Ticks without hearing anything, pongs included, until the link is called dead: 2.1 s. Ticks are counted instead of time,
 * because after a long pause of this very process the timer runs before what has arrived is read.
 */
const DEAD_AFTER_TICKS = 3;
/** How long a closing handshake may take before the socket is cut. */
const CLOSE_GRACE_MS = 500;

/** RFC 6455 section 7.4.1: 4000 to 4999 are for private use. */
export const CLOSE_CODES = { refused: 4401, ended: 4000 } as const;

export interface WebsocketChannel extends Channel {
  /** The next message alone; those after it wait for whoever asks next. Rejects when the channel closes first. */
  nextMessage(): Promise<string>;
}

/** Wraps a socket, open or about to be. Whoever calls this has set no other listeners for messages. */
export function websocketChannel(socket: WebSocket): WebsocketChannel {
  let onMessage: ((text: string) => void) | undefined;
  let onClose: ((reason: string) => void) | undefined;
  const waiting: string[] = [];
  let closedBecause: string | undefined;
  let silentTicks = 0;

  const heard = () => {
    silentTicks = 0;
  };
  /** Until somebody listens, messages wait: the first may come before the listener of the next step is set. */
  const deliver = () => {
    while (onMessage !== undefined && waiting.length > 0) onMessage(waiting.shift() ?? '');
  };
  const timer = setInterval(() => {
    silentTicks += 1;
    if (silentTicks > DEAD_AFTER_TICKS) end('nothing heard for 2 s');
    else if (socket.readyState === WebSocket.OPEN) socket.ping();
  }, PING_INTERVAL_MS);

  function end(reason: string): void {
    if (closedBecause !== undefined) return;
    closedBecause = reason;
    clearInterval(timer);
    // A close reason is limited to 123 bytes (RFC 6455 section 5.5).
    if (socket.readyState === WebSocket.OPEN) socket.close(CLOSE_CODES.ended, reason.slice(0, 60));
    const cut = setTimeout(() => socket.terminate(), CLOSE_GRACE_MS);
    if (socket.readyState === WebSocket.CLOSED) clearTimeout(cut);
    else socket.once('close', () => clearTimeout(cut));
    queueMicrotask(() => onClose?.(reason));
  }

  socket.on('message', (data, isBinary) => {
    heard();
    if (closedBecause !== undefined) return;
    if (isBinary || !Buffer.isBuffer(data)) return end('a binary message');
    waiting.push(data.toString('utf8'));
    deliver();
  });
  socket.on('pong', heard);
  socket.on('ping', heard);
  socket.on('error', (error) => end(`socket error: ${error.message}`));
  socket.on('close', (code, reason) => end(`closed by the other side: ${code} ${reason.toString('utf8')}`));

  return {
    send: (text) => {
      if (closedBecause !== undefined) return;
      socket.send(text);
      if (socket.bufferedAmount > MAX_QUEUED_BYTES) end('slow reader');
    },
    onMessage: (listener) => {
      onMessage = listener;
      deliver();
    },
    nextMessage: () => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      onMessage = (text) => {
        onMessage = undefined;
        resolve(text);
      };
      onClose = (reason) => reject(new Error(reason));
      if (closedBecause !== undefined) reject(new Error(closedBecause));
      deliver();
      return promise;
    },
    onClose: (listener) => {
      onClose = listener;
      const reason = closedBecause;
      if (reason !== undefined) queueMicrotask(() => listener(reason));
    },
    close: end,
  };
}
