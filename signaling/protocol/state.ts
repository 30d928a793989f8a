/** The state of a room as a fold of its facts. Plain JSON: it is sent as a snapshot and compared in tests. */
import type { EventOf, TimeNode } from './events.ts';
import { initialMarksState } from './evolve-marks.ts';
import type { MediaKind, Rung, SourceInfo } from './media.ts';
import type { Role } from './roles.ts';
import { type BystanderState, initialBystanderState } from './state-bystander.ts';
import type { MarksState } from './state-marks.ts';
import type { PatientRef } from './values.ts';

export interface PatientState {
  description?: string;
  identity?: EventOf<'PatientIdentified'>['identity'];
  movedTo?: string;
  cameFrom?: { roomId: string; patientId: string };
}

export interface PeerState {
  peerId: string;
  principalId: string;
  role: Role;
  organisationId: string;
  name: string;
  unitId?: string;
  device?: string;
  speaksHere: boolean;
  /** Room time of joining, in milliseconds. */
  joinedAt: number;
  link: 'up' | 'lost';
  /** Room time of the loss, while the link is lost. */
  linkLostAt?: number;
  muted: Record<MediaKind, boolean>;
}

export interface SourceState {
  producerId: string;
  peerId: string;
  kind: MediaKind;
  mimeType: string;
  source: SourceInfo;
  paused: boolean;
  /** Rung of the uplink as the publisher announced it; absent for audio. */
  rung?: Rung;
  publishedAt: number;
}

export interface MessageState {
  messageId: string;
  peerId: string;
  /** Kept beside the message, since its author may have left. */
  name: string;
  text: string;
  patientId: PatientRef;
  to?: EventOf<'MessageSent'>['to'];
  phrase?: EventOf<'MessageSent'>['phrase'];
  at: number;
  utc: number;
  deliveredTo: string[];
  readBy: string[];
}

export interface OrderState {
  orderId: string;
  text: string;
  drug?: EventOf<'DrugGiven'>['drug'];
  patientId: string;
  by: string;
  at: number;
  readBackBy?: string;
  outcome?: 'done' | 'cancelled';
}

export interface HelpState {
  callId: string;
  by: string;
  patientId: PatientRef;
  /** Room time of the call, in milliseconds. */
  at: number;
  ringingAt: string[];
  seenBy: { principalId: string; name: string }[];
  answeredBy?: { principalId: string; name: string };
  ended?: EventOf<'HelpEnded'>['reason'];
}

export interface InviteState {
  inviteId: string;
  role: Role;
  name: string;
  expiresAt: number;
  revoked: boolean;
}

export interface RecordingState {
  on: boolean;
  /** Who switched it to what it is, and why. */
  by: string;
  reason: string;
  /** Room time of that. */
  since: number;
  /** Tracks that stall now, by producer id, with the room time of it; `room` for all of them. */
  stalled: Record<string, { at: number; cause: EventOf<'RecordingStalled'>['cause'] }>;
  /** What is given up for want of space. */
  shed: EventOf<'RecordingShed'>['level'];
}

/** The last facts of a room in words a page can translate: kept short for the catch-up of a late joiner. */
export interface TimeNodeState {
  node: TimeNode;
  at: number;
  patientId: PatientRef;
  by: string;
}

export interface RoomState {
  /** Number of the last entry folded in, hidden ones included. */
  seq: number;
  phase: 'empty' | 'open' | 'closed';
  incidentId: string;
  title: string;
  drill: boolean;
  /** UTC of the creation and room time ↔ UTC anchor, in milliseconds. */
  anchor: { at: number; utc: number };
  createdUtc: number;
  closedReason?: string;
  mergedInto?: string;
  mergedFrom: string[];
  organisations: { organisationId: string; why: 'created' | 'receiving' | 'guiding' | 'paged' }[];
  /** Principals who opened the room by breaking the glass. */
  glassBrokenBy: string[];
  unitIds: string[];
  leadPeerId?: string;
  spotlight?: string;
  patients: Record<string, PatientState>;
  peers: Record<string, PeerState>;
  sources: Record<string, SourceState>;
  /** The newest 200 messages; older ones stand in the log. */
  messages: MessageState[];
  timeNodes: TimeNodeState[];
  drugs: (Omit<EventOf<'DrugGiven'>, 'type'> & { roomAt: number })[];
  settings: (Omit<EventOf<'DeviceSet'>, 'type'> & { roomAt: number })[];
  orders: Record<string, OrderState>;
  help: Record<string, HelpState>;
  invites: Record<string, InviteState>;
  /** Node and worker that hold the room's first router; absent until media is placed. */
  media?: { nodeId: string; workerId: string };
  /** Absent: nothing has been recorded yet. */
  recording?: RecordingState;
  /** Links, phones, guidance and compressions. */
  bystander: BystanderState;
  /** The scene, who may draw in it, stills and shared images. */
  marks: MarksState;
  /** Set by a takeover that found the former owner's unwritten tail missing. */
  missingTails: { ownerId: string; afterSeq: number }[];
}

export function initialRoomState(): RoomState {
  return {
    seq: 0,
    phase: 'empty',
    incidentId: '',
    title: '',
    drill: false,
    anchor: { at: 0, utc: 0 },
    createdUtc: 0,
    mergedFrom: [],
    organisations: [],
    glassBrokenBy: [],
    unitIds: [],
    patients: {},
    peers: {},
    sources: {},
    messages: [],
    timeNodes: [],
    drugs: [],
    settings: [],
    orders: {},
    help: {},
    invites: {},
    bystander: initialBystanderState(),
    marks: initialMarksState(),
    missingTails: [],
  };
}
