import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AUTHORS, markOn } from '../testing/arbitraries.ts';
import { evolveScene, initialScene, markOf } from './evolve.ts';
import { AUTHORS_KEPT, MARKS_KEPT, type SceneFact, type SceneState, STEPS_KEPT } from './types.ts';
import { redoFact, undoFact } from './undo.ts';

const add = (markId: string, author = 'anna'): SceneFact => ({
  type: 'MarkAdded',
  mark: markOn(markId, author),
});
const clear = (author: string, ...markIds: string[]): SceneFact => ({
  type: 'MarksErased',
  markIds,
  author,
  reason: 'cleared',
});
const fold = (facts: readonly SceneFact[], from = initialScene()) =>
  facts.reduce((scene, fact, index) => evolveScene(scene, fact, index), from);
const shown = (scene: SceneState) => scene.order.filter((id) => markOf(scene, id)?.erased === false);

/** What a person may do, as the decider turns it into facts. */
type Act =
  | { did: 'draw'; author: string }
  | { did: 'undo' | 'redo' | 'clear'; author: string }
  | { did: 'erase'; author: string; pick: number };

const acts = fc.array(
  fc.oneof(
    fc.record({ did: fc.constant('draw' as const), author: fc.constantFrom(...AUTHORS) }),
    fc.record({ did: fc.constantFrom('undo', 'redo', 'clear'), author: fc.constantFrom(...AUTHORS) }),
    fc.record({ did: fc.constant('erase' as const), author: fc.constantFrom(...AUTHORS), pick: fc.nat(20) }),
  ),
  { maxLength: 200 },
);

function factOf(scene: SceneState, act: Act, n: number): SceneFact | undefined {
  switch (act.did) {
    case 'draw':
      return add(`m${n}`, act.author);
    case 'undo':
      return undoFact(scene, act.author);
    case 'redo':
      return redoFact(scene, act.author);
    case 'clear':
      return shown(scene).length > 0 ? clear(act.author, ...shown(scene)) : undefined;
    case 'erase': {
      const id = shown(scene)[act.pick];
      return id ? { type: 'MarksErased', markIds: [id], author: act.author, reason: 'erased' } : undefined;
    }
  }
}

function factsOf(story: readonly Act[]): SceneFact[] {
  const facts: SceneFact[] = [];
  let scene = initialScene();
  for (const [n, act] of story.entries()) {
    const fact = factOf(scene, act, n);
    if (!fact) continue;
    facts.push(fact);
    scene = evolveScene(scene, fact, facts.length - 1);
  }
  return facts;
}

