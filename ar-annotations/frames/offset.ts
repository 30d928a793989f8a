/**
 * Finds the constant offset between two clocks that name the same frames: each pair of a frame shown here and a frame named
 * by the device votes, by how alike their prints are, for the offset between their times. While the picture moves, only the true offset
 * stays cheap; while it stands still all offsets cost the same, and none is told.
 */
import { printDistance } from './print.ts';

export interface NamedFrame {
  /** Milliseconds of the clock of whoever names it. */
  readonly ms: number;
  readonly print: Uint8Array;
}

const BIN_MS = 10;
/** What an older vote is worth after each new frame: half after 23 frames, so that a jump of the clock is learnt within two seconds. */
const FADE = 0.97;
const LEAST_WEIGHT = 0.05;
const ENOUGH_VOTES = 5;
/** Highest mean difference of prints of the same frames, encoded differently. */
const ALIKE = 0.9;
/** Offsets at least this far away must be clearly worse, or the picture does not move enough to tell. */
const APART_MS = 90;
const CLEARLY_WORSE = 0.25;

interface Bin {
  cost: number;
  weight: number;
}

export class OffsetVotes {
  readonly #bins = new Map<number, Bin>();
  #told: number | undefined;

  /** The offset in milliseconds (time shown − time named), or undefined as long as nobody can tell. */
  get offsetMs(): number | undefined {
    return this.#told;
  }

  /** A frame shown here votes with the frames of the device that are known near it; older votes fade. */
  shown(frame: NamedFrame, named: readonly NamedFrame[]): void {
    for (const [key, bin] of this.#bins) {
      bin.cost *= FADE;
      bin.weight *= FADE;
      if (bin.weight < LEAST_WEIGHT) this.#bins.delete(key);
    }
    for (const each of named) this.#add(frame, each);
    this.#tell();
  }

  /** A frame of the device that came after frames shown here: it votes with those. */
  named(frame: NamedFrame, shown: readonly NamedFrame[]): void {
    for (const each of shown) this.#add(each, frame);
    this.#tell();
  }

  clear(): void {
    this.#bins.clear();
    this.#told = undefined;
  }

  #add(shown: NamedFrame, named: NamedFrame): void {
    const distance = printDistance(shown.print, named.print);
    if (!Number.isFinite(distance)) return;
    const key = Math.round((shown.ms - named.ms) / BIN_MS);
    const bin = this.#bins.get(key) ?? { cost: 0, weight: 0 };
    bin.cost += distance;
    bin.weight += 1;
    this.#bins.set(key, bin);
  }

  #tell(): void {
    const offsets = [...this.#bins]
      .filter(([, { weight }]) => weight >= ENOUGH_VOTES)
      .map(([key, { cost, weight }]) => ({ ms: key * BIN_MS, cost: cost / weight, weight }));
    const best = offsets.reduce((least, each) => (each.cost < least.cost ? each : least), {
      ms: 0,
      cost: Number.POSITIVE_INFINITY,
    });
    if (best.cost > ALIKE) {
      this.#told = undefined;
      return;
    }
    const others = offsets.filter(({ ms }) => Math.abs(ms - best.ms) >= APART_MS);
    const isClear = others.length > 0 && others.every(({ cost }) => cost >= best.cost + CLEARLY_WORSE);
    // While the picture rests, what was told before still holds: clocks do not jump because nothing moves.
    if (!isClear) return;
    const near = offsets.filter(
      ({ ms, cost }) => Math.abs(ms - best.ms) <= BIN_MS && cost <= best.cost * 1.2 + 0.05,
    );
    const weight = near.reduce((sum, each) => sum + each.weight, 0);
    this.#told = near.reduce((sum, each) => sum + each.ms * each.weight, 0) / weight;
  }
}
