/** What the player is told first: tracks with the names that the log has for them, and facts as marks on the time bar. */
import { isInAudience } from '../protocol/audience.ts';
import type { LogEntry, ReadableEntry } from '../protocol/entry.ts';
import type { RoomEventType } from '../protocol/events.ts';
import type { RecordingHead, TrackHead } from '../protocol/recorder-http.ts';
import type { RecordingSummary, RecordingView, TimelineMark, TrackView } from '../protocol/recordings.ts';
import type { RoomLog } from './room-logs.ts';

/** As whom the log is read: a reviewer of an organisation, or somebody who sits in the room. */
export type Reader =
  | { readonly as: 'reviewer'; readonly principalId: string; readonly organisationId: string }
  | { readonly as: 'rewind'; readonly viewer: Parameters<typeof isInAudience>[0] };

/** Facts that are no event to jump to are left out. */
const KINDS: Readonly<Record<RoomEventType, TimelineMark['kind'] | undefined>> = {
  RoomCreated: 'room',
  RoomTimeAnchored: undefined,
  RoomClosed: 'room',
  OrganisationAdmitted: 'room',
  GlassBroken: 'room',
  IncidentMerged: 'room',
  IncidentMergedInto: 'room',
  InviteCreated: 'people',
  InviteRevoked: 'people',
  PatientAdded: 'care',
  PatientIdentified: 'care',
  PatientMovedOut: 'care',
  PatientMovedIn: 'care',
  PeerJoined: 'people',
  PeerLeft: 'people',
  PeerLinkLost: 'alarm',
  PeerLinkBack: 'people',
  PeerMuted: 'people',
  SpeakingMoved: 'people',
  LeadHandedOver: 'people',
  Spotlighted: undefined,
  SourcePublished: 'sources',
  SourceChanged: 'sources',
  SourcePaused: 'sources',
  SourceRung: 'sources',
  SourceClosed: 'sources',
  MediaPlaced: undefined,
  MessageSent: 'chat',
  MessageReceipt: undefined,
  TimeNodeSet: 'care',
  DrugGiven: 'care',
  DeviceSet: 'care',
  OrderGiven: 'orders',
  OrderReadBack: 'orders',
  OrderClosed: 'orders',
  HelpCalled: 'help',
  HelpRinging: undefined,
  HelpSeen: 'help',
  HelpAnswered: 'help',
  HelpEnded: 'help',
  UnitAssigned: 'room',
  UnitReleased: 'room',
  RecordingStarted: 'recording',
  RecordingStopped: 'recording',
  RecordingStalled: 'alarm',
  RecordingResumed: 'recording',
  RecordingShed: 'alarm',
  IncidentAddressSet: 'room',
  LinkCreated: 'people',
  LinkSent: 'people',
  LinkDelivery: undefined,
  LinkOpened: 'people',
  LinkBound: 'people',
  LinkAsked: 'people',
  LinkAnswered: 'people',
  LinkMisused: 'alarm',
  LinkEnded: 'people',
  NoticeAccepted: 'people',
  PageReported: undefined,
  LocationReported: 'people',
  BystanderAsked: 'people',
  BystanderAnswered: 'people',
  PhotoAdded: 'sources',
  BystanderReleased: 'people',
  BasisSet: 'care',
  GuidancePushed: 'care',
  GuidanceShown: undefined,
  GuidanceCleared: 'care',
  MetronomeSet: 'care',
  CprMarked: 'care',
  CprFlagged: 'alarm',
  CprSummarised: undefined,
  TcprClockSet: 'care',
  VolunteerAlerted: 'people',
  VolunteerAnswered: 'people',
  MarkAdded: 'care',
  MarksErased: 'care',
  MarksRestored: 'care',
  FloorSet: 'people',
  MarksSwitched: 'people',
  WearerReported: undefined,
  StillKept: 'sources',
  ImageAdded: 'sources',
  ImageShown: 'sources',
};

/**
 * Entries as this reader may read them. Reviewers judge the treatment, so they read what those who treat read, for all
 * organisations or for their own; what was written to single peers stays between these. Whoever looks back in a room that
 * goes on reads what they read in it.
 */
export function readable(reader: Reader, entry: LogEntry): ReadableEntry {
  return mayRead(reader, entry) ? entry : { seq: entry.seq, hidden: true };
}

function mayRead(reader: Reader, { audience }: LogEntry): boolean {
  if (reader.as === 'rewind') return isInAudience(reader.viewer, audience);
  const { principalId, organisationId } = reader;
  const viewer = { peerId: '', principalId, organisationId };
  return (
    isInAudience({ ...viewer, role: 'reviewer' }, audience) ||
    isInAudience({ ...viewer, role: 'coordinator' }, audience)
  );
}

export function marksOf(reader: Reader, entries: readonly LogEntry[]): TimelineMark[] {
  return entries.flatMap((entry) =>
    mayRead(reader, entry)
      ? entry.events.flatMap(({ type }) => {
          const kind = KINDS[type];
          return kind === undefined ? [] : [{ seq: entry.seq, at: entry.at, kind, type }];
        })
      : [],
  );
}

export interface TrackNames {
  /** Label of each source by producer id. */
  readonly labels: ReadonlyMap<string, string>;
  /** Names by peer id. */
  readonly people: ReadonlyMap<string, string>;
  /** Principals by peer id. */
  readonly principals: ReadonlyMap<string, string>;
  /** Who published each source, by producer id. */
  readonly publishers: ReadonlyMap<string, string>;
}

/** Names of everything that was ever published, from the whole log: the state forgets who has left. */
export function namesOf(entries: readonly LogEntry[]): TrackNames {
  const labels = new Map<string, string>();
  const people = new Map<string, string>();
  const principals = new Map<string, string>();
  const publishers = new Map<string, string>();
  for (const event of entries.flatMap(({ events }) => events)) {
    if (event.type === 'PeerJoined') {
      people.set(event.peerId, event.name);
      principals.set(event.peerId, event.principalId);
    } else if (event.type === 'SourcePublished') {
      labels.set(event.producerId, event.source.label);
      publishers.set(event.producerId, event.peerId);
    } else if (event.type === 'SourceChanged' && event.label !== undefined) {
      labels.set(event.producerId, event.label);
    }
  }
  return { labels, people, principals, publishers };
}

export function trackView(head: TrackHead, names: TrackNames): TrackView {
  const title = names.labels.get(head.trackId);
  const sender = names.people.get(head.owner.peerId);
  return {
    ...head,
    ...(title === undefined ? {} : { title }),
    ...(sender === undefined ? {} : { sender }),
  };
}

export function viewOf(
  summary: RecordingSummary,
  head: RecordingHead,
  log: RoomLog,
  reader: Reader,
): RecordingView {
  const names = namesOf(log.entries);
  return {
    summary,
    anchorUtc: head.anchorUtc,
    from: head.from,
    to: head.to,
    live: head.state === 'recording',
    tracks: head.tracks.map((track) => trackView(track, names)),
    marks: marksOf(reader, log.entries),
    ...(head.seal === undefined ? {} : { seal: head.seal }),
    mayExport: reader.as === 'reviewer',
  };
}
