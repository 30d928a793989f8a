/** Which ranges were looked at, for the audit. Pure: it is told positions, and asked for what has not been reported. */

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A playhead that moves farther than this between two beats has jumped. */
const JUMP_MS = 3000;
/** As many fit one report. */
const MOST_RANGES = 100;

export class Watched {
  #open: { from: number; to: number } | undefined;
  #closed: Range[] = [];

  /** The playhead is at `at`, having played or jumped there. */
  see(at: number): void {
    const open = this.#open;
    if (open !== undefined && at >= open.from && at <= open.to + JUMP_MS) {
      open.to = Math.max(open.to, at);
      return;
    }
    this.#close();
    this.#open = { from: at, to: at };
  }

  /** Takes what is to be reported; what is still being watched goes on as a range of its own. */
  take(): readonly Range[] {
    const end = this.#open?.to;
    this.#close();
    this.#open = end === undefined ? undefined : { from: end, to: end };
    const taken = this.#closed.splice(0, MOST_RANGES);
    return taken.map(({ from, to }) => ({ from: Math.floor(from), to: Math.ceil(to) }));
  }

  /** A report that failed goes out with the next one. */
  giveBack(ranges: readonly Range[]): void {
    this.#closed = [...ranges, ...this.#closed];
  }

  #close(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined && open.to > open.from) this.#closed.push(open);
  }
}
