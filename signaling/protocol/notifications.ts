/**
 * Everything the server sends without being asked: socket.io event `notify` with `{ name, roomId?, data }`. Entries
 * are numbered and complete; the rest is volatile or can be asked for again.
 */
import * as z from 'zod/mini';
import { ReadableEntry } from './entry.ts';
import { CprSource } from './events-bystander.ts';
import { Draft, DraftPoints, PoseMessage } from './marks.ts';
import { MediaKind, RtpParameters, Rung, SctpStreamParameters } from './media.ts';
import { StillSignal } from './methods-marks.ts';
import { DataLabel } from './methods-media.ts';
import { RoomSummary } from './snapshot.ts';
import { Id, Label, PatientRef, RoomMs, UtcMs } from './values.ts';

export const NOTIFICATIONS = {
  entry: z.strictObject({ entry: ReadableEntry }),

  /** A consumer exists, paused, on the peer's receive transport; answered by `media.consumerReady`. */
  'media.consumer': z.strictObject({
    consumerId: Id,
    transportId: Id,
    producerId: Id,
    peerId: Id,
    kind: MediaKind,
    rtpParameters: RtpParameters,
  }),
  'media.consumerClosed': z.strictObject({ consumerId: Id, reason: Label }),
  /** What this viewer receives of a source now: the downlink's rung and why. */
  'media.consumerState': z.strictObject({
    consumerId: Id,
    producerId: Id,
    rung: Rung,
    reason: z.enum(['full', 'tile', 'link', 'source', 'paused']),
    spatialLayer: z.nullable(z.int()),
    temporalLayer: z.nullable(z.int()),
    score: z.int(),
  }),
  'media.dataConsumer': z.strictObject({
    dataConsumerId: Id,
    transportId: Id,
    dataProducerId: Id,
    /** Absent for the server's own beat. */
    peerId: z.optional(Id),
    producerId: z.optional(Id),
    label: DataLabel,
    sctpStreamParameters: SctpStreamParameters,
  }),
  'media.dataConsumerClosed': z.strictObject({ dataConsumerId: Id, reason: Label }),
  /**
   * What the room needs of one of this peer's producers: the best rung anyone shows or records (`null`: nobody),
   * whether stills are wanted, and codecs of viewers who cannot decode it.
   */
  'media.demand': z.strictObject({
    producerId: Id,
    rung: z.nullable(Rung),
    stills: z.boolean(),
    alternatives: z.array(z.enum(['video/VP8', 'video/H264'])),
  }),
  /** Another viewer's downlink rung for a source, so that everyone knows who sees what. */
  'media.rungs': z.strictObject({
    rungs: z.array(z.strictObject({ peerId: Id, producerId: Id, rung: Rung })),
  }),
  /** Packets or beats of a peer's send transport have been missing for 1.5 s, or are back. */
  'media.silence': z.strictObject({ peerId: Id, silent: z.boolean() }),
  /** The media of this room is gone and being rebuilt: start again from `media.start`. */
  'media.lost': z.strictObject({
    reason: z.enum(['worker-died', 'node-lost', 'transport-closed']),
    generation: z.int(),
  }),
  /** Who speaks, loudest first; levels in dBov. */
  speaking: z.strictObject({ speakers: z.array(z.strictObject({ peerId: Id, level: z.number() })) }),

  /** About once a second: room time up to which each track is on the recorder's disk. Only tracks this peer may see. */
  'recording.status': z.strictObject({
    tracks: z.array(
      z.strictObject({
        producerId: Id,
        durableUntil: RoomMs,
        state: z.enum(['recording', 'idle', 'shed', 'ended']),
      }),
    ),
  }),
  /** Twice a second while someone measures compressions: to staff of the room; `rate` null means not sure. */
  'cpr.measured': z.strictObject({
    peerId: Id,
    source: CprSource,
    rate: z.nullable(z.number()),
    confidence: z.number(),
    pausedMs: z.int(),
    depthMm: z.optional(z.nullable(z.number())),
  }),
  /** To people at work: a pen is down, its points, its end without a mark; where marks are. */
  'mark.begun': z.strictObject({ draft: Draft }),
  'mark.points': z.strictObject({ peerId: Id, points: DraftPoints }),
  'mark.cancelled': z.strictObject({ peerId: Id, markId: Id }),
  'mark.posed': z.strictObject({ peerId: Id, pose: PoseMessage }),
  'still.signal': z.strictObject({ fromPeerId: Id, signal: StillSignal }),
  'rooms.changed': z.strictObject({ room: z.optional(RoomSummary), removedRoomId: z.optional(Id) }),
  /** A unit calls for help; answered by `help.seen` and `help.answer`. */
  'help.ringing': z.strictObject({
    callId: Id,
    fromName: Label,
    patientId: PatientRef,
    sinceUtc: UtcMs,
    title: Label,
    drill: z.boolean(),
  }),
  'help.stopped': z.strictObject({ callId: Id, reason: z.enum(['answered', 'cancelled', 'room-closed']) }),
  /** A fresh room token in good time before the old one ends. */
  'token.renewed': z.strictObject({ token: z.string() }),
  'session.ended': z.strictObject({
    reason: z.enum(['signed-out', 'revoked', 'expired', 'removed', 'replaced']),
  }),
} as const;

export type NotificationName = keyof typeof NOTIFICATIONS;
export type NotificationData<N extends NotificationName> = z.infer<(typeof NOTIFICATIONS)[N]>;

export const Notification = z.strictObject({
  name: z.string().check(z.maxLength(64)),
  roomId: z.optional(Id),
  data: z.unknown(),
});
export type Notification = z.infer<typeof Notification>;
