/** Facts of the test recording: who was there, what was ordered and written, as a room's log has them. */
import type { LogEntry } from '../../../signaling/protocol/entry.ts';
import type { RoomEvent } from '../../../signaling/protocol/events.ts';
import type { TimelineMark } from '../../../signaling/protocol/recordings.ts';

export const ANCHOR_UTC = 1_760_000_000_000;

const kinds: Readonly<Record<string, TimelineMark['kind']>> = {
  PeerJoined: 'people',
  PeerLeft: 'people',
  PeerLinkLost: 'people',
  PeerLinkBack: 'people',
  SourcePublished: 'sources',
  SourceClosed: 'sources',
  MessageSent: 'chat',
  OrderGiven: 'orders',
  OrderReadBack: 'orders',
  OrderClosed: 'orders',
  DrugGiven: 'care',
  TimeNodeSet: 'care',
  PatientAdded: 'care',
  PatientIdentified: 'care',
  HelpCalled: 'help',
  HelpAnswered: 'help',
  RecordingStarted: 'recording',
  RecordingStalled: 'recording',
  RoomCreated: 'room',
  RoomClosed: 'room',
};

const peer = (peerId: string, name: string, role: 'crew' | 'coordinator' | 'specialist'): RoomEvent => ({
  ...{ type: 'PeerJoined', peerId, principalId: `${peerId}-id`, role, organisationId: 'org', name },
  speaksHere: true,
});
const source = (producerId: string, label: string, role: 'patient' | 'overview' | 'glasses'): RoomEvent => ({
  ...{ type: 'SourcePublished', producerId, peerId: 'peer-crew', kind: 'video', mimeType: 'video/VP9' },
  source: { role, label, patientId: role === 'patient' ? 'P1' : 'scene' },
});

/** Room time of each fact, and the fact. */
const facts: readonly (readonly [number, RoomEvent])[] = [
  [
    3000,
    {
      ...{ type: 'RoomCreated', incidentId: 'inc-2041', title: 'Chest pain, 12 Harbour Road', drill: false },
      ...{ organisations: ['org'], createdBy: 'system' },
    },
  ],
  [3000, { type: 'RoomTimeAnchored', utc: ANCHOR_UTC + 3000, ownerId: 'owner', epoch: 1, errorMs: 1 }],
  [3010, { type: 'RecordingStarted', by: 'system', reason: 'with the room' }],
  [3100, peer('peer-crew', 'Ambulance 1', 'crew')],
  [3200, source('cam-patient', 'Patient camera', 'patient')],
  [4000, source('cam-overview', 'Overview', 'overview')],
  [6000, { type: 'PatientAdded', patientId: 'P1', description: 'Woman, about 60', by: 'peer-crew' }],
  [8000, { type: 'HelpCalled', callId: 'call-1', by: 'peer-crew', patientId: 'P1' }],
  [9500, { type: 'HelpAnswered', callId: 'call-1', principalId: 'peer-doctor-id', name: 'Dr Lin' }],
  [9800, peer('peer-doctor', 'Dr Lin', 'coordinator')],
  [10_000, source('cam-glasses', 'Glasses', 'glasses')],
  [
    12_000,
    {
      ...{ type: 'OrderGiven', orderId: 'o1', text: 'Aspirin 300 mg by mouth', patientId: 'P1' },
      by: 'peer-doctor',
    },
  ],
  [13_500, { type: 'OrderReadBack', orderId: 'o1', by: 'peer-crew' }],
  [15_000, { type: 'PeerLinkLost', peerId: 'peer-crew' }],
  [22_000, { type: 'PeerLinkBack', peerId: 'peer-crew', afterMs: 7000 }],
  [
    24_000,
    {
      ...{ type: 'DrugGiven', drugId: 'd1', patientId: 'P1', at: ANCHOR_UTC + 24_000, by: 'peer-crew' },
      drug: { name: 'Aspirin', dose: 300, unit: 'mg', route: 'PO' },
    },
  ],
  [24_500, { type: 'OrderClosed', orderId: 'o1', outcome: 'done', by: 'peer-crew' }],
  [
    28_000,
    {
      ...{ type: 'MessageSent', messageId: 'm1', peerId: 'peer-doctor', patientId: 'P1' },
      text: 'What is the blood pressure now?',
    },
  ],
  [
    31_000,
    { type: 'MessageSent', messageId: 'm2', peerId: 'peer-crew', text: '108 over 64', patientId: 'P1' },
  ],
  [36_000, peer('peer-spec', 'Dr Chen, cardiology', 'specialist')],
  [38_000, { type: 'RecordingStalled', cause: 'slow-disk' }],
  [
    47_000,
    { type: 'TimeNodeSet', node: 'arrived', at: ANCHOR_UTC + 47_000, patientId: 'P1', by: 'peer-crew' },
  ],
  [55_000, { type: 'PeerLeft', peerId: 'peer-spec', reason: 'left' }],
  [62_500, { type: 'RoomClosed', reason: 'handed over', by: 'peer-doctor-id' }],
];

export const entries: readonly LogEntry[] = facts.map(([at, event], index) => ({
  ...{ v: 1, seq: index + 1, epoch: 1, at, utc: ANCHOR_UTC + at, actor: 'system', audience: 'everyone' },
  events: [event],
}));

export const marks: readonly TimelineMark[] = entries.flatMap(({ seq, at, events }) =>
  events.flatMap(({ type }) => {
    const kind = kinds[type];
    return kind === undefined ? [] : [{ seq, at, kind, type }];
  }),
);
