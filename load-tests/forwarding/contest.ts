/** Several servers, or settings of one, searched for their knees in turn: what the figures of S1 and S2 are made of. */
import { interleave } from '../measuring/interleave.ts';
import type { Progress } from '../measuring/series.ts';
import { findKnee, type Knee, type KneeOptions } from './knee.ts';
import type { Point } from './types.ts';

export type Measure = (sinks: number, seconds: number) => Promise<Point>;

export interface Contest<Name extends string> {
  /** One knee for each run. */
  of(name: Name): readonly Knee[];
  /** The first reason why a knee says nothing. */
  readonly invalid: string | undefined;
}

/** Each search begins where the one before of the same contender has ended; all ends with the first knee that says nothing. */
export async function contest<Name extends string>(
  contenders: ReadonlyMap<Name, Measure>,
  runs: number,
  knee: KneeOptions,
  progress?: Progress,
): Promise<Contest<Name>> {
  const ends = new Map<Name, number>();
  const spoilt: { readonly knee: Knee; readonly reason: string }[] = [];
  const search = async (name: Name): Promise<Knee> => {
    const measure = contenders.get(name);
    if (!measure) throw new Error(`there is no contender ${name}`);
    // There will be no figure: what is left would only take time.
    if (spoilt[0]) return spoilt[0].knee;
    const around = ends.get(name);
    const found = await findKnee(measure, around === undefined ? knee : { ...knee, around });
    if (found.sinks > 0) ends.set(name, found.sinks);
    if (found.invalid !== undefined) spoilt.push({ knee: found, reason: `${name}: ${found.invalid}` });
    return found;
  };
  const of = await interleave([...contenders.keys()], runs, search, progress);
  return { of, invalid: spoilt[0]?.reason };
}

/** Packets a second that each run's confirmation carried; none for a run that carried nothing. */
export function ratesOf(knees: readonly Knee[]): number[] {
  return knees.map(({ sinks, point }) => (sinks === 0 ? 0 : point.packetsPerSecond));
}

/** Of the server that these knees are of; a search that never began has none. */
export function versionOf(knees: readonly Knee[], server: Point['server']): string {
  return knees.find(({ point }) => point.server === server)?.point.version ?? 'not measured';
}
