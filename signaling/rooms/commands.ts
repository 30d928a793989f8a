/**
 * Every command a room decides: the fact methods of the wire, and those that the server's own parts give. By name and
 * plain parameters, so that the owner may be another process.
 */
import type { EventOf } from '../protocol/events.ts';
import type { Address } from '../protocol/geo.ts';
import type { OpeningState } from '../protocol/links.ts';
import type { FactMethod, Params, Result } from '../protocol/methods.ts';
import type { NewRoom } from './types.ts';

type Fields<E> = Omit<E, 'type' | 'by'>;
interface Empty {
  readonly [key: string]: never;
}

/** Parameters and result of the commands that never come from the wire as they are. */
export interface InternalCommands {
  'room.open': { params: NewRoom; result: Empty };
  /** The same peer of the same principal again is a return: at most `PeerLinkBack`. */
  'peer.join': { params: Fields<EventOf<'PeerJoined'>>; result: Empty };
  'peer.leave': { params: { peerId: string; reason: EventOf<'PeerLeft'>['reason'] }; result: Empty };
  'peer.link': {
    params: { peerId: string; link: 'lost' } | { peerId: string; link: 'up'; afterMs: number };
    result: Empty;
  };
  'peer.setSpeaking': { params: { peerId: string; speaksHere: boolean }; result: Empty };
  'source.publish': { params: Fields<EventOf<'SourcePublished'>>; result: Empty };
  'source.setPaused': { params: Fields<EventOf<'SourcePaused'>>; result: Empty };
  'source.setRung': { params: Fields<EventOf<'SourceRung'>>; result: Empty };
  'source.close': { params: Fields<EventOf<'SourceClosed'>>; result: Empty };
  'media.place': { params: Fields<EventOf<'MediaPlaced'>>; result: Empty };
  'invite.create': { params: Fields<EventOf<'InviteCreated'>>; result: Empty };
  'invite.revoke': { params: Fields<EventOf<'InviteRevoked'>>; result: Empty };
  'help.ringing': { params: Fields<EventOf<'HelpRinging'>>; result: Empty };
  /** The owner's own findings about the recording; nothing is written when it is known already. */
  'recording.stall': { params: Fields<EventOf<'RecordingStalled'>>; result: Empty };
  'recording.resume': { params: Fields<EventOf<'RecordingResumed'>>; result: Empty };
  'recording.shed': { params: Fields<EventOf<'RecordingShed'>>; result: Empty };
  'link.add': { params: Fields<EventOf<'LinkCreated'>>; result: Empty };
  'link.sent': { params: Fields<EventOf<'LinkSent'>>; result: Empty };
  'link.deliver': { params: Fields<EventOf<'LinkDelivery'>>; result: Empty };
  /** One browser more: `open` while nobody is live, else `asking`; the answer says which. */
  'link.open': {
    params: Fields<EventOf<'LinkOpened'>>;
    result: { opening: OpeningState };
  };
  'link.misuse': { params: Fields<EventOf<'LinkMisused'>>; result: Empty };
  'link.end': { params: Fields<EventOf<'LinkEnded'>>; result: Empty };
  'photo.add': { params: Fields<EventOf<'PhotoAdded'>>; result: Empty };
  'guidance.pushed': {
    params: Omit<Fields<EventOf<'GuidancePushed'>>, 'pushId'>;
    result: { pushId: string };
  };
  'volunteer.alerted': { params: Fields<EventOf<'VolunteerAlerted'>>; result: Empty };
  'incident.place': { params: { address: Address }; result: Empty };
  'mark.added': { params: Fields<EventOf<'MarkAdded'>>; result: Empty };
  'still.keep': { params: Fields<EventOf<'StillKept'>>; result: Empty };
  'image.add': { params: Fields<EventOf<'ImageAdded'>>; result: Empty };
  'glass.break': { params: Fields<EventOf<'GlassBroken'>>; result: Empty };
  'patient.moveOut': { params: Fields<EventOf<'PatientMovedOut'>>; result: Empty };
  'patient.moveIn': {
    params: Omit<Fields<EventOf<'PatientMovedIn'>>, 'patientId'>;
    result: { patientId: string };
  };
  'incident.mergeIn': { params: Fields<EventOf<'IncidentMerged'>>; result: Empty };
  'incident.mergeInto': { params: Fields<EventOf<'IncidentMergedInto'>>; result: Empty };
}

export type InternalCommand = keyof InternalCommands;
export type RoomCommand = FactMethod | InternalCommand;
export type RoomCommandParams<C extends RoomCommand> = C extends FactMethod
  ? Params<C>
  : C extends InternalCommand
    ? InternalCommands[C]['params']
    : never;
export type RoomCommandResult<C extends RoomCommand> = C extends FactMethod
  ? Result<C>
  : C extends InternalCommand
    ? InternalCommands[C]['result']
    : never;
