/** Tells the room how the wearer sees and hears, as far as it helps those who look on. */
import { useEffect, useRef } from 'preact/hooks';
import type { WearerReport } from '../../../signaling/protocol/marks.ts';
import { useRoom } from '../live/live-room.ts';

export function useReport(report: WearerReport): void {
  const { session, state } = useRoom();
  const isOpen = state.value.phase === 'open';
  const latest = useRef(report);
  latest.current = report;
  const changed = JSON.stringify(report);
  useEffect(() => {
    if (!isOpen) return;
    // What it says of itself helps, but nothing waits for it: the next change tells it again.
    session.request('wearer.report', { report: latest.current }).catch(() => undefined);
  }, [session, isOpen, changed]);
}
