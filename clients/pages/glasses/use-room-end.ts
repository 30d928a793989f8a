/**
 * Glasses have nobody who presses "back": when the unit is released, the room has ended or lets nobody in, the page waits again by
 * itself. Waiting tries the room anew while the unit is in it.
 */
import { useEffect, useRef } from 'preact/hooks';
import { signedIn } from '../../ui/me.ts';
import { useRoom } from '../live/live-room.ts';

/** How long the reason of an end is shown, and so how often a room that refuses is asked. */
const SHOWN_MS = 6000;

export function useRoomEnd(onEnd: () => void): void {
  const { state, connection } = useRoom();
  const wasOn = useRef(false);
  const unitId = signedIn()?.unitId;
  const isOn = unitId !== undefined && state.value.unitIds.includes(unitId);
  useEffect(() => {
    if (wasOn.current && !isOn) onEnd();
    wasOn.current = isOn;
  }, [isOn, onEnd]);
  const { status } = connection.value;
  const isOver = status === 'ended' || status === 'refused';
  useEffect(() => {
    if (!isOver) return undefined;
    const timer = setTimeout(onEnd, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isOver, onEnd]);
}
