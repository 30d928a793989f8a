import assert from 'node:assert/strict';
import { evolveScene } from '../../../ar-annotations/scene/evolve.ts';
import type { Mark, Surface } from '../../../ar-annotations/scene/types.ts';
import { initialRoomState, type RoomState } from '../../../signaling/protocol/state.ts';
import type { Pen, PenStart, ShownMark } from '../../core/marks/types.ts';
import { nameOfFile, refusalOf } from './image-file.ts';
import { type DrawTarget, PenDriver } from './pen-driver.ts';
import { floorOf, floorTag, saidStates, sameSurface, standingMarks, unseeing } from './scene-view.ts';
import { TOOL_KEYS } from './use-mark-keys.ts';

const peer = (peerId: string, role: 'coordinator' | 'specialist' | 'observer' | 'wearer') => ({
  peerId,
  principalId: `who-${peerId}`,
  role,
  organisationId: 'o1',
  name: `Dr ${peerId}`,
  speaksHere: true,
  joinedAt: 0,
  link: 'up' as const,
  muted: { audio: false, video: false },
});
const room = (more: Partial<RoomState> = {}): RoomState => ({
  ...initialRoomState(),
  phase: 'open',
  peers: {
    lead: peer('lead', 'coordinator'),
    heart: peer('heart', 'specialist'),
    looks: peer('looks', 'observer'),
  },
  ...more,
});
const camera: Surface = { kind: 'video', producerId: 'camera' };
const scan: Surface = { kind: 'image', imageId: 'scan' };
const mark = (markId: string, surface: Surface = camera, patientId = 'P1'): Mark => ({
  markId,
  author: 'heart',
  patientId,
  surface,
  anchor: { kind: 'surface' },
  shape: { kind: 'pointer', at: { x: 0.5, y: 0.5 } },
  aspect: 1.5,
});

describe('Who may draw', () => {
  it('is told whom to ask, by name, or that nobody of them is there', () => {
    assert.deepEqual(floorOf(room(), 'lead', camera), { may: true });
    assert.deepEqual(floorOf(room(), 'heart', camera), { may: false, why: 'floor', ask: ['Dr lead'] });
    const alone = room({ peers: { heart: peer('heart', 'specialist') } });
    assert.deepEqual(floorOf(alone, 'heart', scan), { may: false, why: 'floor', ask: [] });
    assert.deepEqual(floorOf(room(), 'looks', camera), { may: false, why: 'role' });
  });

  it('is shown at each person who can be admitted', () => {
    const state = room();
    const admitted = { ...state, marks: { ...state.marks, floor: { heart: true } } };
    assert.equal(floorTag(state, peer('heart', 'specialist')), 'may-not');
    assert.equal(floorTag(admitted, peer('heart', 'specialist')), 'may');
    assert.equal(floorTag(state, peer('looks', 'observer')), undefined);
  });
});

describe('The list of marks', () => {
  it('has what stands, newest first, of one surface or all', () => {
    let scene = initialRoomState().marks.scene;
    for (const [at, each] of [mark('a'), mark('b', scan), mark('c')].entries())
      scene = evolveScene(scene, { type: 'MarkAdded', mark: each }, at);
    scene = evolveScene(scene, { type: 'MarksErased', markIds: ['a'], author: 'heart', reason: 'erased' }, 4);
    const ids = (surface?: Surface) => standingMarks(scene, surface).map(({ markId }) => markId);
    assert.deepEqual(ids(), ['c', 'b']);
    assert.deepEqual(ids(scan), ['b']);
    assert(!sameSurface(camera, scan));
  });

  it('says once for each patient what is not in its place, and nothing of what is', () => {
    const shown = (of: Mark, state: ShownMark['state'], isDraft = false): ShownMark => {
      return { mark: of, isDraft, authorName: '', colour: 0, state, opacity: 0, ageMs: 0 };
    };
    const said = saidStates([
      shown(mark('a'), 'lost'),
      shown(mark('b'), 'lost'),
      shown(mark('c', camera, 'P2'), 'lost'),
      shown(mark('d'), 'held'),
      shown(mark('e'), 'waiting', true),
    ]);
    assert.deepEqual(said, [
      { patientId: 'P1', state: 'lost' },
      { patientId: 'P2', state: 'lost' },
    ]);
  });

  it('names wearers who see no marks, while they are in the room', () => {
    const state = room({ peers: { eyes: peer('eyes', 'wearer') } });
    const off = { ...state.marks, switchedOff: { eyes: true as const, gone: true as const } };
    assert.deepEqual(unseeing({ ...state, marks: off }), [{ name: 'Dr eyes', why: 'off' }]);
  });

  it('names wearers who see only what is fixed to their display', () => {
    const state = room({ peers: { eyes: peer('eyes', 'wearer'), other: peer('other', 'wearer') } });
    const wearers = {
      eyes: { display: 'head-locked' as const },
      other: { display: 'camera' as const },
      gone: { display: 'head-locked' as const },
    };
    const now = { ...state, marks: { ...state.marks, wearers } };
    assert.deepEqual(unseeing(now), [{ name: 'Dr eyes', why: 'headLocked' }]);
    const off = { ...now.marks, switchedOff: { eyes: true as const } };
    assert.deepEqual(unseeing({ ...now, marks: off }), [{ name: 'Dr eyes', why: 'off' }]);
  });
});

