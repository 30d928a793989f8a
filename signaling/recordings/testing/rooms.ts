/** Logs of rooms written straight into a store, without an owner around them. For tests only. */
import type { Audience } from '../../protocol/audience.ts';
import type { RoomEvent } from '../../protocol/events.ts';
import { newRoomKey, sealEntry, wrapRoomKey } from '../../rooms/entry-seal.ts';
import type { LogStore, SealedEntry } from '../../rooms/log-store.ts';

export interface WrittenRoom {
  readonly roomId: string;
  readonly incidentId?: string;
  /** UTC milliseconds of its first entry; each further one comes a second later. */
  readonly utc: number;
  readonly entries: readonly (readonly RoomEvent[] | { audience: Audience; events: readonly RoomEvent[] })[];
}

/** Writes a room's whole log; it is closed in the store when its last entry says so. */
export async function writeRoom(store: LogStore, masterKey: Uint8Array, room: WrittenRoom): Promise<void> {
  const { roomId, utc } = room;
  const key = newRoomKey();
  const sealed: SealedEntry[] = [];
  let hash = '';
  for (const [index, given] of room.entries.entries()) {
    const { audience, events } = 'events' in given ? given : { audience: 'everyone' as const, events: given };
    const entry = sealEntry(key, roomId, hash, {
      entry: {
        v: 1,
        seq: index + 1,
        epoch: 1,
        at: index * 1000,
        utc: utc + index * 1000,
        actor: 'system',
        audience,
        events: [...events],
      },
    });
    hash = entry.hash;
    sealed.push(entry);
  }
  const facts = { incidentId: room.incidentId ?? `i-${roomId}`, drill: false, phase: 'open' } as const;
  const row = {
    roomId,
    ...facts,
    createdUtc: utc,
    createdBy: 'system',
    wrappedKey: wrapRoomKey(masterKey, roomId, key),
  };
  await store.create(row, 'owner', 1000, sealed);
}

export interface RoomStory {
  readonly title?: string;
  readonly drill?: boolean;
  readonly organisations?: readonly string[];
  readonly unitId?: string;
  readonly patient?: string;
  readonly people?: readonly { principalId: string; name: string; organisationId: string }[];
  readonly closed?: boolean;
}

/** The facts of a usual room: people join, a patient is known, something is said to those who treat, it may close. */
export function roomStory(roomId: string, story: RoomStory = {}): WrittenRoom['entries'] {
  const { title = 'A room', drill = false, organisations = [], unitId, patient, people = [] } = story;
  return [
    [
      {
        type: 'RoomCreated',
        incidentId: `i-${roomId}`,
        title,
        drill,
        organisations: [...organisations],
        createdBy: 'system',
        ...(unitId === undefined ? {} : { unitId }),
      },
    ],
    [{ type: 'RecordingStarted', by: 'system', reason: 'on by default' }],
    ...people.map((person, index): RoomEvent[] => [
      { type: 'PeerJoined', peerId: `peer-${index + 1}`, role: 'crew', speaksHere: true, ...person },
    ]),
    ...(people.length === 0
      ? []
      : [
          [
            {
              type: 'SourcePublished' as const,
              producerId: 'cam',
              peerId: 'peer-1',
              kind: 'video' as const,
              mimeType: 'video/H264',
              source: { role: 'patient' as const, label: 'Patient camera', patientId: 'P1' },
            },
          ],
        ]),
    ...(patient === undefined
      ? []
      : [
          [
            { type: 'PatientAdded' as const, patientId: 'P1', by: 'system' },
            {
              type: 'PatientIdentified' as const,
              patientId: 'P1',
              identity: { name: patient },
              by: 'system',
            },
          ],
        ]),
    {
      audience: { peers: ['peer-1'] },
      events: [
        { type: 'MessageSent', messageId: 'm1', peerId: 'peer-1', text: 'for one', patientId: 'scene' },
      ],
    },
    {
      audience: { roles: ['coordinator', 'specialist', 'crew'] },
      events: [
        {
          type: 'MessageSent',
          messageId: 'm2',
          peerId: 'peer-1',
          text: 'for those who treat',
          patientId: 'P1',
        },
      ],
    },
    ...(story.closed ? [[{ type: 'RoomClosed' as const, reason: 'done', by: 'system' }]] : []),
  ];
}
