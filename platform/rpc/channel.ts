/**
 * What carries frames: text messages in order, both ways, until it closes. The link in memory carries text as
 * well, so that nothing is shared by reference and both kinds of link refuse the same messages.
 */

/** Bytes of one message; larger ones are refused with `too-large`. A dump of a large room is the largest message. */
export const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

/**
 * Bytes that may wait for a slow reader. Nothing may be dropped from an ordered link, so beyond this the
 * link ends and the other side starts anew from a dump.
 */
export const MAX_QUEUED_BYTES = 32 * 1024 * 1024;

export interface Channel {
  /** Sends one message; after the end it does nothing. */
  send(text: string): void;
  /** One listener each, set before the first message can arrive. */
  onMessage(listener: (text: string) => void): void;
  /** Called once, whichever side ended it. */
  onClose(listener: (reason: string) => void): void;
  close(reason: string): void;
}

/** Opens a channel to the other side; rejects with a coded error. The channel counts as proven on both sides. */
export type Connect = (signal: AbortSignal) => Promise<Channel>;
