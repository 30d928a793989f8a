/** Folds of the facts about published sources. */
import type { RoomEvent } from './events.ts';
import type { FactContext } from './evolve.ts';
import type { RoomState, SourceState } from './state.ts';

/** Answers undefined for a fact of another group. */
export function evolveSources(
  state: RoomState,
  event: RoomEvent,
  { at }: FactContext,
): RoomState | undefined {
  switch (event.type) {
    case 'SourcePublished': {
      const { type: _, ...published } = event;
      const source: SourceState = { ...published, paused: false, publishedAt: at };
      return { ...state, sources: { ...state.sources, [event.producerId]: source } };
    }
    case 'SourceChanged': {
      const before = state.sources[event.producerId];
      if (!before) return state;
      const source = {
        ...before.source,
        ...(event.label === undefined ? {} : { label: event.label }),
        ...(event.patientId === undefined ? {} : { patientId: event.patientId }),
      };
      return changeSource(state, event.producerId, { source });
    }
    case 'SourcePaused':
      return changeSource(state, event.producerId, { paused: event.paused });
    case 'SourceRung':
      return changeSource(state, event.producerId, { rung: event.rung });
    case 'SourceClosed': {
      const { [event.producerId]: _, ...sources } = state.sources;
      const { spotlight, ...rest } = state;
      return { ...rest, sources, ...(spotlight && spotlight !== event.producerId ? { spotlight } : {}) };
    }
    default:
      return undefined;
  }
}

function changeSource(state: RoomState, producerId: string, change: Partial<SourceState>): RoomState {
  const source = state.sources[producerId];
  if (!source) return state;
  return { ...state, sources: { ...state.sources, [producerId]: { ...source, ...change } } };
}
