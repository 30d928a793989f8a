/** A page as far as the log is concerned: it folds what it is sent, reconnects with `since`, and notes what is wrong. */
import assert from 'node:assert/strict';
import { isInAudience, type Viewer } from '../../protocol/audience.ts';
import { isHidden, type ReadableEntry } from '../../protocol/entry.ts';
import { evolve } from '../../protocol/evolve.ts';
import { initialRoomState, type RoomState } from '../../protocol/state.ts';
import type { RoomAddress } from '../types.ts';

export class TestReader {
  readonly viewer: Viewer;
  state: RoomState = initialRoomState();
  /** Every entry and snapshot as it was sent, to search for what must not be there. */
  readonly received: string[] = [];
  readonly problems: string[] = [];
  #stop: () => void = () => undefined;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
  }

  /** Connects anew from where it stands, or as a fresh page. */
  async connect(room: RoomAddress, fresh = false): Promise<void> {
    this.disconnect();
    const since = fresh ? undefined : this.state.seq;
    const answer = await room.subscribe(this.viewer, since, (entry) => this.#take(entry));
    this.#stop = answer.unsubscribe;
    if (answer.snapshot) {
      this.received.push(JSON.stringify(answer.snapshot));
      this.state = answer.snapshot.state;
    }
    for (const entry of answer.entries) this.#take(entry);
  }

  disconnect(): void {
    this.#stop();
    this.#stop = () => undefined;
  }

  assertFine(): void {
    assert.deepEqual(this.problems, [], `reader ${this.viewer.peerId}`);
  }

  #take(entry: ReadableEntry): void {
    this.received.push(JSON.stringify(entry));
    if (entry.seq !== this.state.seq + 1) this.problems.push(`entry ${entry.seq} after ${this.state.seq}`);
    if (!isHidden(entry) && !isInAudience(this.viewer, entry.audience)) {
      this.problems.push(`entry ${entry.seq} is not for this reader`);
    }
    this.state = evolve(this.state, entry);
  }
}
