/** Why nothing arrives of a source, or why it does again: what the recording names its gaps by. Pure. */
import { isSilenced } from '../media/plan-audio.ts';
import type { RecorderParams } from '../protocol/recorder.ts';
import type { RoomState } from '../protocol/state.ts';

export type Note = Pick<RecorderParams<'track.note'>, 'trackId' | 'note' | 'detail'>;

interface Condition {
  readonly paused: boolean;
  readonly muted: boolean;
  readonly away: boolean;
  readonly rung?: string;
}

const FINE: Condition = { paused: false, muted: false, away: false };

function conditionOf(state: RoomState, producerId: string): Condition {
  const source = state.sources[producerId];
  if (!source) return FINE;
  return {
    paused: source.paused,
    muted: !source.paused && isSilenced(state, source),
    away: state.peers[source.peerId]?.link === 'lost',
    ...(source.rung === undefined ? {} : { rung: source.rung }),
  };
}

function between(trackId: string, before: Condition, after: Condition): Note[] {
  const notes: Note[] = [];
  if (before.paused !== after.paused) notes.push({ trackId, note: after.paused ? 'paused' : 'resumed' });
  if (before.muted !== after.muted) notes.push({ trackId, note: after.muted ? 'muted' : 'unmuted' });
  if (before.away !== after.away) notes.push({ trackId, note: after.away ? 'link-lost' : 'link-back' });
  if (after.rung !== undefined && before.rung !== after.rung)
    notes.push({ trackId, note: 'rung', detail: after.rung });
  return notes;
}

/** What changed for each source that is in both states. */
export function notesBetween(before: RoomState, after: RoomState): Note[] {
  return Object.keys(after.sources)
    .filter((producerId) => before.sources[producerId])
    .flatMap((producerId) =>
      between(producerId, conditionOf(before, producerId), conditionOf(after, producerId)),
    );
}

/** What a recorder must know of a source that it begins with. */
export function firstNotes(state: RoomState, producerId: string): Note[] {
  return between(producerId, FINE, conditionOf(state, producerId));
}
