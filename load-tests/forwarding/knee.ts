/**
 * The greatest load that a server carries: no packet lost, refused or out of order, and the 99th percentile of the delay below a limit. Where that
 * ends is searched in coarse steps and then by halves, and a longer run confirms it.
 */
import type { Point } from './types.ts';

export const DELAY_LIMIT_MS = 5;

export interface KneeOptions {
  /** Sinks of the first point: well within what a core carries. */
  readonly first: number;
  /** Where an earlier search of the same ended; saves the first point and most steps. */
  readonly around?: number;
  /** The knee is known to so many sinks. */
  readonly step: number;
  /** Length of a point and of the confirmation. */
  readonly seconds: number;
  readonly confirmSeconds: number;
}

export interface Knee {
  /** Zero when not even one step was carried. */
  readonly sinks: number;
  /** The confirmation, or the last point that was tried when nothing was carried. */
  readonly point: Point;
  /** Everything that was measured on the way. */
  readonly points: readonly Point[];
  /** Set when a point said nothing about the server, also when it was measured again; the search ends there. */
  readonly invalid?: string;
}

type Measure = (sinks: number, seconds: number) => Promise<Point>;

/** Whether a server carried what a point offered. */
export function carried({ lostPackets, refused, disordered, delay }: Point): boolean {
  return lostPackets === 0 && refused === 0 && disordered === 0 && delay.p99 < DELAY_LIMIT_MS;
}

/** `measure` is given the number of sinks and the length in seconds. */
export async function findKnee(measure: Measure, options: KneeOptions): Promise<Knee> {
  const search = new Search(measure, options);
  let found = 0;
  let invalid: string | undefined;
  try {
    found = await search.confirm(await search.bracket(await search.begin()));
  } catch (error) {
    if (!(error instanceof Spoilt)) throw error;
    invalid = error.message;
  }
  const { points } = search;
  const point = points.findLast((each) => each.sinks === found) ?? points.at(-1);
  if (!point) throw new Error('a search without points');
  return { sinks: found, point, points, ...(invalid === undefined ? {} : { invalid }) };
}

/** Attempts at a point that the generator spoilt. */
const ATTEMPTS = 3;
/** Steps of the way up or down, as a share of where it begins. */
const COARSE = 0.06;
/** Share of what a busy core promises that is tried next. */
const CAUTION = 0.92;
/** No knee is farther away than so many steps. */
const STEPS = 40;

class Search {
  readonly points: Point[] = [];
  readonly #measure: Measure;
  readonly #options: KneeOptions;

  constructor(measure: Measure, options: KneeOptions) {
    this.#measure = measure;
    this.#options = options;
  }

  async begin(): Promise<number> {
    const { first, around } = this.#options;
    if (around !== undefined) return around;
    return Math.max(first, promised(await this.#at(first)));
  }

  /** The greatest number that was carried, by a step at most less than one that was not. */
  async bracket(from: number): Promise<number> {
    const coarse = Math.max(this.#options.step, Math.round(from * COARSE));
    let [good, bad] = [0, Number.POSITIVE_INFINITY];
    for (let sinks = from, n = 0; n < STEPS && sinks > 0; n += 1) {
      const point = await this.#at(sinks);
      if (carried(point)) good = sinks;
      else bad = sinks;
      if (good > 0 && bad !== Number.POSITIVE_INFINITY) break;
      sinks = bad === Number.POSITIVE_INFINITY ? Math.max(sinks + coarse, promised(point)) : sinks - coarse;
    }
    while (bad - good > this.#options.step && bad !== Number.POSITIVE_INFINITY) {
      const middle = Math.floor((good + bad) / 2);
      if (carried(await this.#at(middle))) good = middle;
      else bad = middle;
    }
    return good;
  }

  /** Goes down, farther each time, until a long run is carried too. */
  async confirm(from: number): Promise<number> {
    const { step, confirmSeconds } = this.#options;
    for (let sinks = from, n = 1; sinks > 0; sinks -= step * n, n += 1) {
      if (carried(await this.#at(sinks, confirmSeconds))) return sinks;
    }
    return 0;
  }

  /** Throws `Spoilt` when the point cannot be trusted, also when it is measured again: the rest would be worth nothing. */
  async #at(sinks: number, seconds = this.#options.seconds): Promise<Point> {
    for (let attempt = 1; ; attempt += 1) {
      const point = await this.#measure(sinks, seconds);
      this.points.push(point);
      if (point.invalid === undefined) return point;
      if (attempt === ATTEMPTS) throw new Spoilt(point.invalid);
    }
  }
}

class Spoilt extends Error {}

/** Sinks with which the core would be nearly full, if each cost what it does at this point. */
function promised({ sinks, serverCore }: Point): number {
  return Math.round((CAUTION * sinks * 100) / Math.max(1, serverCore));
}
