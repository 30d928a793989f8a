/** Photos on their way: each kept until the room has it or refuses it, one after the other, tried again on a bad link. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Clock } from '../../core/clock.ts';
import { isClientError } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { PhotoStore } from './kept-photos.ts';

export interface PhotoState {
  readonly photoId: string;
  readonly state: 'sending' | 'waiting' | 'sent' | 'refused';
}

/** One attempt to hand a photo over; rejects with `ClientError`. */
export type SendPhoto = (photoId: string, photo: Blob, askId: string | undefined) => Promise<unknown>;

const FIRST_MS = 1000;
const MOST_MS = 8000;
/** Refusals that no repeat changes. */
const FINAL: readonly string[] = [
  'forbidden',
  'bad-request',
  'too-large',
  'closed',
  'unauthenticated',
  'not-found',
  // A room that is not recorded keeps no photos.
  'conflict',
];

interface Kept {
  readonly photoId: string;
  readonly photo: Blob;
  readonly askId: string | undefined;
  readonly done: PromiseWithResolvers<boolean>;
}

export class Photos {
  readonly #send: SendPhoto;
  readonly #clock: Clock;
  readonly #store: PhotoStore;
  readonly #states = signal<readonly PhotoState[]>([]);
  readonly #waiting: Kept[] = [];
  #sending = false;
  #cancel: (() => void) | undefined;
  #wait = FIRST_MS;
  #closed = false;

  /** @param store what it holds is sent by `resume`. */
  constructor(send: SendPhoto, clock: Clock, store: PhotoStore) {
    this.#send = send;
    this.#clock = clock;
    this.#store = store;
  }

  /** In the order they were taken. */
  get states(): ReadonlySignal<readonly PhotoState[]> {
    return this.#states;
  }

  /** Resolves with whether the room has it: true, or false when it was refused or the page closed. */
  add(photo: Blob, askId?: string): Promise<boolean> {
    const photoId = newId();
    // Nothing waits for the store: it does not reject, and the photo goes on its way meanwhile.
    void this.#store.keep({ photoId, photo, ...(askId === undefined ? {} : { askId }) });
    return this.#queue(photoId, photo, askId);
  }

  /** After a reload: what the page before had not sent goes on its way, under the same ids. */
  async resume(): Promise<void> {
    const left = await this.#store.all();
    const known = new Set(this.#states.peek().map(({ photoId }) => photoId));
    for (const { photoId, photo, askId } of left) {
      if (!known.has(photoId) && !this.#closed) void this.#queue(photoId, photo, askId);
    }
  }

  /** The network is back: what waits is tried at once. */
  hurry(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#wait = FIRST_MS;
    this.#next();
  }

  /** The link is over: what was not sent is not wanted any more, and does not stay on the phone. */
  drop(): void {
    for (const { photoId } of this.#waiting) void this.#store.forget(photoId);
    this.close();
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
    for (const { done } of this.#waiting) done.resolve(false);
  }

  #queue(photoId: string, photo: Blob, askId: string | undefined): Promise<boolean> {
    const kept: Kept = { photoId, photo, askId, done: Promise.withResolvers<boolean>() };
    this.#waiting.push(kept);
    this.#states.value = [...this.#states.value, { photoId, state: 'waiting' }];
    this.#next();
    return kept.done.promise;
  }

  #next(): void {
    const kept = this.#waiting[0];
    if (!kept || this.#sending || this.#cancel || this.#closed) return;
    this.#sending = true;
    this.#set(kept.photoId, 'sending');
    this.#send(kept.photoId, kept.photo, kept.askId).then(
      () => this.#end(kept, 'sent'),
      (error: unknown) => this.#failed(kept, error),
    );
  }

  #failed(kept: Kept, error: unknown): void {
    if (isClientError(error) && FINAL.includes(error.code)) {
      this.#end(kept, 'refused');
      return;
    }
    this.#sending = false;
    this.#set(kept.photoId, 'waiting');
    if (this.#closed) return;
    const asked = isClientError(error) ? error.retryAfterMs : undefined;
    this.#cancel = this.#clock.after(asked ?? this.#wait, () => {
      this.#cancel = undefined;
      this.#next();
    });
    this.#wait = Math.min(this.#wait * 2, MOST_MS);
  }

  #end(kept: Kept, state: 'sent' | 'refused'): void {
    this.#sending = false;
    this.#wait = FIRST_MS;
    this.#waiting.shift();
    void this.#store.forget(kept.photoId);
    this.#set(kept.photoId, state);
    kept.done.resolve(state === 'sent');
    this.#next();
  }

  #set(photoId: string, state: PhotoState['state']): void {
    this.#states.value = this.#states.value.map((each) =>
      each.photoId === photoId ? { photoId, state } : each,
    );
  }
}
