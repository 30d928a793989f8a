/**
 * The contract between the owner of a room and a recorder (design sections 3 and 7): ordered requests with deadlines,
 * events, and `recorder.dump` to resume after either side was away. Media never takes this way: it flows from the tap
 * of the media node (`tap.*` in `control.ts`) to a UDP socket of the recorder on the same host. Every request about a
 * room carries the owner's epoch; lower ones are refused, so two owners can never write one track. Idempotent by ids.
 */
import * as z from 'zod/mini';
import { MediaKind, RtpParameters, SourceRole } from './media.ts';
import { DataLabel } from './methods-media.ts';
import { Id, PatientRef, Reason, RoomMs, Seq, UtcMs } from './values.ts';

const Nothing = z.strictObject({});
const room = { roomId: Id, epoch: z.int() };
const track = { ...room, trackId: Id };

/** Who and what a track is of. Ids only: names stand in the encrypted log. */
export const TrackOwner = z.strictObject({
  peerId: Id,
  organisationId: Id,
  unitId: z.optional(Id),
  patientId: PatientRef,
});
export type TrackOwner = z.infer<typeof TrackOwner>;

/** A track of packets. Its id is the producer's, which stays over rebuilt media. */
export const MediaTrack = z.strictObject({
  trackId: Id,
  kind: MediaKind,
  role: SourceRole,
  owner: TrackOwner,
  /** Of the consumer on the tap: SSRC and payload type of every encoding, best last for simulcast. */
  rtpParameters: RtpParameters,
});
export type MediaTrack = z.infer<typeof MediaTrack>;

/** A track of timed messages: drawing previews, stills, and what later channels bring. Its id is the data producer's. */
export const MessageTrack = z.strictObject({
  trackId: Id,
  label: DataLabel,
  /** The video source that stills belong to. */
  producerId: z.optional(Id),
  owner: TrackOwner,
});
export type MessageTrack = z.infer<typeof MessageTrack>;

export const DISK_LEVELS = ['ok', 'no-thumbnails', 'no-overview', 'no-4k', 'essential', 'full'] as const;
/**
 * What space still allows, best first. Each level also has what the ones before it gave up: `no-overview` stops tracks of
 * overview, screen and face cameras, `no-4k` the layers above 1080 lines, `essential` everything but sound and the
 * patient camera; `full` writes nothing more.
 */
export const DiskLevel = z.enum(DISK_LEVELS);
export type DiskLevel = z.infer<typeof DiskLevel>;

export const TrackStatus = z.strictObject({
  trackId: Id,
  /** Room time up to which the track is on the disk. */
  durableUntil: RoomMs,
  /** `idle`: nothing arrives, which is right while paused. `shed`: given up for space. */
  state: z.enum(['recording', 'idle', 'shed', 'ended']),
});
export type TrackStatus = z.infer<typeof TrackStatus>;

/** The sealed form of a log entry, as `signaling/rooms` keeps it: the payload stays encrypted under the room's key. */
export const SealedLogLine = z.strictObject({
  seq: Seq,
  epoch: z.int(),
  at: RoomMs,
  utc: UtcMs,
  actor: Id,
  commandId: z.optional(Id),
  /** JSON text exactly as the chain covers it. */
  audience: z.string(),
  payloadHash: z.string(),
  hash: z.string(),
  /** base64 of nonce, ciphertext and tag. */
  body: z.string(),
});
export type SealedLogLine = z.infer<typeof SealedLogLine>;

