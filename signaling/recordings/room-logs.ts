/**
 * Reads the logs of rooms from the store, without owning the room: recordings are looked at in any process, long after a
 * room has closed. The logs last read are kept, so that a room that goes on costs only its new entries.
 */
import { AppError } from '../../platform/errors.ts';
import type { LogEntry } from '../protocol/entry.ts';
import { evolve } from '../protocol/evolve.ts';
import { initialRoomState, type RoomState } from '../protocol/state.ts';
import { openEntry, unwrapRoomKey } from '../rooms/entry-seal.ts';
import { type LogStore, roomNotFound } from '../rooms/log-store.ts';
import { RoomFacts } from './facts.ts';

const PAGE = 1000;
const LOGS_KEPT = 16;

/** A log as far as it was read. It grows in place with each reading; nobody outside changes it. */
export interface RoomLog {
  readonly entries: readonly LogEntry[];
  readonly facts: RoomFacts;
  readonly state: RoomState;
}

interface Kept {
  readonly entries: LogEntry[];
  readonly facts: RoomFacts;
  state: RoomState;
}

export class RoomLogs {
  readonly #store: LogStore;
  readonly #masterKey: Uint8Array;
  readonly #kept = new Map<string, Kept>();
  readonly #reading = new Map<string, Promise<RoomLog>>();

  constructor(store: LogStore, masterKey: Uint8Array) {
    this.#store = store;
    this.#masterKey = masterKey;
  }

  /** The log up to now. Throws `not-found`, and `closed` when the words of the room were destroyed. */
  read(roomId: string): Promise<RoomLog> {
    const running = this.#reading.get(roomId);
    if (running) return running;
    const reading = this.#read(roomId).finally(() => this.#reading.delete(roomId));
    this.#reading.set(roomId, reading);
    return reading;
  }

  /** Destroys the words of a room for good: its key in the store, and what is kept here. */
  async destroy(roomId: string): Promise<void> {
    this.#kept.delete(roomId);
    await this.#store.destroyKey(roomId);
  }

  async #read(roomId: string): Promise<RoomLog> {
    const wrapped = await this.#store.wrappedKey(roomId);
    if (!wrapped) {
      this.#kept.delete(roomId);
      throw wordsDestroyed(roomId);
    }
    const key = unwrapRoomKey(this.#masterKey, roomId, wrapped);
    const log: Kept = this.#kept.get(roomId) ?? {
      entries: [],
      facts: new RoomFacts(),
      state: initialRoomState(),
    };
    for (;;) {
      const page = await this.#store.read(roomId, log.entries.length + 1, PAGE);
      for (const sealed of page) {
        const { entry } = openEntry(key, roomId, sealed);
        log.entries.push(entry);
        log.facts.add(entry);
        log.state = evolve(log.state, entry);
      }
      if (page.length < PAGE) break;
    }
    if (log.entries.length === 0) throw roomNotFound(roomId);
    this.#keep(roomId, log);
    return log;
  }

  #keep(roomId: string, log: Kept): void {
    this.#kept.delete(roomId);
    this.#kept.set(roomId, log);
    const oldest = this.#kept.size > LOGS_KEPT ? this.#kept.keys().next().value : undefined;
    if (oldest !== undefined) this.#kept.delete(oldest);
  }
}

function wordsDestroyed(roomId: string) {
  return new AppError('closed', 'The words of this room were deleted; only the proof is left.', {
    status: 410,
    details: { roomId },
  });
}
