/** Whether the tools stand beside the large picture, and what they work on: a camera or a shared image. */
import { useState } from 'preact/hooks';
import type { ImageState } from '../../../signaling/protocol/state-marks.ts';
import { useMediaQuery } from '../../ui/hooks.ts';
import { useRoom } from '../live/live-room.ts';
import type { Drawing } from './drawing.ts';
import { type Floor, floorOf } from './scene-view.ts';
import type { MarkKeys } from './use-mark-keys.ts';
import { chooseTool, type MarkStage } from './use-mark-stage.ts';

export interface ToolBoard {
  readonly isOpen: boolean;
  readonly toggle: () => void;
  readonly toolbar: {
    readonly drawing: Drawing;
    readonly floor: Floor;
    readonly patientId: string;
    readonly freeze?: MarkStage['freeze'];
  };
  readonly keys: MarkKeys | undefined;
}

/** Undefined while there is nothing to draw on. */
export function useToolBoard(
  drawing: Drawing | undefined,
  marks: MarkStage | undefined,
  image: ImageState | undefined,
): ToolBoard | undefined {
  const { session, state } = useRoom();
  const isWide = useMediaQuery('(min-width: 901px)');
  const [wanted, setWanted] = useState<boolean>();
  if (drawing === undefined || (image === undefined && marks === undefined)) return undefined;
  const surface =
    image === undefined ? marks?.surface.surface : ({ kind: 'image', imageId: image.imageId } as const);
  const floor = floorOf(state.value, session.peerId, surface);
  // Whoever may draw has the tools at hand; on a phone the picture comes first.
  const isOpen = wanted ?? (isWide && floor.may);
  const patientId = surface === undefined ? 'scene' : drawing.patientFor(surface);
  const keys = floor.may
    ? {
        drawing,
        freeze: image === undefined ? marks?.freeze : undefined,
        choose: (tool: Parameters<typeof chooseTool>[1]) => chooseTool(drawing, tool),
      }
    : undefined;
  const freeze = image === undefined && marks !== undefined ? { freeze: marks.freeze } : {};
  return {
    isOpen,
    toggle: () => {
      if (isOpen) drawing.choose(undefined);
      setWanted(!isOpen);
    },
    toolbar: { drawing, floor, patientId, ...freeze },
    keys,
  };
}
