/** Random commands around marks: drawing, undoing, the floor, wearers, pictures. */
import fc from 'fast-check';
import { NewMark, Shape } from '../../protocol/marks.ts';
import type { RoomState } from '../../protocol/state.ts';
import type { RoomCommand, RoomCommandParams } from '../commands.ts';
import { deciders } from '../deciders/deciders.ts';
import { SYSTEM } from '../types.ts';
import {
  commandOf,
  commandOn,
  coordinator,
  id,
  patientRef,
  peerId,
  producerId,
  type RandomCommand,
  small,
  text,
} from './command-parts.ts';

const images = (state: RoomState) => state.marks.images.map(({ imageId }) => imageId);
const cameras = (state: RoomState) =>
  Object.values(state.sources).flatMap((source) => (source.kind === 'video' ? [source.producerId] : []));
const place = fc.record({ x: fc.constantFrom(0, 0.5), y: fc.constant(0.5) });
const imageId = id('i');
const shape = fc
  .oneof(
    fc.record({ kind: fc.constant('pointer' as const), at: place }),
    fc.record({ kind: fc.constant('text' as const), at: place, text }),
    fc.record({ kind: fc.constant('arrow' as const), from: place, to: place }),
  )
  .map((drawn) => Shape.parse(drawn));
const ON_SCENE = {
  ...{ kind: 'scene' as const, frame: {}, reference: 'AAAA' },
  region: { x: 0, y: 0, width: 1, height: 1 },
};
const IN_CORNER = { kind: 'corner' as const, corner: 'top-left' as const };
const ON_IMAGE = { kind: 'surface' as const };
const mark = fc
  .record({
    markId: id('m'),
    patientId: patientRef,
    surface: fc.oneof(
      fc.record({ kind: fc.constant('video' as const), producerId }),
      fc.record({ kind: fc.constant('image' as const), imageId }),
    ),
    anchor: fc.constantFrom(ON_SCENE, IN_CORNER, ON_IMAGE),
    shape,
    aspect: fc.constant(1.5),
  })
  .map((drawn) => NewMark.parse(drawn));

/** Most commands meet a refusal; these are of somebody who may draw, on something that is there. */
function drawing<C extends RoomCommand>(
  command: C,
  params: (state: RoomState, n: number) => RoomCommandParams<C>,
  who: typeof coordinator | typeof SYSTEM = coordinator,
) {
  return small.map(
    (n): RandomCommand => ({
      command,
      actor: who,
      decide: (state, now) => deciders[command](state, params(state, n), who, now),
    }),
  );
}

function markOn(state: RoomState, n: number) {
  const camera = cameras(state)[0];
  const surface =
    camera === undefined
      ? { kind: 'image' as const, imageId: images(state)[0] ?? 'none' }
      : { kind: 'video' as const, producerId: camera };
  const anchor = camera === undefined ? ON_IMAGE : ON_SCENE;
  const drawn = { kind: 'pointer' as const, at: { x: 0.5, y: 0.5 } };
  const base = { markId: `m${n}`, patientId: 'scene', surface, anchor, shape: drawn, aspect: 1.5 };
  return { mark: { ...base, author: coordinator.peerId } };
}

const picture = {
  ...{ sha256: '0'.repeat(64), bytes: 10, mimeType: 'image/jpeg' as const, width: 4, height: 3 },
  peerId: coordinator.peerId,
};

export const markCommands = [
  commandOf(
    'mark.added',
    fc.tuple(mark, peerId).map(([drawn, author]) => ({ mark: { ...drawn, author } })),
  ),
  drawing('mark.added', markOn),
  drawing('mark.added', markOn),
  drawing('mark.undo', () => ({})),
  drawing('mark.redo', () => ({})),
  drawing('mark.erase', ({ marks }, n) => {
    const { order } = marks.scene;
    return { markIds: [order[n % Math.max(1, order.length)] ?? 'none'] };
  }),
  commandOf('mark.erase', fc.record({ markIds: fc.array(id('m'), { minLength: 1, maxLength: 3 }) })),
  commandOf('mark.clear', fc.record({ author: peerId, producerId, imageId }, { requiredKeys: [] })),
  commandOf('floor.set', fc.record({ peerId, mayDraw: fc.boolean() })),
  commandOf('marks.switch', fc.record({ on: fc.boolean() })),
  commandOf(
    'wearer.report',
    fc.record({
      report: fc.record(
        {
          display: fc.constantFrom('camera' as const, 'head-locked' as const, 'see-through' as const),
          calibrationErrorPercent: fc.constantFrom(null, 0.5),
          torch: fc.constantFrom('on' as const, 'off' as const),
        },
        { requiredKeys: [] },
      ),
    }),
  ),
  drawing('image.add', (_, n) => ({ imageId: `i${n}`, ...picture, name: 'Scan' }), SYSTEM),
  commandOn('image.show', images, (shown, n) => ({ imageId: shown, shown: n % 2 === 0 })),
  drawing(
    'still.keep',
    (_, n) => ({
      ...{ stillId: `s${n}`, ...picture, producerId: 'cam-1' },
      ...{ frame: {}, offsetMs: 0, complete: true },
    }),
    SYSTEM,
  ),
];
