/** Folds of the facts of the scene. */
import { evolveScene, initialScene } from '../../ar-annotations/scene/evolve.ts';
import type { RoomEvent } from './events.ts';
import type { FactContext } from './evolve.ts';
import type { RoomState } from './state.ts';
import { IMAGES_MAX, type MarksState } from './state-marks.ts';

const STILLS_KEPT = 100;

export function initialMarksState(): MarksState {
  return { scene: initialScene(), floor: {}, switchedOff: {}, wearers: {}, stills: [], images: [] };
}

/** Answers undefined for a fact of another group. */
export function evolveMarks(state: RoomState, event: RoomEvent, context: FactContext): RoomState | undefined {
  const next = evolved(state.marks, event, context);
  if (next === undefined) return undefined;
  return next === state.marks ? state : { ...state, marks: next };
}

function evolved(now: MarksState, event: RoomEvent, { at, utc }: FactContext): MarksState | undefined {
  switch (event.type) {
    case 'MarkAdded':
    case 'MarksErased':
    case 'MarksRestored': {
      const scene = evolveScene(now.scene, event, at);
      return scene === now.scene ? now : { ...now, scene };
    }
    case 'FloorSet':
      return { ...now, floor: { ...now.floor, [event.peerId]: event.mayDraw } };
    case 'MarksSwitched': {
      const { [event.peerId]: _, ...others } = now.switchedOff;
      return { ...now, switchedOff: event.on ? others : { ...others, [event.peerId]: true } };
    }
    case 'WearerReported':
      return {
        ...now,
        wearers: { ...now.wearers, [event.peerId]: { ...now.wearers[event.peerId], ...event.report } },
      };
    case 'StillKept': {
      const { type: _, ...still } = event;
      return { ...now, stills: [...now.stills, { ...still, utc }].slice(-STILLS_KEPT) };
    }
    case 'ImageAdded': {
      const { type: _, ...image } = event;
      return { ...now, images: [...now.images, { ...image, utc, shown: false }].slice(-IMAGES_MAX) };
    }
    case 'ImageShown':
      return {
        ...now,
        images: now.images.map((image) =>
          image.imageId === event.imageId ? { ...image, shown: event.shown } : image,
        ),
      };
    default:
      return undefined;
  }
}
