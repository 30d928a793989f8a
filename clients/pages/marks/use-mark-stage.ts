/** Drawing on the large picture of a page: its surface, its freezing, and the keys for both. */
import type { RefObject } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { fetchStill, keepStill, type StillFetch } from '../../core/stills/index.ts';
import type { RoomSession } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { tell } from '../../ui/announcer.tsx';
import { useRoom } from '../live/live-room.ts';
import type { Drawing } from './drawing.ts';
import type { Frozen } from './frozen.ts';
import { type Floor, floorOf } from './scene-view.ts';
import { VideoSurface, type VideoSurfaceOptions } from './surfaces.ts';
import type { Tool } from './tools.ts';
import type { MarkKeys } from './use-mark-keys.ts';

export interface MarkStage {
  readonly drawing: Drawing;
  readonly surface: VideoSurface;
  readonly floor: Floor;
  readonly frozen: Frozen | undefined;
  readonly freeze: { readonly isFrozen: boolean; readonly toggle: () => void };
  /** Undefined where this person may not draw. */
  readonly keys: MarkKeys | undefined;
}

/** Devices of staff keep their last frames; a phone at the scene does not, and asking it would only cost its link. */
function keepsFrames(session: RoomSession, producerId: string): boolean {
  const { sources, peers } = session.state;
  const owner = sources[producerId]?.peerId;
  const role = owner === undefined ? undefined : peers[owner]?.role;
  return role === 'crew' || role === 'wearer';
}

/** The tool in hand, and the focus on the picture, so that the keyboard draws there. */
export function chooseTool(drawing: Drawing, tool: Tool | undefined): void {
  drawing.choose(tool);
  if (tool === undefined) return;
  // The overlay takes the focus once it has become a surface to draw on.
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.mark-overlay.active')?.focus());
}

/**
 * @param own how a camera of this device is shown; absent: another device's, whose frames are fetched
 */
export function useMarkStage(
  drawing: Drawing | undefined,
  producerId: string | undefined,
  video: RefObject<HTMLVideoElement | null>,
  own?: VideoSurfaceOptions['live'],
): MarkStage | undefined {
  const { session, state } = useRoom();
  const surface = useMemo(() => {
    if (drawing === undefined || producerId === undefined) return undefined;
    const fetch: VideoSurfaceOptions['fetch'] = (frame, point) =>
      keepsFrames(session, producerId) ? fetchStill(session, { producerId, frame, point }) : undefined;
    // It tries again by itself, and a room that is not recorded keeps none.
    const keep = (still: StillFetch) => void keepStill(session, still);
    return new VideoSurface(drawing, {
      producerId,
      video: () => video.current,
      ...(own === undefined ? { fetch, keep } : { live: own }),
    });
  }, [drawing, producerId, video, session, own]);
  useEffect(() => {
    if (surface === undefined) return undefined;
    return () => {
      drawing?.input({ type: 'reset' });
      surface.release();
    };
  }, [drawing, surface]);
  if (drawing === undefined || surface === undefined) return undefined;
  const frozen = surface.frozen.value;
  const toggle = () => {
    // What is half drawn, and the known length of a measurement, belong to the picture that goes.
    drawing.input({ type: 'reset' });
    if (frozen !== undefined) surface.release();
    else if (surface.freeze({ x: 0.5, y: 0.5 }) === undefined) tell(t('freeze.noPicture'), 'bad');
  };
  const floor = floorOf(state.value, session.peerId, surface.surface);
  const freeze = { isFrozen: frozen !== undefined, toggle };
  const keys = floor.may
    ? { drawing, freeze, choose: (tool: Tool | undefined) => chooseTool(drawing, tool) }
    : undefined;
  return { drawing, surface, floor, frozen, freeze, keys };
}
