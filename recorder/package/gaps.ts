/** Keeps the list of gaps whole: every moment between two segments is in one, and silence is not listed packet by packet. */
import type { GapCause } from '../../signaling/protocol/manifest.ts';
import { type PackageOutput, roundMs } from './outputs.ts';

/** Sound between two silences that is no more than comfort noise (RFC 6716 section 2.1.9: a packet every 400 ms). */
const NOISE_MS = 100;
/** A merged silence is given at last after this time. */
const LONGEST_MERGED_MS = 60_000;
/** What rounding may leave between a segment and a gap. */
const ROUNDING_MS = 0.5;

interface OpenGap {
  readonly from: number;
  readonly to: number;
  readonly cause: GapCause;
}

export interface GapsState {
  readonly coveredTo: number | undefined;
  readonly open: OpenGap | undefined;
}

export class Gaps {
  #coveredTo: number | undefined;
  #open: OpenGap | undefined;

  constructor(state: GapsState = { coveredTo: undefined, open: undefined }) {
    this.#coveredTo = state.coveredTo;
    this.#open = state.open;
  }

  get state(): GapsState {
    return { coveredTo: this.#coveredTo, open: this.#open };
  }

  /** Room time up to which segments and gaps cover everything; undefined before the first. */
  get coveredTo(): number | undefined {
    return this.#coveredTo;
  }

  /** A time without media. */
  *add(from: number, to: number, cause: GapCause): Generator<PackageOutput> {
    if (to - from <= 0) return;
    const open = this.#open;
    if (cause !== 'silence') {
      // Given at once: the vehicle asks what is missing while the room goes on, and only silence grows.
      yield* this.flush();
      yield { type: 'gap', from: roundMs(from), to: roundMs(to), cause };
    } else if (open && this.#mayMerge(open, from, to)) {
      this.#open = { ...open, to };
    } else {
      yield* this.flush();
      this.#open = { from, to, cause };
    }
    this.#coveredTo = Math.max(this.#coveredTo ?? to, to);
  }

  /** Media from `from` to `to`; what lies before it and is in no gap is one whose cause nobody knows. */
  *media(from: number, to: number): Generator<PackageOutput> {
    const covered = this.#coveredTo;
    if (covered !== undefined && from - covered > ROUNDING_MS) yield* this.add(covered, from, 'unknown');
    this.#coveredTo = Math.max(covered ?? to, to);
  }

  /** Gives the gap that might have grown. */
  *flush(): Generator<PackageOutput> {
    const open = this.#open;
    if (open) yield { type: 'gap', from: roundMs(open.from), to: roundMs(open.to), cause: open.cause };
    this.#open = undefined;
  }

  #mayMerge(open: OpenGap, from: number, to: number): boolean {
    return from - open.to <= NOISE_MS && to - open.from <= LONGEST_MERGED_MS;
  }
}
