/**
 * The marks of a recording at any moment, stroke by stroke: facts say which marks stood, recorded previews how they grew. Without
 * previews a stroke grows by the times of its own points. Drafts that never became a mark are not known here: nothing says what
 * they were drawn on.
 */
import { draftShape, evolveDrafts, initialDrafts } from '../scene/drafts.ts';
import { evolveScene, initialScene } from '../scene/evolve.ts';
import { drawnMs, shapeUpTo } from '../scene/stroke.ts';
import type { DraftPoints, Mark, SceneFact, SceneState, Shape, Surface } from '../scene/types.ts';

/** Times are room time in milliseconds. */
export interface TimedFact {
  readonly at: number;
  readonly fact: SceneFact;
}

export interface TimedPoints {
  readonly at: number;
  readonly points: DraftPoints;
}

export interface ReplayedMark {
  /** With the shape it had at that moment. */
  readonly mark: Mark;
  readonly colour: number;
  readonly isDraft: boolean;
}

interface Finished {
  readonly mark: Mark;
  readonly at: number;
}

export class SceneReplay {
  readonly #facts: readonly TimedFact[];
  readonly #finished: readonly Finished[];
  readonly #points = new Map<string, TimedPoints[]>();
  readonly #end: SceneState;
  #cached: { count: number; scene: SceneState } = { count: 0, scene: initialScene() };

  /** @param facts in the order of the log */
  constructor(facts: readonly TimedFact[]) {
    this.#facts = facts;
    this.#finished = facts.flatMap(({ at, fact }) =>
      fact.type === 'MarkAdded' ? [{ at, mark: fact.mark }] : [],
    );
    this.#end = facts.reduce((scene, { fact, at }) => evolveScene(scene, fact, at), initialScene());
  }

  /** Whether anything was ever drawn on it. */
  hasMarks(surface: Surface): boolean {
    return this.#finished.some(({ mark }) => isSame(mark.surface, surface));
  }

  /** Messages of the recorded previews; in any order, also twice. */
  addPoints(messages: readonly TimedPoints[]): void {
    for (const message of messages) {
      const { markId, n } = message.points;
      const known = this.#points.get(markId) ?? [];
      if (known.some((each) => each.points.n === n && each.at === message.at)) continue;
      this.#points.set(
        markId,
        [...known, message].sort((a, b) => a.at - b.at),
      );
    }
  }

  /** What is to be seen on a surface, in the order in which it is drawn. */
  marksAt(at: number, surface: Surface): ReplayedMark[] {
    const scene = this.#sceneAt(at);
    const standing = scene.order.flatMap((markId): ReplayedMark[] => {
      const mark = scene.marks[markId];
      if (!mark || mark.erased || !isSame(mark.surface, surface)) return [];
      return [{ mark, colour: this.#colourOf(mark.author), isDraft: false }];
    });
    const drafts = this.#finished.flatMap((finished): ReplayedMark[] => {
      const { mark } = finished;
      if (at >= finished.at || !isSame(mark.surface, surface)) return [];
      const shape = this.#drawnAt(finished, at);
      return shape ? [{ mark: { ...mark, shape }, colour: this.#colourOf(mark.author), isDraft: true }] : [];
    });
    return [...standing, ...drafts];
  }

  #drawnAt({ mark, at: finishedAt }: Finished, at: number): Shape | undefined {
    const known = this.#points.get(mark.markId);
    if (known === undefined) return this.#byOwnTimes(mark, at - finishedAt);
    const { shape, ...rest } = mark;
    const begun = evolveDrafts(
      initialDrafts(),
      { type: 'begun', draft: { ...rest, kind: shape.kind } },
      known[0]?.at ?? at,
    );
    const drafts = known
      .filter((each) => each.at <= at)
      .reduce((state, each) => evolveDrafts(state, { type: 'points', points: each.points }, each.at), begun);
    const open = drafts.open[mark.markId];
    return open && draftShape(open);
  }

  #byOwnTimes({ shape }: Mark, sinceEnd: number): Shape | undefined {
    return shape.kind === 'stroke' ? shapeUpTo(shape, drawnMs(shape) + sinceEnd) : undefined;
  }

  #colourOf(author: string): number {
    return Object.hasOwn(this.#end.authors, author) ? (this.#end.authors[author]?.colour ?? 0) : 0;
  }

  #sceneAt(at: number): SceneState {
    let { count, scene } = this.#cached;
    const before = this.#facts[count - 1];
    if (before !== undefined && before.at > at) [count, scene] = [0, initialScene()];
    for (let next = this.#facts[count]; next !== undefined && next.at <= at; next = this.#facts[count]) {
      scene = evolveScene(scene, next.fact, next.at);
      count += 1;
    }
    this.#cached = { count, scene };
    return scene;
  }
}

function isSame(a: Surface, b: Surface): boolean {
  if (a.kind === 'video') return b.kind === 'video' && a.producerId === b.producerId;
  return b.kind === 'image' && a.imageId === b.imageId;
}
