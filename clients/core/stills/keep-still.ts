/**
 * Keeps the picture that marks were drawn on as a blob of the recording, so that a reviewer sees what their author saw. No mark waits
 * for it: while no recorder takes it, it is kept here and tried again.
 */
import { PICTURE_BYTES, PictureTaken } from '../../../signaling/protocol/pictures.ts';
import { type Clock, delay, systemClock } from '../clock.ts';
import { Emitter } from '../emitter.ts';
import { ClientError, isClientError, isTransient } from '../errors.ts';
import { callBytes } from '../http.ts';
import type { RoomSession } from '../types.ts';
import type { KeptStill, StillFetch } from './types.ts';

/** The picture was compressed once already; more would only make it larger. */
const QUALITY = 0.9;
const SMALLER = 0.6;
const RETRY_MS = 2000;
const RETRY_MOST_MS = 30_000;
const UPLOAD_MS = 60_000;

export interface KeepStillDeps {
  /** Origin of the server; default: the page's own. */
  readonly url?: string;
  readonly fetch?: typeof globalThis.fetch;
  readonly clock?: Clock;
}

type Session = Pick<RoomSession, 'roomId' | 'on'>;

const known = new WeakMap<StillFetch, Keeping>();

/** Uploads what was fetched once it has ended, however far it came. Called again for the same fetch it answers the same object. */
export function keepStill(session: Session, fetched: StillFetch, deps: KeepStillDeps = {}): KeptStill {
  const before = known.get(fetched);
  if (before) return before;
  const keeping = new Keeping(session, fetched, deps);
  known.set(fetched, keeping);
  return keeping;
}

class Keeping implements KeptStill {
  readonly stillId: string;
  readonly #events = new Emitter<{ change: undefined }>();
  readonly #closing = new AbortController();
  readonly #stop: () => void;
  #status: KeptStill['status'] = 'waiting';
  #error: ClientError | undefined;

  constructor(session: Session, fetched: StillFetch, deps: KeepStillDeps) {
    this.stillId = fetched.stillId;
    this.#stop = session.on('ended', () => this.close());
    this.#run(session.roomId, fetched, deps).then(
      () => this.#settle('kept'),
      (error: unknown) => this.#settle('failed', error),
    );
  }

  get status(): KeptStill['status'] {
    return this.#status;
  }
  get error(): ClientError | undefined {
    return this.#error;
  }

  on<N extends 'change'>(name: N, listener: (data: { change: undefined }[N]) => void): () => void {
    return this.#events.on(name, listener);
  }

  close(): void {
    this.#closing.abort();
    this.#settle('failed', new ClientError('closed', 'The still was given up before it was kept.'));
  }

  #settle(status: 'kept' | 'failed', error?: unknown): void {
    if (this.#status !== 'waiting') return;
    this.#stop();
    this.#status = status;
    if (error !== undefined) this.#error = asClientError(error);
    this.#events.emit('change', undefined);
    this.#events.removeAll();
  }

  async #run(roomId: string, fetched: StillFetch, deps: KeepStillDeps): Promise<void> {
    await fetched.ended();
    const jpeg = await jpegOf(fetched);
    const clock = deps.clock ?? systemClock;
    const url = `${deps.url ?? ''}${pathOf(roomId, fetched)}`;
    const send = deps.fetch ?? globalThis.fetch.bind(globalThis);
    for (let waitMs = RETRY_MS; !this.#closing.signal.aborted; waitMs = Math.min(waitMs * 2, RETRY_MOST_MS)) {
      try {
        await callBytes(send, url, PictureTaken, jpeg, UPLOAD_MS, 'PUT');
        return;
      } catch (error) {
        if (!mayBeTakenLater(error)) throw error;
        const asked = isClientError(error) ? (error.retryAfterMs ?? 0) : 0;
        await delay(clock, Math.max(waitMs, asked), this.#closing.signal);
      }
    }
  }
}

/** The recorder is away, the network is, or this page is just joining again. */
function mayBeTakenLater(error: unknown): boolean {
  if (isTransient(error)) return true;
  if (!isClientError(error)) return false;
  if (error.code === 'conflict') return error.details.state === 'not-joined';
  return (
    error.code === 'media-unavailable' || error.code === 'deadline-exceeded' || error.code === 'internal'
  );
}

function asClientError(error: unknown): ClientError {
  return isClientError(error) ? error : new ClientError('internal', String(error), { cause: error });
}

async function jpegOf({ canvas }: StillFetch): Promise<Blob> {
  if (!canvas) throw new ClientError('not-found', 'Nothing of this frame has come.');
  for (const quality of [QUALITY, SMALLER]) {
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
    if (blob && blob.size <= PICTURE_BYTES) return blob;
  }
  throw new ClientError('too-large', 'This frame is larger than a recording takes.');
}

function pathOf(roomId: string, { stillId, producerId, offsetMs, status, frame }: StillFetch): string {
  const query = new URLSearchParams({
    producerId,
    offsetMs: String(offsetMs ?? 0),
    complete: String(status === 'complete'),
  });
  for (const name of ['mediaMs', 'rtpTimestamp', 'print'] as const) {
    const value = frame[name];
    if (value !== undefined) query.set(name, String(value));
  }
  return `/api/rooms/${encodeURIComponent(roomId)}/stills/${encodeURIComponent(stillId)}?${query.toString()}`;
}
