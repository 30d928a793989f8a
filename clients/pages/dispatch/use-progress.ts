/** How far a link has come, looked at again when time alone changes the answer. */
import { useEffect, useState } from 'preact/hooks';
import type { LinkProgress } from '../../../signaling/protocol/link-steps.ts';
import type { LinkState } from '../../../signaling/protocol/state-bystander.ts';
import { useRoom } from '../live/live-room.ts';
import { utcOf } from '../live/names.ts';
import { progressOf } from './link-view.ts';
import { phonesOf } from './phones.ts';

/** UTC as the room counts it: the clock of this computer may be wrong by minutes. */
export function roomUtc({ session, state }: ReturnType<typeof useRoom>): number {
  return utcOf(state.value, session.roomTime);
}

export function useProgress(link: LinkState): LinkProgress {
  const room = useRoom();
  const [, look] = useState(0);
  const state = room.state.value;
  const now = roomUtc(room);
  const progress = progressOf(state, link, phonesOf(state), now);
  const { changesAt } = progress;
  useEffect(() => {
    if (changesAt === undefined) return undefined;
    const timer = setTimeout(() => look((old) => old + 1), Math.max(50, changesAt - roomUtc(room) + 50));
    return () => clearTimeout(timer);
  }, [changesAt, room]);
  return progress;
}
