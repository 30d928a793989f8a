/**
 * The fold of the scene. Pure and total: a fact about a mark that is unknown here (it was hidden from this reader, or is too
 * old to be kept) changes nothing of it. Two peers with the same facts have equal states.
 */
import {
  AUTHORS_KEPT,
  type AuthorState,
  MARKS_KEPT,
  type Mark,
  type MarkState,
  type SceneFact,
  type SceneState,
  STEPS_KEPT,
  type Step,
} from './types.ts';

/** Ids come from people: a name that every object has must not be taken for a mark. */
export function markOf(scene: SceneState, markId: string): MarkState | undefined {
  return Object.hasOwn(scene.marks, markId) ? scene.marks[markId] : undefined;
}

export function initialScene(): SceneState {
  return { marks: {}, order: [], authors: {} };
}

/** @param at room time of the fact, in milliseconds */
export function evolveScene(scene: SceneState, fact: SceneFact, at: number): SceneState {
  switch (fact.type) {
    case 'MarkAdded':
      return markOf(scene, fact.mark.markId) ? scene : withMark(scene, fact.mark, at);
    case 'MarksErased': {
      const { author, reason, markIds } = fact;
      const known = [...new Set(markIds)].filter((id) => markOf(scene, id)?.erased === false);
      const shown = setErased(scene, known, true);
      if (reason === 'undo') return withSteps(shown, author, (steps) => undone(steps, 'add', markIds));
      if (reason === 'redo') return withSteps(shown, author, (steps) => redone(steps, 'erase', markIds));
      if (known.length === 0) return scene;
      return withSteps(shown, author, (steps) =>
        added(steps, { did: 'erase', markIds: known, undone: false }),
      );
    }
    case 'MarksRestored': {
      const { author, reason, markIds } = fact;
      const known = [...new Set(markIds)].filter((id) => markOf(scene, id)?.erased === true);
      const shown = setErased(scene, known, false);
      if (reason === 'undo') return withSteps(shown, author, (steps) => undone(steps, 'erase', markIds));
      return withSteps(shown, author, (steps) => redone(steps, 'add', markIds));
    }
  }
}

function withMark(scene: SceneState, mark: Mark, at: number): SceneState {
  const marks = { ...scene.marks, [mark.markId]: { ...mark, at, erased: false } };
  const order = [...scene.order, mark.markId];
  while (order.length > MARKS_KEPT) {
    // What somebody still sees must not go because of what was drawn and undone since.
    const erased = order.findIndex((id) => marks[id]?.erased);
    for (const id of order.splice(Math.max(0, erased), 1)) delete marks[id];
  }
  const step: Step = { did: 'add', markIds: [mark.markId], undone: false };
  return withSteps({ ...scene, marks, order }, mark.author, (steps) => added(steps, step));
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

function withSteps(
  scene: SceneState,
  author: string,
  change: (steps: readonly Step[]) => readonly Step[],
): SceneState {
  const known = Object.hasOwn(scene.authors, author) ? scene.authors[author] : undefined;
  if (known) {
    const steps = change(known.steps);
    if (steps === known.steps) return scene;
    return { ...scene, authors: { ...scene.authors, [author]: { ...known, steps } } };
  }
  const steps = change([]);
  if (steps.length === 0) return scene;
  const others = Object.entries(scene.authors);
  const colour = Math.max(-1, ...others.map(([, state]) => state.colour)) + 1;
  const kept = others.slice(-(AUTHORS_KEPT - 1));
  const own: readonly [string, AuthorState] = [author, { colour, steps }];
  return { ...scene, authors: Object.fromEntries([...kept, own]) };
}

/** A new step ends what could have been redone. */
function added(steps: readonly Step[], step: Step): readonly Step[] {
  return [...steps.filter((known) => !known.undone), step].slice(-STEPS_KEPT);
}

function undone(steps: readonly Step[], did: Step['did'], markIds: readonly string[]): readonly Step[] {
  return turned(
    steps,
    steps.findLastIndex((step) => !step.undone && step.did === did && names(step, markIds)),
  );
}

function redone(steps: readonly Step[], did: Step['did'], markIds: readonly string[]): readonly Step[] {
  return turned(
    steps,
    steps.findIndex((step) => step.undone && step.did === did && names(step, markIds)),
  );
}

function names(step: Step, markIds: readonly string[]): boolean {
  return markIds.some((id) => step.markIds.includes(id));
}

function turned(steps: readonly Step[], index: number): readonly Step[] {
  const step = steps[index];
  return step ? steps.with(index, { ...step, undone: !step.undone }) : steps;
}
