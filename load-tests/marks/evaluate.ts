/** Leads a follower through a sequence, as a wearer's device does, and keeps what it answered and what it took. */
import type { Matrix3 } from '../../ar-annotations/geometry/matrix.ts';
import type { GreyFrame } from '../../ar-annotations/tracker/types.ts';
import type { Follower } from './follower.ts';
import { type Sight, sightsOf } from './score.ts';
import type { Sequence } from './shot.ts';

export interface Followed {
  /** For each mark, for each frame from the one before which the tracker heard of it. */
  readonly sights: readonly (readonly Sight[])[];
  /** Milliseconds that each frame took by the clock, without the adding of marks: with whatever else runs on the core. */
  readonly frameMs: readonly number[];
  /** Processor time of this thread for all frames together; a kernel may count it in steps of 4 ms, too coarse for one frame. */
  readonly processorMs: number;
  /** Time that all marks took to be added, with the frames kept since they were drawn, in milliseconds. */
  readonly addMs: number;
}

/** Closes the follower. */
export function follow(sequence: Sequence, follower: Follower): Followed {
  const { frames, from, fps, marks, reference } = sequence;
  const recent: GreyFrame[] = sequence.recent.flatMap((i) => frames[i] ?? []);
  const found: (Matrix3 | undefined)[][] = marks.map(() => []);
  const frameMs: number[] = [];
  try {
    const before = performance.now();
    for (const { id, region } of marks) follower.add(id, reference, region, recent);
    const addMs = performance.now() - before;
    const used = processorMs();
    for (let i = from; i < frames.length; i += 1) {
      const frame = frames[i];
      if (!frame) continue;
      const start = performance.now();
      const poses = follower.track(frame, Math.round((1000 * i) / fps));
      frameMs.push(performance.now() - start);
      poses.forEach((pose, k) => {
        found[k]?.push(pose);
      });
    }
    const spent = processorMs() - used;
    return {
      sights: found.map((poses, k) => sightsOf(sequence, k, poses)),
      frameMs,
      processorMs: spent,
      addMs,
    };
  } finally {
    follower.close();
  }
}

function processorMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
