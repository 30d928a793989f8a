/**
 * The fold of the scene. Pure and total: a fact about a mark that is unknown here (it was hidden from this reader, or is too
 * old to be kept) changes nothing of it. Two peers with the same facts have equal states.
 */
import {
  type AuthorState,
  type EraseReason,
  MARKS_KEPT,
  type Mark,
  type SceneFact,
  type SceneState,
  STEPS_KEPT,
  type Step,
} from './types.ts';

export function initialScene(): SceneState {
  return { marks: {}, order: [], authors: {} };
}

/** @param at room time of the fact, in milliseconds */
export function evolveScene(scene: SceneState, fact: SceneFact, at: number): SceneState {
  switch (fact.type) {
    case 'MarkAdded':
      return scene.marks[fact.mark.markId] ? scene : withMark(scene, fact.mark, at);
    case 'MarksErased': {
      const known = fact.markIds.filter((id) => scene.marks[id]?.erased === false);
      const shown = setErased(scene, known, true);
      const step = fact.reason === 'undo' || fact.reason === 'redo' ? undefined : erasure(known);
      return withSteps(shown, fact.author, (steps) => stepped(steps, fact.reason, step));
    }
    case 'MarksRestored': {
      const known = fact.markIds.filter((id) => scene.marks[id]?.erased === true);
      return withSteps(setErased(scene, known, false), fact.author, (steps) => stepped(steps, fact.reason));
    }
  }
}

function withMark(scene: SceneState, mark: Mark, at: number): SceneState {
  const order = [...scene.order, mark.markId];
  const marks = { ...scene.marks, [mark.markId]: { ...mark, at, erased: false } };
  for (const id of order.splice(0, Math.max(0, order.length - MARKS_KEPT))) delete marks[id];
  const added: Step = { did: 'add', markIds: [mark.markId], undone: false };
  return withSteps({ ...scene, marks, order }, mark.author, (steps) => stepped(steps, 'did', added));
}

function setErased(scene: SceneState, markIds: readonly string[], erased: boolean): SceneState {
  if (markIds.length === 0) return scene;
  const marks = { ...scene.marks };
  for (const id of markIds) {
    const mark = marks[id];
    if (mark) marks[id] = { ...mark, erased };
  }
  return { ...scene, marks };
}

function erasure(markIds: readonly string[]): Step | undefined {
  return markIds.length === 0 ? undefined : { did: 'erase', markIds, undone: false };
}

function withSteps(
  scene: SceneState,
  author: string,
  change: (steps: readonly Step[]) => readonly Step[],
): SceneState {
  const known: AuthorState = scene.authors[author] ?? {
    colour: Object.keys(scene.authors).length,
    steps: [],
  };
  return { ...scene, authors: { ...scene.authors, [author]: { ...known, steps: change(known.steps) } } };
}

/** A new step ends what could have been redone; undo and redo move the border between what stands and what is undone. */
function stepped(steps: readonly Step[], reason: EraseReason | 'did', step?: Step): readonly Step[] {
  if (reason === 'undo') {
    const index = lastStanding(steps);
    return index < 0 ? steps : steps.with(index, { ...at(steps, index), undone: true });
  }
  if (reason === 'redo') {
    const index = steps.findIndex((known) => known.undone);
    return index < 0 ? steps : steps.with(index, { ...at(steps, index), undone: false });
  }
  if (!step) return steps;
  return [...steps.filter((known) => !known.undone), step].slice(-STEPS_KEPT);
}

/** Index of the newest step that is not undone; -1: none. */
export function lastStanding(steps: readonly Step[]): number {
  return steps.findLastIndex((step) => !step.undone);
}

function at(steps: readonly Step[], index: number): Step {
  const step = steps[index];
  if (!step) throw new RangeError('There is no such step.');
  return step;
}
