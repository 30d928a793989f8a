/**
 * States folded for one audience. Visibility depends on role, organisation, and the peer only if an entry ever named
 * it, so viewers of one role and organisation share a fold. Folds are lazy: a commit costs nothing until someone asks.
 */

import type { Viewer } from '../protocol/audience.ts';
import { entryFor, type LogEntry } from '../protocol/entry.ts';
import { evolve } from '../protocol/evolve.ts';
import type { Snapshot } from '../protocol/snapshot.ts';
import { initialRoomState, type RoomState } from '../protocol/state.ts';

/** Folds kept per room; the one that was not asked for longest goes first and can be made again. */
const FOLDS_KEPT = 40;

export class Folds {
  readonly #folds = new Map<string, RoomState>();
  readonly #named = new Set<string>();

  /** Notes the peers that an entry names; call it for each entry in order, before folding it for anyone. */
  note(entry: LogEntry): void {
    if (entry.audience === 'everyone') return;
    for (const peerId of entry.audience.peers ?? []) this.#named.add(peerId);
  }

  /** The snapshot for a viewer at the end of `entries`, which start at seq 1 and have no holes. */
  snapshot(viewer: Viewer, entries: readonly LogEntry[]): Snapshot {
    const key = this.#key(viewer);
    let state = this.#folds.get(key) ?? initialRoomState();
    for (let index = state.seq; index < entries.length; index++) {
      const entry = entries[index];
      if (entry) state = evolve(state, entryFor(viewer, entry));
    }
    this.#keep(key, state);
    return { seq: state.seq, state };
  }

  #key(viewer: Viewer): string {
    const peer = this.#named.has(viewer.peerId) ? viewer.peerId : '';
    return `${viewer.role} ${viewer.organisationId} ${peer}`;
  }

  #keep(key: string, state: RoomState): void {
    this.#folds.delete(key);
    this.#folds.set(key, state);
    const oldest = this.#folds.size > FOLDS_KEPT ? this.#folds.keys().next().value : undefined;
    if (oldest !== undefined) this.#folds.delete(oldest);
  }
}