describe('the scene', () => {
  it('is the same from a snapshot and the tail as from all facts', () => {
    fc.assert(
      fc.property(acts, fc.nat(200), (story, cut) => {
        const facts = factsOf(story);
        const snapshot: SceneState = JSON.parse(JSON.stringify(fold(facts.slice(0, cut))));
        const late = facts
          .slice(cut)
          .reduce(
            (scene, fact, index) => evolveScene(scene, fact, index + Math.min(cut, facts.length)),
            snapshot,
          );
        assert.deepEqual(late, fold(facts));
      }),
    );
  });

  it('changes at each undo and each redo, and a redo takes back what the undo did', () => {
    fc.assert(
      fc.property(acts, fc.constantFrom(...AUTHORS), (story, author) => {
        const before = fold(factsOf(story));
        const undo = undoFact(before, author);
        if (!undo) return;
        const undone = evolveScene(before, undo, 0);
        assert.notDeepEqual(shown(undone), shown(before));
        const redo = redoFact(undone, author);
        assert.ok(redo, 'what was undone can be done again');
        assert.deepEqual(shown(evolveScene(undone, redo, 0)), shown(before));
      }),
    );
  });

  it('ends every storm of undos with nothing of that author shown that they drew', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('draw', 'undo', 'redo'), { maxLength: 80 }), (dids) => {
        let scene = fold(factsOf(dids.map((did) => ({ did, author: 'anna' }))));
        let undos = 0;
        for (let fact = undoFact(scene, 'anna'); fact; fact = undoFact(scene, 'anna'), undos += 1)
          scene = evolveScene(scene, fact, 0);
        assert.ok(undos <= STEPS_KEPT);
        assert.deepEqual(shown(scene), []);
      }),
    );
  });

  it('brings nothing back by redo that somebody else cleared', () => {
    const scene = fold([add('a'), clear('lead', 'a')]);
    assert.equal(undoFact(scene, 'anna'), undefined);
    assert.equal(redoFact(scene, 'anna'), undefined);
    const back = undoFact(scene, 'lead');
    assert.deepEqual(back, { type: 'MarksRestored', markIds: ['a'], author: 'lead', reason: 'undo' });
  });

  it('passes over what somebody else erased, and undoes the step before it', () => {
    const scene = fold([add('a'), add('b'), clear('lead', 'b')]);
    const undo = undoFact(scene, 'anna');
    assert.deepEqual(undo?.markIds, ['a']);
    assert.ok(undo);
    const redo = redoFact(evolveScene(scene, undo, 3), 'anna');
    assert.deepEqual(redo?.markIds, ['a']);
  });

  it('forgets what could be redone as soon as something new is drawn', () => {
    let scene = fold([add('a'), add('b')]);
    const undo = undoFact(scene, 'anna');
    assert.ok(undo);
    scene = fold([undo, add('c')], scene);
    assert.equal(redoFact(scene, 'anna'), undefined);
    assert.deepEqual(shown(scene), ['a', 'c']);
  });

  it('is not moved by facts of marks that were hidden from this reader', () => {
    const scene = fold([add('a')]);
    for (const reason of ['undo', 'redo', 'erased', 'cleared'] as const)
      assert.equal(
        evolveScene(scene, { type: 'MarksErased', markIds: ['x', 'toString'], author: 'bo', reason }, 1),
        scene,
      );
    for (const reason of ['undo', 'redo'] as const)
      assert.equal(
        evolveScene(scene, { type: 'MarksRestored', markIds: ['x'], author: 'bo', reason }, 1),
        scene,
      );
  });

  it('takes a mark once, and any name for one', () => {
    const once = fold([add('a'), add('a', 'bo')]);
    assert.equal(markOf(once, 'a')?.author, 'anna');
    for (const name of ['constructor', '__proto__', '7']) {
      const scene = fold([add(name)]);
      assert.deepEqual(shown(scene), [name]);
    }
  });

  it('keeps a bounded number of marks, and gives up erased ones before shown ones', () => {
    const story = Array.from({ length: MARKS_KEPT + 50 }, (_, n) => [
      add(`m${n}`),
      ...(n === 0 ? [] : [clear('anna', `m${n}`)]),
    ]);
    const scene = fold(story.flat());
    assert.equal(scene.order.length, MARKS_KEPT);
    assert.equal(Object.keys(scene.marks).length, MARKS_KEPT);
    assert.equal(markOf(scene, 'm0')?.erased, false, 'the only mark that is seen is kept');
    assert.ok((scene.authors.anna?.steps.length ?? 0) <= STEPS_KEPT);
  });

  it('takes any facts in any order without failing, and stays plain JSON', () => {
    const id = fc.oneof(fc.constantFrom('a', 'b', '__proto__', 'constructor', ''), fc.string());
    const fact = fc.oneof(
      fc.record({ id, author: id }).map(({ id: markId, author }) => add(markId, author)),
      fc.record({
        type: fc.constant('MarksErased' as const),
        markIds: fc.array(id),
        author: id,
        reason: fc.constantFrom('undo' as const, 'redo' as const, 'erased' as const, 'cleared' as const),
      }),
      fc.record({
        type: fc.constant('MarksRestored' as const),
        markIds: fc.array(id),
        author: id,
        reason: fc.constantFrom('undo' as const, 'redo' as const),
      }),
    );
    fc.assert(
      fc.property(fc.array(fact, { maxLength: 60 }), id, (facts, author) => {
        const scene = fold(facts);
        assert.equal(JSON.stringify(JSON.parse(JSON.stringify(scene))), JSON.stringify(scene));
        for (const next of [undoFact(scene, author), redoFact(scene, author)])
          if (next) assert.notEqual(evolveScene(scene, next, 0), scene);
      }),
    );
  });

  it('gives each author a colour in the order in which they first drew, and keeps a bounded number of them', () => {
    const scene = fold([add('a', 'bo'), add('b', 'anna'), add('c', 'bo')]);
    assert.deepEqual([scene.authors.bo?.colour, scene.authors.anna?.colour], [0, 1]);
    const many = fold(Array.from({ length: AUTHORS_KEPT + 9 }, (_, n) => add(`m${n}`, `author-${n}`)));
    assert.equal(Object.keys(many.authors).length, AUTHORS_KEPT);
    assert.equal(many.authors[`author-${AUTHORS_KEPT + 8}`]?.colour, AUTHORS_KEPT + 8);
  });
});
