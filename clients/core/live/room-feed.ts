/** Feeds the room log from what the socket brings: entries in order, holes asked for, the state told once a turn. */
import type { ReadableEntry } from '../../../signaling/protocol/entry.ts';
import type { Result } from '../../../signaling/protocol/methods.ts';
import type { RoomState } from '../../../signaling/protocol/state.ts';
import { Emitter } from '../emitter.ts';
import { RoomLog } from './room-log.ts';

export interface RoomFeedEvents {
  /** Each entry, once and in order. */
  entry: ReadableEntry;
  /** After each fold, for whoever must keep up at once. */
  folded: RoomState;
  /** The newest state, once a microtask however many facts came together, for whoever draws. */
  state: RoomState;
  warning: unknown;
}

export class RoomFeed {
  readonly events = new Emitter<RoomFeedEvents>();
  readonly #log = new RoomLog();
  readonly #ask: (since: number) => Promise<Result<'room.entries'>>;
  #asking = false;
  #telling = false;

  /** @param ask `room.entries` of the room. */
  constructor(ask: (since: number) => Promise<Result<'room.entries'>>) {
    this.#ask = ask;
    this.#log.events.on('entry', (entry) => this.events.emit('entry', entry));
    this.#log.events.on('state', (state) => this.#tell(state));
    this.#log.events.on('hole', ({ since }) => this.#fill(since));
  }

  get state(): RoomState {
    return this.#log.state;
  }
  get since(): number | undefined {
    return this.#log.since;
  }

  handleEntry(entry: ReadableEntry): void {
    this.#log.handleEntry(entry);
  }

  handleJoined(joined: Result<'room.join'>): void {
    this.#log.handleCatchUp(joined);
  }

  #tell(state: RoomState): void {
    this.events.emit('folded', state);
    if (this.#telling) return;
    this.#telling = true;
    queueMicrotask(() => {
      this.#telling = false;
      this.events.emit('state', this.#log.state);
    });
  }

  /** One question at a time: what comes meanwhile waits as early entries and may make it unnecessary. */
  #fill(since: number): void {
    if (this.#asking) return;
    this.#asking = true;
    this.#ask(since)
      .then((answer) => {
        this.#asking = false;
        this.#log.handleCatchUp(answer);
      })
      .catch((error: unknown) => {
        this.#asking = false;
        this.events.emit('warning', error);
      });
  }
}