export const RECORDER = {
  'recorder.describe': {
    params: Nothing,
    result: z.strictObject({
      recorderId: Id,
      /** The media node on whose host it runs. */
      nodeId: Id,
      bootId: Id,
      disk: z.strictObject({ level: DiskLevel, freeBytes: z.number(), reserveBytes: z.number() }),
      /** False until a copy of the master key is confirmed elsewhere in production. */
      ready: z.boolean(),
    }),
  },
  /** Monotonic milliseconds of the recorder's host, for the offset to room time. */
  'recorder.clock': { params: Nothing, result: z.strictObject({ monotonicMs: z.number() }) },
  /**
   * What it holds of rooms that have not ended. A named room that it has and cannot open now is refused with why, such as
   * `recording-locked`: what the answer lacks was never there, or has ended.
   */
  'recorder.dump': {
    params: z.strictObject({ roomIds: z.optional(z.array(Id)) }),
    result: z.strictObject({
      rooms: z.array(
        z.strictObject({
          roomId: Id,
          epoch: z.int(),
          recording: z.boolean(),
          tap: z.nullable(z.strictObject({ tapId: Id, ip: z.string(), port: z.int() })),
          tracks: z.array(TrackStatus),
          /** Number of the last log entry it holds. */
          logSeq: Seq,
        }),
      ),
    }),
  },
  /** Opens the recording of a room, new or found on disk. Refused with `disk-full` when the reserve is not there. */
  'room.open': {
    params: z.strictObject({
      ...room,
      incidentId: Id,
      drill: z.boolean(),
      createdUtc: UtcMs,
      /** Who switched it on, or `system`, and why; a gap of the recording ends here. */
      by: Id,
      reason: Reason,
    }),
    result: z.strictObject({ logSeq: Seq }),
  },
  /** The measured relation of the recorder's clock to room time: `room = monotonic + offset`. About every 5 s. */
  'room.clock': {
    params: z.strictObject({ ...room, offsetMs: z.number(), errorMs: z.number() }),
    result: Nothing,
  },
  /** Appends to `log.jsonl`. What is there already is skipped; a hole is refused with `conflict`. */
  'room.log': {
    params: z.strictObject({ ...room, lines: z.array(SealedLogLine).check(z.maxLength(200)) }),
    result: z.strictObject({ logSeq: Seq }),
  },
  /** Switched off by a role that may; tracks end, the package stays open for going on. */
  'room.pause': { params: z.strictObject({ ...room, by: Id, reason: Reason }), result: Nothing },
  /** The room has closed: the recording ends, is checked and sealed by the recorder itself, now or after a restart. */
  'room.finish': { params: z.strictObject({ ...room, endedAt: RoomMs, reason: Reason }), result: Nothing },

  /** A UDP socket on loopback for one tap. Answers the same socket for the same tap. */
  'tap.open': {
    params: z.strictObject({ ...room, tapId: Id }),
    result: z.strictObject({ ip: z.string(), port: z.int() }),
  },
  /** Where the node sends from: packets of other senders are dropped and counted. */
  'tap.connect': {
    params: z.strictObject({ ...room, tapId: Id, ip: z.string(), port: z.int(), feedPort: z.int() }),
    result: Nothing,
  },
  'tap.close': { params: z.strictObject({ ...room, tapId: Id }), result: Nothing },

  /** Starts a track, or goes on with it: with changed parameters a new stretch of the same track begins. */
  'track.start': { params: z.strictObject({ ...room, tapId: Id, track: MediaTrack }), result: Nothing },
  'track.startMessages': {
    params: z.strictObject({ ...room, tapId: Id, track: MessageTrack }),
    result: Nothing,
  },
  /** Why nothing arrives, or why it goes on: what a gap is named by. */
  'track.note': {
    params: z.strictObject({
      ...track,
      note: z.enum(['paused', 'resumed', 'muted', 'unmuted', 'link-lost', 'link-back', 'rung']),
      detail: z.optional(z.string().check(z.maxLength(64))),
    }),
    result: Nothing,
  },
  'track.stop': { params: z.strictObject({ ...track, reason: Reason }), result: Nothing },
  /** Asks the source for a keyframe through the tap. */
  'track.requestKeyFrame': { params: z.strictObject(track), result: Nothing },
} as const;

export type RecorderMethod = keyof typeof RECORDER;
export type RecorderParams<M extends RecorderMethod> = z.infer<(typeof RECORDER)[M]['params']>;
export type RecorderResult<M extends RecorderMethod> = z.infer<(typeof RECORDER)[M]['result']>;

export const RECORDER_EVENTS = {
  /** About once a second and room: how far each track is on the disk. */
  'room.durable': z.strictObject({ roomId: Id, tracks: z.array(TrackStatus) }),
  'disk.level': z.strictObject({ level: DiskLevel, freeBytes: z.number() }),
  /** Something a person must know: a write that failed, kernel drops, a packager that is behind. */
  'room.alarm': z.strictObject({
    roomId: Id,
    code: z.enum(['write-failed', 'slow-disk', 'kernel-drops', 'packager-behind', 'shed', 'clock']),
    trackId: z.optional(Id),
    detail: z.optional(z.string().check(z.maxLength(200))),
  }),
  /** Progress after the room has closed, and what the check and the seal found. */
  'room.package': z.strictObject({
    roomId: Id,
    state: z.enum(['recording', 'ended', 'checked', 'sealed', 'failed']),
    tracks: z.int(),
    gaps: z.int(),
    durationMs: z.number(),
    bytes: z.number(),
    verified: z.optional(z.boolean()),
    detail: z.optional(z.string().check(z.maxLength(200))),
  }),
} as const;
export type RecorderEvent = keyof typeof RECORDER_EVENTS;
export type RecorderEventData<E extends RecorderEvent> = z.infer<(typeof RECORDER_EVENTS)[E]>;

export const RECORDER_TABLE = { methods: RECORDER, events: RECORDER_EVENTS } as const;

/** What the owner of rooms sees of one recorder. */
export interface RecorderClient {
  readonly nodeId: string;
  readonly connected: boolean;
  request<M extends RecorderMethod>(
    method: M,
    params: RecorderParams<M>,
    deadlineMs?: number,
  ): Promise<RecorderResult<M>>;
  on<E extends RecorderEvent>(event: E, listener: (data: RecorderEventData<E>) => void): () => void;
  /** `up` after each (re)connect, when `recorder.dump` must be compared. */
  onLink(listener: (state: 'up' | 'down') => void): () => void;
  close(reason: string): Promise<void>;
}

/** What a recorder implements; the link calls it with parsed parameters. */
export interface RecorderServer {
  handle<M extends RecorderMethod>(method: M, params: RecorderParams<M>): Promise<RecorderResult<M>>;
  onEvent(listener: <E extends RecorderEvent>(event: E, data: RecorderEventData<E>) => void): () => void;
}
