/** What a frame costs: the same sequence again and again, so that what others take of the core can be told apart. */
import { type Followed, follow } from './evaluate.ts';
import { quantile } from './figures.ts';
import { ours } from './follower.ts';
import { type Kind, type Pictures, shotOf } from './kinds.ts';
import { opencvFollower } from './opencv-follower.ts';
import { film, type Sequence } from './shot.ts';

export const ANCHORS = [1, 5] as const;
/** Moving all the time; and away, so that marks are searched for. */
const TIMED: readonly Kind[] = ['head motion, 30/s', 'look away and back'];

export interface Timing {
  readonly name: 'ours' | 'OpenCV';
  readonly anchors: number;
  /** The quickest of all runs for each frame, in milliseconds, ascending: a tracker does the same in each run. */
  readonly frames: readonly number[];
  /** 95th percentile by the clock of each run as it was, in milliseconds. */
  readonly runs: readonly number[];
  /** Longest time to add all marks with their kept frames, quickest run of each sequence. */
  readonly addMs: number;
}

/** Both followers by turns on each sequence, `runs` times. */
export async function timings(runs: number, seed: number, pictures: Pictures): Promise<Timing[]> {
  const opencv = await opencvFollower();
  const found: Timing[] = [];
  for (const anchors of ANCHORS) {
    const sequences: Sequence[] = [];
    for (const kind of TIMED) {
      const shot = shotOf(kind, seed, pictures);
      sequences.push(await film({ ...shot, marks: anchors }));
    }
    const own: Followed[][] = [];
    const other: Followed[][] = [];
    for (let run = 0; run < runs; run += 1) {
      own.push(sequences.map((sequence) => follow(sequence, ours())));
      other.push(sequences.map((sequence) => follow(sequence, opencv())));
    }
    found.push(timingOf('ours', anchors, own), timingOf('OpenCV', anchors, other));
  }
  return found;
}

function timingOf(name: Timing['name'], anchors: number, runs: readonly (readonly Followed[])[]): Timing {
  const all = runs.map((sequences) => sequences.flatMap(({ frameMs }) => frameMs));
  const frames = (all[0] ?? []).map((_, i) =>
    Math.min(...all.map((run) => run[i] ?? Number.POSITIVE_INFINITY)),
  );
  const added = (runs[0] ?? []).map((_, k) =>
    Math.min(...runs.map((run) => run[k]?.addMs ?? Number.POSITIVE_INFINITY)),
  );
  return {
    name,
    anchors,
    frames: ascending(frames),
    runs: all.map((run) => quantile(ascending(run), 0.95)),
    addMs: Math.max(...added),
  };
}

const ascending = (values: readonly number[]) => [...values].sort((a, b) => a - b);
