/**
 * The 15-second catch-up of a late joiner: who, what, since when, last facts. Pure; codes and data that pages put into
 * words, in the order in which they should be read.
 */
import type { RoomState } from '../../signaling/protocol/state.ts';
import type { CatchUpItem } from './types.ts';

/** More does not fit 15 seconds: about 40 words a list. */
const LAST_FACTS = 6;
const PEERS = 8;

/** @param selfId the reader, who needs not be told of being here. */
export function catchUp(state: RoomState, selfId?: string): readonly CatchUpItem[] {
  const utc = (at: number) => Math.round(state.anchor.utc + (at - state.anchor.at));
  return [
    { code: 'room', title: state.title, since: state.createdUtc, drill: state.drill },
    ...patients(state),
    ...people(state, selfId, utc),
    ...pictures(state),
    ...lastFacts(state, utc),
  ];
}

function patients(state: RoomState): CatchUpItem[] {
  return Object.entries(state.patients)
    .filter(([, patient]) => patient.movedTo === undefined)
    .map(([patientId, patient]) => ({
      code: 'patient' as const,
      patientId,
      ...(patient.identity?.name === undefined ? {} : { name: patient.identity.name }),
      ...(patient.description === undefined ? {} : { description: patient.description }),
    }));
}

function people(state: RoomState, selfId: string | undefined, utc: (at: number) => number): CatchUpItem[] {
  const lead = state.leadPeerId === undefined ? undefined : state.peers[state.leadPeerId];
  const others = Object.values(state.peers)
    .filter((peer) => peer.peerId !== selfId && peer.peerId !== lead?.peerId)
    .sort((a, b) => a.joinedAt - b.joinedAt)
    .slice(0, PEERS);
  return [
    ...(lead ? [{ code: 'lead' as const, name: lead.name, role: lead.role }] : []),
    ...others.map(({ name, role, joinedAt }) => ({
      code: 'peer' as const,
      name,
      role,
      since: utc(joinedAt),
    })),
  ];
}

function pictures(state: RoomState): CatchUpItem[] {
  const sources = Object.values(state.sources).filter((source) => !source.source.alternativeOf);
  const count = (kind: 'audio' | 'video') => sources.filter((source) => source.kind === kind).length;
  return (['video', 'audio'] as const)
    .filter((kind) => count(kind) > 0)
    .map((kind) => ({ code: 'sources', kind, pictures: count(kind) }));
}

function lastFacts(state: RoomState, utc: (at: number) => number): CatchUpItem[] {
  const facts: (CatchUpItem & { readonly at: number })[] = [
    ...state.timeNodes.map(({ node, patientId, at }) => ({ code: 'timeNode' as const, node, patientId, at })),
    ...state.drugs.map(({ drug, patientId, at }) => ({
      code: 'drug' as const,
      text: doseText(drug),
      patientId,
      at,
    })),
    ...state.settings.map(({ device, setting, patientId, at }) => ({
      code: 'device' as const,
      text: `${device}: ${setting}`,
      patientId,
      at,
    })),
    ...Object.values(state.orders).map(({ text, patientId, outcome, at }) => ({
      code: 'order' as const,
      text,
      patientId,
      open: outcome === undefined,
      at: utc(at),
    })),
    ...state.messages
      .slice(-2)
      .map(({ name, text, utc: at }) => ({ code: 'message' as const, name, text, at })),
    ...Object.values(state.help).map(({ answeredBy, at }) => ({
      code: 'help' as const,
      at: utc(at),
      ...(answeredBy ? { answeredBy: answeredBy.name } : {}),
    })),
  ];
  // An open order is waiting for somebody, however old it is; the rest is newest last, as it happened.
  const open = facts.filter((fact) => fact.code === 'order' && fact.open);
  const newest = facts
    .filter((fact) => !open.includes(fact))
    .sort((a, b) => a.at - b.at)
    .slice(-LAST_FACTS);
  return [...open, ...newest];
}

function doseText(drug: RoomState['drugs'][number]['drug']): string {
  return `${drug.name} ${drug.dose} ${drug.unit} ${drug.route}`;
}
