/** Folds of the facts about the room's recording. */
import type { RoomEvent } from './events.ts';
import type { FactContext } from './evolve.ts';
import type { RecordingState, RoomState } from './state.ts';

/** Names the room as a whole among what stalls. */
export const WHOLE_ROOM = 'room';

/** Answers undefined for a fact of another group. A stall or a level before any start changes nothing. */
export function evolveRecording(
  state: RoomState,
  event: RoomEvent,
  { at }: FactContext,
): RoomState | undefined {
  switch (event.type) {
    case 'RecordingStarted':
    case 'RecordingStopped': {
      const on = event.type === 'RecordingStarted';
      const { by, reason } = event;
      return {
        ...state,
        recording: { on, by, reason, since: at, stalled: {}, shed: state.recording?.shed ?? 'ok' },
      };
    }
    case 'RecordingStalled':
      return change(state, (recording) => ({
        ...recording,
        stalled: { ...recording.stalled, [event.producerId ?? WHOLE_ROOM]: { at, cause: event.cause } },
      }));
    case 'RecordingResumed':
      return change(state, (recording) => {
        const { [event.producerId ?? WHOLE_ROOM]: _, ...stalled } = recording.stalled;
        return { ...recording, stalled };
      });
    case 'RecordingShed':
      return change(state, (recording) => ({ ...recording, shed: event.level }));
    default:
      return undefined;
  }
}

function change(state: RoomState, next: (recording: RecordingState) => RecordingState): RoomState {
  return state.recording ? { ...state, recording: next(state.recording) } : state;
}
