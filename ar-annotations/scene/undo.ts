/**
 * What undo and redo mean for an author now, as the fact that does it: the decider commits it, and pages ask whether there is one.
 * A step that would change nothing (somebody else erased its marks meanwhile) is passed over, so that an undo never does
 * nothing, and a redo never brings back what somebody else erased.
 */
import { markOf } from './evolve.ts';
import type { SceneFact, SceneState, Step } from './types.ts';

type UndoFact = Exclude<SceneFact, { type: 'MarkAdded' }>;

/** Undoes the newest step that stands; undefined where there is nothing to undo. */
export function undoFact(scene: SceneState, author: string): UndoFact | undefined {
  for (const step of stepsOf(scene, author).toReversed()) {
    if (step.undone) continue;
    const fact = changing(scene, author, step, 'undo');
    if (fact) return fact;
  }
  return undefined;
}

/** Does the step again that was undone last; undefined where there is none. */
export function redoFact(scene: SceneState, author: string): UndoFact | undefined {
  for (const step of stepsOf(scene, author)) {
    if (!step.undone) continue;
    const fact = changing(scene, author, step, 'redo');
    if (fact) return fact;
  }
  return undefined;
}

function stepsOf({ authors }: SceneState, author: string): readonly Step[] {
  return Object.hasOwn(authors, author) ? (authors[author]?.steps ?? []) : [];
}

function changing(
  scene: SceneState,
  author: string,
  { did, markIds }: Step,
  reason: 'undo' | 'redo',
): UndoFact | undefined {
  const erases = (did === 'add') === (reason === 'undo');
  const changed = markIds.filter((id) => markOf(scene, id)?.erased === !erases);
  if (changed.length === 0) return undefined;
  return { type: erases ? 'MarksErased' : 'MarksRestored', markIds: changed, author, reason };
}