describe('Pens', () => {
  /** Pens that take everything and are refused as often as told. */
  function pens(refusals: number) {
    let left = refusals;
    const done: string[] = [];
    const begin = ({ kind }: PenStart): Pen => ({
      markId: `mark-${kind}`,
      move: (points) => done.push(`move ${JSON.stringify(points)}`),
      shape: ({ kind: shape }) => done.push(`shape ${shape}`),
      finish: async () => {
        if (left > 0) {
          left -= 1;
          throw new Error('away');
        }
        done.push('finish');
      },
      cancel: () => done.push('cancel'),
    });
    return { begin, done };
  }
  const target: DrawTarget = { surface: camera, aspect: 1, anchor: () => ({ kind: 'surface' }) };
  const at = { x: 0, y: 0 };

  it('keep a mark that could not be sent until it is sent again', async () => {
    const { begin, done } = pens(1);
    const refused = Promise.withResolvers<unknown>();
    const driver = new PenDriver({ begin }, { onUnsent: refused.resolve, onRefused: assert.fail });
    driver.run(
      [
        { do: 'begin', kind: 'stamp', at },
        { do: 'shape', shape: { kind: 'stamp', at, number: 1 } },
        { do: 'finish' },
      ],
      target,
      'P1',
    );
    await refused.promise;
    assert.equal(driver.unsent.length, 1);
    await driver.sendAgain();
    assert.deepEqual([driver.unsent.length, done], [0, ['shape stamp', 'finish']]);
  });

  it('carry points of live drawing back to the frame of the anchor', () => {
    const { begin, done } = pens(0);
    const driver = new PenDriver({ begin }, { onUnsent: assert.fail, onRefused: assert.fail });
    const moving = { ...target, toReference: ({ x, y }: { x: number; y: number }) => ({ x: x - 0.25, y }) };
    driver.run(
      [{ do: 'begin', kind: 'stroke', at }, { do: 'points', points: [[0.5, 0.5, 0.5, 8]] }, { do: 'cancel' }],
      moving,
      'P1',
    );
    assert.deepEqual(done, ['move [[0.25,0.5,0.5,8]]', 'cancel']);
  });

  it('draw nothing where no anchor can be made, and say so', () => {
    const { begin, done } = pens(0);
    const told: unknown[] = [];
    const driver = new PenDriver(
      { begin },
      { onUnsent: assert.fail, onRefused: (error) => told.push(error) },
    );
    const none = {
      ...target,
      anchor: () => {
        throw new Error('There is no picture to draw on.');
      },
    };
    driver.run([{ do: 'begin', kind: 'arrow', at }, { do: 'finish' }], none, 'P1');
    assert.deepEqual([done, told.length], [[], 1]);
  });
});

describe('Keys and files', () => {
  it('give each tool a key of its own that no other key of the page uses', () => {
    const used = [...'cokuljmvfpshz'];
    const keys = Object.values(TOOL_KEYS);
    assert.equal(new Set([...keys, ...used]).size, keys.length + used.length);
  });

  it('refuse what is no picture or too large before it is sent, and name the rest after its file', () => {
    assert.equal(refusalOf({ type: 'image/png', size: 1000 }), undefined);
    assert.match(refusalOf({ type: 'image/gif', size: 1000 }) ?? '', /PNG/);
    assert.match(refusalOf({ type: 'image/png', size: 1e9 }) ?? '', /12 MB/);
    assert.equal(nameOfFile('ct.head.png'), 'ct.head');
    assert.notEqual(nameOfFile('.png'), '');
  });
});
