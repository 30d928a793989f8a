/**
 * Judges the log of one room as it comes in over the wire, beside the SDK's own folding: what was pushed twice, out of order
 * or past a hole, what no answer ever filled, and which facts came how often. Pure.
 */
import { isHidden, type ReadableEntry } from '../../signaling/protocol/entry.ts';
import type { Snapshot } from '../../signaling/protocol/snapshot.ts';
import type { LogCounts } from './orders.ts';

export class LogCheck {
  /** Numbers up to this one are covered by a snapshot. */
  #covered = 0;
  #last = 0;
  #lastPushed: number | undefined;
  readonly #seen = new Map<number, string>();
  readonly #onConnection = new Set<number>();
  readonly #acts = new Map<string, Set<number>>();
  #pushed = 0;
  #caughtUp = 0;
  #snapshots = 0;
  #repeats = 0;
  #reordered = 0;
  #holes = 0;
  #changed = 0;

  /** The answer to a join or to `room.entries`. */
  handleCatchUp(answer: {
    readonly snapshot?: Snapshot | undefined;
    readonly entries?: readonly ReadableEntry[] | undefined;
  }): void {
    if (answer.snapshot) {
      this.#snapshots += 1;
      this.#covered = Math.max(this.#covered, answer.snapshot.seq);
      this.#last = Math.max(this.#last, answer.snapshot.seq);
      for (const { messageId } of answer.snapshot.state.messages) this.#note(messageId, 0);
      for (const markId of Object.keys(answer.snapshot.state.marks.scene.marks)) this.#note(markId, 0);
    }
    for (const entry of answer.entries ?? []) {
      this.#caughtUp += 1;
      this.#take(entry);
    }
    this.#lastPushed = undefined;
  }

  handlePushed(entry: ReadableEntry): void {
    this.#pushed += 1;
    const { seq } = entry;
    if (this.#onConnection.has(seq)) this.#repeats += 1;
    else if (this.#lastPushed !== undefined && seq < this.#lastPushed) this.#reordered += 1;
    else if (this.#lastPushed !== undefined && seq > this.#lastPushed + 1) this.#holes += 1;
    this.#onConnection.add(seq);
    this.#lastPushed = Math.max(this.#lastPushed ?? 0, seq);
    this.#take(entry);
  }

  /** What comes next comes on another connection, where everything since may be said again. */
  handleConnection(): void {
    this.#lastPushed = undefined;
    this.#onConnection.clear();
  }

  /** In how many entries a message or mark stands: 1 is right. A snapshot that holds it counts as one with its entry. */
  timesOf(id: string): number {
    const places = this.#acts.get(id);
    if (!places) return 0;
    return Math.max(1, places.size - (places.has(0) ? 1 : 0));
  }

  /** Numbers of readable entries with a word that is the same for everyone who may read them. */
  get contents(): ReadonlyMap<number, string> {
    return this.#seen;
  }

  get counts(): LogCounts {
    let missing = 0;
    for (let seq = this.#covered + 1; seq <= this.#last; seq += 1) if (!this.#seen.has(seq)) missing += 1;
    return {
      last: this.#last,
      pushed: this.#pushed,
      caughtUp: this.#caughtUp,
      snapshots: this.#snapshots,
      repeats: this.#repeats,
      reordered: this.#reordered,
      holes: this.#holes,
      missing,
      changed: this.#changed,
    };
  }

  #take(entry: ReadableEntry): void {
    const { seq } = entry;
    this.#last = Math.max(this.#last, seq);
    const content = isHidden(entry)
      ? 'hidden'
      : `${entry.epoch} ${entry.at} ${entry.commandId ?? ''} ${entry.events.map(({ type }) => type).join(' ')}`;
    const before = this.#seen.get(seq);
    if (before !== undefined && before !== content) this.#changed += 1;
    this.#seen.set(seq, content);
    if (isHidden(entry)) return;
    for (const event of entry.events) {
      if (event.type === 'MessageSent') this.#note(event.messageId, seq);
      if (event.type === 'MarkAdded') this.#note(event.mark.markId, seq);
    }
  }

  #note(id: string, seq: number): void {
    const places = this.#acts.get(id) ?? new Set();
    places.add(seq);
    this.#acts.set(id, places);
  }
}
