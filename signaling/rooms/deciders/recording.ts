/** Decisions about the room's recording. Switching it is a fact with its actor and reason (design section 7). */
import { WHOLE_ROOM } from '../../protocol/evolve-recording.ts';
import type { Deciders } from '../types.ts';
import { assertOpen, conflict, STAFF, told, unchanged } from './rules.ts';

export const recordingDeciders = {
  // Everyone in the room learns whether it is recorded, bystanders too.
  'recording.start': (state, { reason }, actor) => {
    assertOpen(state);
    if (state.recording?.on === true)
      throw conflict('This room is being recorded already.', 'Nothing needs to be done.', 'on');
    const by = actor.principalId;
    return told({ audience: 'everyone', events: [{ type: 'RecordingStarted', by, reason }] });
  },

  'recording.stop': (state, { reason }, actor) => {
    assertOpen(state);
    if (state.recording?.on !== true)
      throw conflict('This room is not being recorded.', 'Nothing needs to be done.', 'off');
    const by = actor.principalId;
    return told({ audience: 'everyone', events: [{ type: 'RecordingStopped', by, reason }] });
  },

  'recording.stall': (state, { producerId, cause }) => {
    assertOpen(state);
    if (state.recording?.on !== true || state.recording.stalled[producerId ?? WHOLE_ROOM]) return unchanged();
    const named = producerId === undefined ? {} : { producerId };
    return told({ audience: STAFF, events: [{ type: 'RecordingStalled', ...named, cause }] });
  },

  'recording.resume': (state, { producerId, afterMs }) => {
    assertOpen(state);
    if (!state.recording?.stalled[producerId ?? WHOLE_ROOM]) return unchanged();
    const named = producerId === undefined ? {} : { producerId };
    return told({ audience: STAFF, events: [{ type: 'RecordingResumed', ...named, afterMs }] });
  },

  'recording.shed': (state, { level }) => {
    assertOpen(state);
    if (!state.recording || state.recording.shed === level) return unchanged();
    return told({ audience: STAFF, events: [{ type: 'RecordingShed', level }] });
  },
} satisfies Partial<Deciders>;
