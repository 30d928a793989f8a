/**
 * The vehicle's own copy (design section 7): keeps what this device sends while it sends it, finds out what the recorder
 * misses, and sends that behind live media, also after a reload, a crash and the end of the room.
 */
import { type Clock, delay } from '../clock.ts';
import { Emitter, type Readable } from '../emitter.ts';
import { isClientError } from '../errors.ts';
import type { RoomSession } from '../types.ts';
import type { FillApi } from './api.ts';
import { boundFor, coveredMs, overBound } from './plan.ts';
import { type CopyRoom, roomOf } from './room.ts';
import { RoomKeeper } from './room-keeper.ts';
import { RoomRound } from './room-round.ts';
import { type SendProgress, sendFile } from './sender.ts';
import type { LiveLoad } from './throttle.ts';
import type { Vault } from './vault.ts';

export interface CopyStatus {
  /** Milliseconds of room time that lie on this device, sources side by side. */
  readonly keptMs: number;
  /** Of these, what the recorder misses. */
  readonly toSendMs: number;
  /** Share of the file on its way, 0 to 1; undefined while nothing is sent. */
  readonly sending: number | undefined;
  /** Held back for live media or by the server. */
  readonly waits: boolean;
  /** Something could not be kept; the rest goes on. */
  readonly trouble: boolean;
}

export interface OwnCopy extends Readable<{ change: CopyStatus }> {
  readonly status: CopyStatus;
  /** Keeps what this session sends from now on. Returns the function that ends it. */
  keep(session: RoomSession): () => Promise<void>;
  keepRoom(room: CopyRoom): () => Promise<void>;
  /** Removes every file and the key. The copy is closed by it. */
  wipe(): Promise<void>;
  /** Ends keeping and sending; what was kept stays for the next time. Idempotent. */
  close(): Promise<void>;
}

export interface OwnCopyDeps {
  readonly vault: Vault;
  readonly api: FillApi;
  readonly clock: Clock;
  readonly principalId: string;
  readonly wipe: () => Promise<void>;
  /** Absent: 4 GiB, or a fifth of what the browser grants. */
  readonly boundBytes?: number | undefined;
}

const ROUND_MS = 10_000;
/** Evidence that nobody fetched for three days is no longer worth the risk that it lies in a vehicle. */
const AGE_MAX_MS = 72 * 3_600_000;
const SENDING_LOCK = 'goldenhour-own-copy-sending';
const NOBODY_LIVE: LiveLoad = { linked: true, sends: false, pictures: [] };

export class OwnCopyImpl implements OwnCopy {
  readonly #deps: OwnCopyDeps;
  readonly #events = new Emitter<{ change: CopyStatus }>();
  readonly #keepers = new Map<string, RoomKeeper>();
  readonly #asked = new Map<string, number>();
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #status: CopyStatus = { keptMs: 0, toSendMs: 0, sending: undefined, waits: false, trouble: false };
  #wake: () => void = () => undefined;

