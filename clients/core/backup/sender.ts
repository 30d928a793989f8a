/** Sends one file in small pieces behind live media, and goes on where the recorder is after every interruption. */
import { type Clock, delay } from '../clock.ts';
import { type ClientError, isClientError, isTransient } from '../errors.ts';
import type { FillApi } from './api.ts';
import type { Outgoing } from './records.ts';
import { type Allowance, allowance, type LiveLoad, restMs } from './throttle.ts';

const LOOK_AGAIN_MS = 1000;
/** Refusals in a row that are no matter of time, such as of a file that arrived altered. */
const REFUSALS_MAX = 3;

export interface SenderDeps {
  readonly api: FillApi;
  readonly clock: Clock;
  readonly load: () => LiveLoad;
  readonly read: (fillId: string) => Promise<Uint8Array<ArrayBuffer>>;
  readonly onProgress: (progress: SendProgress) => void;
  readonly signal: AbortSignal;
}

export interface SendProgress {
  readonly sentBytes: number;
  readonly totalBytes: number;
  /** Held back for live media, or because the server asked for it. */
  readonly waits: boolean;
}

/**
 * Resolves with what became of it: `sent`, `refused` for good, or `later` when the server cannot be reached or this page
 * ends. Rejects when its bytes cannot be read.
 */
export async function sendFile(deps: SenderDeps, outgoing: Outgoing): Promise<'sent' | 'refused' | 'later'> {
  const { api, signal } = deps;
  const { roomId, start } = outgoing;
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  let refusals = 0;
  let offset: number | undefined;
  while (!signal.aborted) {
    try {
      if (offset === undefined) {
        const offer = await api.start(roomId, start);
        if (!offer.needed) return 'sent';
        offset = offer.offset;
      }
      const allowed = await turn(deps, offset, start.bytes);
      if (allowed === undefined) return 'later';
      bytes ??= await deps.read(start.fillId);
      const piece = bytes.slice(offset, offset + allowed.pieceBytes);
      const begun = deps.clock.monotonic();
      const offer = await api.piece(roomId, start.fillId, offset, piece);
      if (!offer.needed) return 'sent';
      refusals = 0;
      offset = offer.offset;
      deps.onProgress({ sentBytes: offset, totalBytes: start.bytes, waits: false });
      const tookMs = deps.clock.monotonic() - begun;
      await delay(deps.clock, restMs(piece.length, allowed.bitrate, tookMs), signal);
    } catch (error) {
      if (!isClientError(error)) throw error;
      if (isTransient(error) && error.retryAfterMs === undefined) return 'later';
      if (error.retryAfterMs === undefined) refusals += 1;
      if (refusals >= REFUSALS_MAX || isFinal(error)) return 'refused';
      // Whatever it was, the recorder knows best where it is: ask before anything is sent again.
      offset = undefined;
      deps.onProgress({ sentBytes: 0, totalBytes: start.bytes, waits: true });
      await delay(deps.clock, error.retryAfterMs ?? LOOK_AGAIN_MS, signal);
    }
  }
  return 'later';
}

/** Waits until live media leaves room; undefined when this page ends meanwhile. */
async function turn(
  deps: SenderDeps,
  sentBytes: number,
  totalBytes: number,
): Promise<(Allowance & { kind: 'send' }) | undefined> {
  while (!deps.signal.aborted) {
    const allowed = allowance(deps.load());
    if (allowed.kind === 'send') return allowed;
    deps.onProgress({ sentBytes, totalBytes, waits: true });
    await delay(deps.clock, LOOK_AGAIN_MS, deps.signal);
  }
  return undefined;
}

/** Nothing that is tried again changes these: not this person's source, or never recorded. */
function isFinal({ code }: ClientError): boolean {
  return code === 'forbidden' || code === 'not-found' || code === 'unauthenticated';
}
