/** Glasses have nobody who presses "back": when the unit is released or the room has ended, the page waits again by itself. */
import { useEffect, useRef } from 'preact/hooks';
import { signedIn } from '../../ui/me.ts';
import { useRoom } from '../live/live-room.ts';

/** How long the reason of an end is shown. */
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
  const hasEnded = connection.value.status === 'ended';
  useEffect(() => {
    if (!hasEnded) return undefined;
    const timer = setTimeout(onEnd, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [hasEnded, onEnd]);
}
