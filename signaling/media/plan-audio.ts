/** The part of the plan that comes before all others: who hears whom. */
import type { PeerState, RoomState, SourceState } from '../protocol/state.ts';
import { isAskedToSpeak } from '../protocol/state-bystander.ts';
import { loudspeakerOf, microphoneOf } from '../protocol/units.ts';
import { consumerIdOf } from './ids.ts';
import type { DesiredConsumer, PlanInput, PlanPeer } from './plan-types.ts';
import { mayReceive } from './visibility.ts';

/** Voice is served before any picture: mediasoup hands out bandwidth by priority. */
export const AUDIO_PRIORITY = 255;

/**
 * True while the packets of a source must not go on to anyone: paused by its publisher, muted by the lead, or the
 * voice of somebody who only watches this room. Of a unit's devices, which stand in one vehicle, a single
 * microphone is passed on.
 */
export function isSilenced(state: RoomState, source: SourceState): boolean {
  const owner = state.peers[source.peerId];
  if (!owner || source.paused || owner.muted[source.kind]) return true;
  if (source.kind === 'video') return false;
  // Its voice is on the telephone again as soon as the dispatcher says so, whatever its page does.
  if (owner.role === 'bystander') return !isAskedToSpeak(state.bystander, owner.peerId);
  if (!owner.speaksHere) return true;
  return owner.unitId !== undefined && chosen(state, owner.unitId, microphoneOf) !== owner.peerId;
}

/** Whether a device is the one through which its unit hears the room; devices outside units always are. */
function hasLoudspeaker(state: RoomState, viewer: PeerState): boolean {
  return viewer.unitId === undefined || chosen(state, viewer.unitId, loudspeakerOf) === viewer.peerId;
}

/**
 * The device of a unit. While the signaling link of all its devices is lost their media may well flow on, and audio never
 * dies before video: then the choice is made as if the links were up, which keeps the device chosen before.
 */
function chosen(
  state: RoomState,
  unitId: string,
  choose: (state: RoomState, unitId: string) => string | undefined,
): string | undefined {
  const now = choose(state, unitId);
  if (now !== undefined) return now;
  const peers = Object.entries(state.peers).map(([id, peer]) => [id, { ...peer, link: 'up' as const }]);
  return choose({ ...state, peers: Object.fromEntries(peers) }, unitId);
}

/** Devices of one unit stand beside each other: what one says, the others hear through the air. */
function sameUnit(a: PeerState, b: PeerState): boolean {
  return a.unitId !== undefined && a.unitId === b.unitId;
}

/**
 * Audio of everyone who speaks here goes to everyone who may hear it. A silenced source keeps its consumers, so that
 * the first word after unmuting is heard; its producer is paused instead.
 */
export function planAudio(input: PlanInput, peer: PlanPeer, viewer: PeerState): DesiredConsumer[] {
  const { state } = input;
  const transportId = peer.recvTransportId;
  if (transportId === undefined || !hasLoudspeaker(state, viewer)) return [];
  const consumers: DesiredConsumer[] = [];
  for (const source of Object.values(state.sources)) {
    const owner = state.peers[source.peerId];
    if (source.kind !== 'audio' || !owner || sameUnit(owner, viewer)) continue;
    if (!mayReceive(viewer, owner, source, state) || !input.producers.has(source.producerId)) continue;
    if (peer.cannot.has(source.producerId)) continue;
    consumers.push({
      consumerId: consumerIdOf(transportId, source.producerId),
      peerId: peer.peerId,
      transportId,
      workerKey: peer.workerKey,
      producerId: source.producerId,
      originalId: source.producerId,
      sourceId: source.producerId,
      kind: 'audio',
      paused: false,
      idle: isSilenced(state, source),
      priority: AUDIO_PRIORITY,
      full: true,
    });
  }
  return consumers;
}
