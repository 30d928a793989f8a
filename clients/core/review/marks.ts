/** Marks of the time bar: which are shown, and which one a jump leads to. Pure. */
import type { TimelineMark } from '../../../signaling/protocol/recordings.ts';

export type MarkKind = TimelineMark['kind'];
export const MARK_KINDS = [
  'people',
  'sources',
  'care',
  'orders',
  'chat',
  'help',
  'alarm',
  'recording',
  'room',
] as const satisfies readonly MarkKind[];

/** Standing on a mark does not count as being before or behind it. */
const ON_MS = 30;
/** While playing, a second press goes to the mark before, not back to the one that was just passed. */
const JUST_PASSED_MS = 1500;

export function shownMarks(
  marks: readonly TimelineMark[],
  hidden: ReadonlySet<MarkKind>,
): readonly TimelineMark[] {
  return marks.filter((mark) => !hidden.has(mark.kind)).sort((a, b) => a.at - b.at || a.seq - b.seq);
}

/** @param marks sorted by time. */
export function nextMark(marks: readonly TimelineMark[], at: number): TimelineMark | undefined {
  return marks.find((mark) => mark.at > at + ON_MS);
}

export function previousMark(
  marks: readonly TimelineMark[],
  at: number,
  running: boolean,
): TimelineMark | undefined {
  return marks.findLast((mark) => mark.at < at - (running ? JUST_PASSED_MS : ON_MS));
}
