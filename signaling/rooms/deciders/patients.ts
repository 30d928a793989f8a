/** Decisions about patients: P1, P2, … in order, identified later, moved between rooms. */
import type { Deciders, FactGroup } from '../types.ts';
import { assertOpen, CLINICAL_RECORD, decide, nextPatientId, patientOf, STAFF, told } from './rules.ts';

export const patientDeciders = {
  'patient.add': (state, { description }, actor) => {
    assertOpen(state);
    const patientId = nextPatientId(state);
    const event = {
      type: 'PatientAdded' as const,
      patientId,
      ...(description === undefined ? {} : { description }),
      by: actor.principalId,
    };
    return decide(STAFF, [event], { patientId });
  },

  'patient.identify': (state, { patientId, identity }, actor) => {
    assertOpen(state);
    patientOf(state, patientId);
    const event = { type: 'PatientIdentified' as const, patientId, identity, by: actor.principalId };
    return told({ audience: CLINICAL_RECORD, events: [event] });
  },

  'patient.moveOut': (state, { patientId, toRoomId }, actor) => {
    assertOpen(state);
    patientOf(state, patientId);
    const event = { type: 'PatientMovedOut' as const, patientId, toRoomId, by: actor.principalId };
    return told({ audience: STAFF, events: [event] });
  },

  // The identity is for those who treat, the arrival for everyone at work: two entries of one commit.
  'patient.moveIn': (state, { fromRoomId, formerPatientId, description, identity }, actor) => {
    assertOpen(state);
    const by = actor.principalId;
    const known = Object.entries(state.patients).find(
      ([, patient]) =>
        patient.cameFrom?.roomId === fromRoomId && patient.cameFrom.patientId === formerPatientId,
    );
    if (known) return { facts: [], result: { patientId: known[0] } };
    const patientId = nextPatientId(state);
    const facts: FactGroup[] = [
      {
        audience: STAFF,
        events: [
          {
            type: 'PatientMovedIn',
            patientId,
            fromRoomId,
            formerPatientId,
            ...(description === undefined ? {} : { description }),
            by,
          },
        ],
      },
    ];
    if (identity) {
      facts.push({
        audience: CLINICAL_RECORD,
        events: [{ type: 'PatientIdentified', patientId, identity, by }],
      });
    }
    return { facts, result: { patientId } };
  },
} satisfies Partial<Deciders>;
