/** From what comes out of a tap to the tracks a recorder is told of. Ids only: names stand in the encrypted log. */
import type { Tapped, TappedMessages, TappedTrack } from '../media/types.ts';
import type { MediaTrack, MessageTrack, TrackOwner } from '../protocol/recorder.ts';
import type { RoomState } from '../protocol/state.ts';

/** A track as it should be at the recorder. */
export type WantedTrack = { readonly key: string; readonly trackId: string } & (
  | { readonly media: MediaTrack }
  | { readonly messages: MessageTrack }
);

/** Tracks whose source the room still knows; the others are about to end. */
export function wantedTracks(state: RoomState, tapped: Tapped): WantedTrack[] {
  return [
    ...tapped.tracks.flatMap((track) => mediaTrack(state, track) ?? []),
    ...tapped.messages.flatMap((messages) => messageTrack(state, messages) ?? []),
  ];
}

function mediaTrack(state: RoomState, track: TappedTrack): WantedTrack | undefined {
  const { producerId: trackId, kind, rtpParameters, key } = track;
  const source = state.sources[trackId];
  const owner = source && ownerOf(state, source.peerId, source.source.patientId);
  if (!owner) return undefined;
  return { key, trackId, media: { trackId, kind, role: source.source.role, owner, rtpParameters } };
}

function messageTrack(state: RoomState, messages: TappedMessages): WantedTrack | undefined {
  const { key, dataProducerId: trackId, peerId, label, producerId } = messages;
  const source = producerId === undefined ? undefined : state.sources[producerId];
  const owner = ownerOf(state, peerId, source?.source.patientId ?? 'scene');
  if (!owner) return undefined;
  const of = producerId === undefined ? {} : { producerId };
  return { key, trackId, messages: { trackId, label, owner, ...of } };
}

function ownerOf(state: RoomState, peerId: string, patientId: string): TrackOwner | undefined {
  const peer = state.peers[peerId];
  if (!peer) return undefined;
  const unit = peer.unitId === undefined ? {} : { unitId: peer.unitId };
  return { peerId, organisationId: peer.organisationId, patientId, ...unit };
}
