/** One signaling process as far as rooms are concerned, over a store that can fail: it can crash, sleep and start again. */
import type { ManualClock } from '../../../platform/clock.ts';
import { type Database, openDatabase } from '../../../platform/sql/database.ts';
import { LocalRooms } from '../rooms.ts';
import { SqlLogStore } from '../sql-log-store.ts';
import { FaultyStore } from './faulty-store.ts';
import { quiet, TEST_MASTER_KEY } from './stores.ts';

export const TEST_LEASE_MS = 20;
/** Real milliseconds: a test that lets an append hang waits this long. */
const APPEND_MS = 150;

export class TestProcess {
  readonly folder: string;
  readonly #database: Database;
  readonly #clock: ManualClock;
  readonly #real: SqlLogStore;
  store: FaultyStore;
  rooms: LocalRooms;

  private constructor(parts: {
    folder: string;
    database: Database;
    clock: ManualClock;
    real: SqlLogStore;
    store: FaultyStore;
    rooms: LocalRooms;
  }) {
    this.folder = parts.folder;
    this.#database = parts.database;
    this.#clock = parts.clock;
    this.#real = parts.real;
    this.store = parts.store;
    this.rooms = parts.rooms;
  }

  static async start(url: string, folder: string, clock: ManualClock): Promise<TestProcess> {
    const database = await openDatabase(url);
    const real = await SqlLogStore.open(database, clock);
    const store = new FaultyStore(real);
    const rooms = await openRooms(store, folder, clock);
    return new TestProcess({ folder, database, clock, real, store, rooms });
  }

  /** Ends as `kill -9` does: nothing more reaches the store, nothing is released, the spill stays as it is. */
  async crash(): Promise<void> {
    this.store.away = true;
    await this.rooms.close('crashed');
  }

  /** Starts again on the same folder, with whatever state the store is in. */
  async restart(away = false): Promise<void> {
    await this.crash();
    this.store = new FaultyStore(this.#real);
    this.store.away = away;
    this.rooms = await openRooms(this.store, this.folder, this.#clock);
  }

  async close(): Promise<void> {
    await this.rooms.close('test over');
    await this.#database.close();
  }
}

function openRooms(store: FaultyStore, spillFolder: string, clock: ManualClock): Promise<LocalRooms> {
  return LocalRooms.open({
    store,
    masterKey: TEST_MASTER_KEY,
    spillFolder,
    clock,
    log: quiet,
    leaseMs: TEST_LEASE_MS,
    appendMs: APPEND_MS,
    timer: false,
  });
}
