/** Decisions about published sources. */
import type { RoomState } from '../../protocol/state.ts';
import { isAskedToSpeak } from '../../protocol/state-bystander.ts';
import type { Deciders } from '../types.ts';
import {
  assertDirects,
  assertOpen,
  assertPatientRef,
  badRequest,
  conflict,
  forbidden,
  peerOf,
  sourceOf,
  told,
  unchanged,
} from './rules.ts';

export const sourceDeciders = {
  'source.publish': (state, published) => {
    assertOpen(state);
    const peer = peerOf(state, published.peerId);
    assertPatientRef(state, published.source.patientId);
    if (published.source.alternativeOf !== undefined) sourceOf(state, published.source.alternativeOf);
    const known = state.sources[published.producerId];
    if (known && known.peerId !== published.peerId) {
      throw conflict('This producer id belongs to another peer.', 'Produce again under a new id.', 'taken');
    }
    if (known) return unchanged();
    // Whatever role it is published under: sound from the scene is a voice.
    if (peer.role === 'bystander' && published.kind === 'audio') assertAskedToSpeak(state, published.peerId);
    return told({ audience: 'everyone', events: [{ type: 'SourcePublished', ...published }] });
  },

  'source.change': (state, { producerId, label, patientId }, actor) => {
    assertOpen(state);
    const source = sourceOf(state, producerId);
    if (label === undefined && patientId === undefined) {
      throw badRequest('Nothing was named to change.', 'Give a label, a patient, or both.');
    }
    if (source.peerId !== actor.peerId) assertDirects(state, actor, "change another peer's source");
    if (patientId !== undefined) assertPatientRef(state, patientId);
    const same =
      (label === undefined || label === source.source.label) &&
      (patientId === undefined || patientId === source.source.patientId);
    if (same) return unchanged();
    const change = {
      ...(label === undefined ? {} : { label }),
      ...(patientId === undefined ? {} : { patientId }),
    };
    const event = { type: 'SourceChanged' as const, producerId, ...change, by: actor.principalId };
    return told({ audience: 'everyone', events: [event] });
  },

  'source.setPaused': (state, { producerId, paused }) => {
    assertOpen(state);
    if (sourceOf(state, producerId).paused === paused) return unchanged();
    return told({ audience: 'everyone', events: [{ type: 'SourcePaused', producerId, paused }] });
  },

  'source.setRung': (state, { producerId, rung, reason }) => {
    assertOpen(state);
    if (sourceOf(state, producerId).rung === rung) return unchanged();
    return told({ audience: 'everyone', events: [{ type: 'SourceRung', producerId, rung, reason }] });
  },

  // Its peer may have left first and taken it along: closing twice is closing.
  'source.close': (state, { producerId, reason }) => {
    if (!state.sources[producerId]) return unchanged();
    assertOpen(state);
    return told({ audience: 'everyone', events: [{ type: 'SourceClosed', producerId, reason }] });
  },
} satisfies Partial<Deciders>;

/** A bystander's voice stays on the telephone unless the dispatcher asks for the microphone (design section 8). */
function assertAskedToSpeak(state: RoomState, peerId: string): void {
  if (isAskedToSpeak(state.bystander, peerId)) return;
  throw forbidden('The microphone was not asked for.', 'Speak on the telephone.');
}