  constructor(deps: OwnCopyDeps) {
    this.#deps = deps;
    // One page of a device sends at a time; another one takes over when it closes.
    this.#running = navigator.locks
      .request(SENDING_LOCK, { signal: this.#closing.signal }, () => this.#run())
      .catch((error: unknown) => {
        if (!this.#closing.signal.aborted) this.#fail(error);
      });
  }

  get status(): CopyStatus {
    return this.#status;
  }

  on(name: 'change', listener: (status: CopyStatus) => void): () => void {
    return this.#events.on(name, listener);
  }

  keep(session: RoomSession): () => Promise<void> {
    return this.keepRoom(roomOf(session));
  }

  keepRoom(room: CopyRoom): () => Promise<void> {
    const { vault, clock, principalId } = this.#deps;
    const keeper = new RoomKeeper({
      room,
      vault,
      clock,
      principalId,
      onWritten: () => this.#written().catch(this.#fail),
      onFailed: this.#fail,
    });
    this.#keepers.set(room.roomId, keeper);
    this.#wake();
    return async () => {
      await keeper.close();
      if (this.#keepers.get(room.roomId) === keeper) this.#keepers.delete(room.roomId);
      this.#wake();
    };
  }

  async wipe(): Promise<void> {
    await this.close();
    await this.#deps.wipe();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#keepers.values()].map((keeper) => keeper.close()));
    await this.#running;
    this.#deps.vault.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#round();
      } catch (error) {
        // Without a server nothing can be sent; the next round finds out whether it is back.
        if (!isClientError(error)) this.#fail(error);
      }
      const woken = new AbortController();
      this.#wake = () => woken.abort();
      await delay(this.#deps.clock, ROUND_MS, AbortSignal.any([signal, woken.signal]));
    }
  }

  async #round(): Promise<void> {
    const { vault, clock, api, principalId } = this.#deps;
    await this.#bound();
    const [pieces, outgoing] = [await vault.pieces(), await vault.outgoing()];
    const mine = [...pieces, ...outgoing].filter((each) => each.principalId === principalId);
    for (const roomId of new Set(mine.map((each) => each.roomId))) {
      if (this.#closing.signal.aborted) return;
      const keeper = this.#keepers.get(roomId);
      if (keeper?.room.load().linked === false) continue;
      await new RoomRound({ vault, api, clock, principalId, roomId, keeper, asked: this.#asked }).run();
    }
    await this.#count();
    await this.#sendAll();
  }

  /** A file may be on its way for long, behind live media: bounds are kept all the same. */
  async #written(): Promise<void> {
    await this.#bound();
    await this.#count();
  }

  async #bound(): Promise<void> {
    const { vault, clock, boundBytes } = this.#deps;
    if (this.#closing.signal.aborted) return;
    const bytes = boundBytes ?? boundFor((await navigator.storage.estimate()).quota);
    const now = clock.now();
    await vault.removePieces(overBound(await vault.pieces(), { bytes, ageMs: AGE_MAX_MS }, now));
    const old = (await vault.outgoing()).filter((each) => now - each.writtenUtc > AGE_MAX_MS);
    await vault.removeOutgoing(old);
  }

  async #sendAll(): Promise<void> {
    const { vault, api, clock, principalId } = this.#deps;
    const { signal } = this.#closing;
    const ready = (await vault.outgoing()).filter(
      (each) => each.state === 'ready' && each.principalId === principalId,
    );
    for (const outgoing of ready.sort((a, b) => a.start.from - b.start.from)) {
      const onProgress = (progress: SendProgress) => this.#show(progress);
      const read = (fillId: string) => vault.read(fillId);
      const outcome = await sendFile(
        { api, clock, load: () => this.#load(), read, onProgress, signal },
        outgoing,
      );
      this.#change({ sending: undefined, waits: false });
      if (outcome === 'later') return;
      await vault.settle(outgoing, outcome);
      await this.#count();
    }
  }

  /** Live media of any room of this page goes first. */
  #load(): LiveLoad {
    const loads = [...this.#keepers.values()].map(({ room }) => room.load());
    return loads.find(({ sends }) => sends) ?? loads[0] ?? NOBODY_LIVE;
  }

  #show({ sentBytes, totalBytes, waits }: SendProgress): void {
    this.#change({ sending: sentBytes / totalBytes, waits });
  }

  async #count(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    const { vault, principalId } = this.#deps;
    const mine = (each: { principalId: string }) => each.principalId === principalId;
    const ready = (await vault.outgoing()).filter((each) => mine(each) && each.state === 'ready');
    const spans = ready.map(({ roomId, start: { from, to } }) => ({ roomId, from, to }));
    const kept = (await vault.pieces()).filter(mine);
    this.#change({ keptMs: coveredMs(kept), toSendMs: coveredMs(spans) });
  }

  readonly #fail = (_error: unknown): void => this.#change({ trouble: true });

  #change(change: Partial<CopyStatus>): void {
    const next = { ...this.#status, ...change };
    if (JSON.stringify(next) === JSON.stringify(this.#status)) return;
    this.#status = next;
    this.#events.emit('change', next);
  }
}
