/**
 * Bodies of the HTTP interface of recordings, for server and pages alike; the routes stand in
 * `signaling/http/routes-recordings.ts`. Every look asks for a `visit` first: who, why, and which recording. Without a
 * written audit record nothing is answered. `:id` is the id of the room.
 *
 * GET  /api/recordings                         search (RecordingQuery → RecordingList)
 * POST /api/recordings/:id/visits              the reason, once (OpenVisit → Visit); the visit id goes with all below
 * GET  /api/recordings/:id?visit=              RecordingView: tracks without segments, facts on the time bar
 * GET  /api/recordings/:id/tracks/:trackId/segments?visit=&from=&to=   SegmentList of a time window
 * GET  /api/recordings/:id/files/…?visit=      the plain bytes of an init, segment, thumbnail, fill, blob or playlist
 * GET  /api/recordings/:id/entries?visit=&since=   the room's log as this reviewer may read it
 * POST /api/recordings/:id/seeks               which range was looked at (SeekReport), audited
 * POST /api/recordings/:id/verify?visit=       a Job; `…/jobs/:jobId` tells its progress
 * POST /api/recordings/:id/exports?visit=      ExportRequest → Job; `…/jobs/:jobId/file` downloads the result
 * POST /api/recordings/:id/reviewed            marks it as reviewed
 * POST /api/recordings/:id/hold                LegalHold; DELETE … lifts it
 * POST /api/recordings/:id/retention           RetentionChange
 * POST /api/recordings/:id/destroy             DestroyKeys: deletion, for one purpose or for all
 * POST /api/recordings/:id/supplements?visit=  announces a file from elsewhere (SupplementStart → UploadOffer); its reason
 *                                              is that of the visit
 * GET  /api/recordings/:id/supplements/:supplementId?visit=            UploadOffer: where to go on
 * PATCH /api/recordings/:id/supplements/:supplementId?visit=&offset=   bytes from this offset → UploadOffer
 * GET  /api/audit                              AuditQuery → AuditPage, for auditors
 * Vehicle, as the person or device whose source it was, with what the session knows and no visit:
 * GET  /api/rooms/:roomId/missing              MissingRanges of one's own sources
 * POST /api/rooms/:roomId/fills                FillStart → FillOffer
 * GET  /api/rooms/:roomId/fills/:fillId        FillOffer: where to go on
 * PATCH /api/rooms/:roomId/fills/:fillId?offset=   bytes from this offset (at most MAX_PIECE_BYTES) → FillOffer; 503 with
 *                                              `retryAfterMs` while live media needs the link
 */
import * as z from 'zod/mini';
import { Gap, ManifestTrack, Segment } from './manifest.ts';
import { MediaKind } from './media.ts';
import { Id, Label, PatientRef, Reason, RoomMs, UtcMs } from './values.ts';

/** What a key may be used for; destroying the wrapped keys of a purpose is deletion for that purpose. */
export const PURPOSES = ['care', 'quality', 'teaching', 'evidence'] as const;
export const Purpose = z.enum(PURPOSES);
export type Purpose = z.infer<typeof Purpose>;

export const RecordingState = z.enum(['recording', 'ended', 'checked', 'sealed', 'failed', 'destroyed']);

/** Query of the list. All given conditions must hold. Text conditions match whole words. */
export const RecordingQuery = z.strictObject({
  from: z.optional(z.coerce.number()),
  to: z.optional(z.coerce.number()),
  incidentId: z.optional(Id),
  /** A word of the patient's name or identifier; kept as keyed hashes, so only whole words are found. */
  patient: z.optional(Label),
  /** A word of the name of someone who was in the room. */
  person: z.optional(Label),
  unitId: z.optional(Id),
  gaps: z.optional(z.enum(['with', 'without'])),
  drill: z.optional(z.enum(['with', 'only', 'without'])),
  reviewed: z.optional(z.enum(['yes', 'no'])),
  /** Newest first; the rows before this time and id. */
  before: z.optional(z.string().check(z.maxLength(120))),
  limit: z.optional(z.coerce.number().check(z.int(), z.gte(1), z.lte(100))),
});
export type RecordingQuery = z.infer<typeof RecordingQuery>;

export const RecordingSummary = z.strictObject({
  recordingId: Id,
  incidentId: Id,
  title: Label,
  drill: z.boolean(),
  state: RecordingState,
  startedUtc: UtcMs,
  durationMs: z.number(),
  bytes: z.number(),
  tracks: z.int(),
  /** Faults only: not silence, pause or mute. */
  gaps: z.int(),
  unitIds: z.array(Id),
  people: z.array(Label),
  patients: z.array(z.strictObject({ patientId: PatientRef, name: z.optional(Label) })),
  verified: z.optional(z.boolean()),
  reviewedBy: z.optional(Label),
  legalHold: z.optional(z.strictObject({ by: Label, reason: Reason, since: UtcMs })),
  retentionClass: z.enum(['standard', 'short', 'long', 'drill']),
  deleteAfter: z.optional(UtcMs),
  /** Of a destroyed recording in lists: who did it, or which rule; the reason only for reviewers of the centre. */
  deletion: z.optional(
    z.strictObject({
      utc: UtcMs,
      by: z.optional(Label),
      rule: z.optional(z.string().check(z.maxLength(64))),
      reason: z.optional(Reason),
    }),
  ),
});
export type RecordingSummary = z.infer<typeof RecordingSummary>;

export const RecordingList = z.strictObject({
  recordings: z.array(RecordingSummary),
  /** For the next page; absent at the end. */
  before: z.optional(z.string()),
});

export const OpenVisit = z.strictObject({ purpose: Purpose, reason: Reason });
export const Visit = z.strictObject({ visitId: Id, expiresAt: UtcMs });
export type Visit = z.infer<typeof Visit>;

/** A track as the player needs it first: all but its segments, clock and journal. */
export const TrackView = z.extend(z.omit(ManifestTrack, { segments: true, clock: true, journal: true }), {
  /** The producer's label as the log has it. */
  title: z.optional(Label),
  /** Name of who sent it. */
  sender: z.optional(Label),
});
export type TrackView = z.infer<typeof TrackView>;

/** A fact as a mark on the time bar; `kind` groups them for colours and jumps. */
export const TimelineMark = z.strictObject({
  seq: z.int(),
  at: RoomMs,
  kind: z.enum(['people', 'sources', 'care', 'orders', 'chat', 'help', 'recording', 'alarm', 'room']),
  type: z.string(),
});
export type TimelineMark = z.infer<typeof TimelineMark>;

export const RecordingView = z.strictObject({
  summary: RecordingSummary,
  anchorUtc: z.number(),
  from: RoomMs,
  to: RoomMs,
  /** True while the room goes on: ask again about once a second for what is new. */
  live: z.boolean(),
  tracks: z.array(TrackView),
  marks: z.array(TimelineMark),
  seal: z.optional(z.strictObject({ sealedUtc: UtcMs, root: z.string(), timestamped: z.boolean() })),
  mayExport: z.boolean(),
});
export type RecordingView = z.infer<typeof RecordingView>;

export const SegmentQuery = z.strictObject({
  visit: Id,
  from: z.coerce.number().check(z.gte(0)),
  /** At most ten minutes behind `from`. */
  to: z.coerce.number().check(z.gte(0)),
});
export const SegmentView = z.omit(Segment, { hash: true, plain: true, bytes: true });
export type SegmentView = z.infer<typeof SegmentView>;
/** Segments that overlap the window, and before them those from the last keyframe on. */
export const SegmentList = z.strictObject({
  segments: z.array(SegmentView),
  gaps: z.array(Gap),
  /** Room time up to which the answer is complete, in a room that goes on. */
  completeTo: RoomMs,
});
export type SegmentList = z.infer<typeof SegmentList>;

export const SeekReport = z.strictObject({
  visit: Id,
  ranges: z.array(z.strictObject({ from: RoomMs, to: RoomMs })).check(z.minLength(1), z.maxLength(100)),
});

/** A rectangle in 0..1 of the picture, or silence, for a time. */
export const Blanking = z.strictObject({
  trackId: Id,
  from: RoomMs,
  to: RoomMs,
  kind: MediaKind,
  area: z.optional(z.strictObject({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })),
});
export type Blanking = z.infer<typeof Blanking>;

export const ExportRequest = z.strictObject({
  trackIds: z.array(Id).check(z.minLength(1), z.maxLength(9)),
  from: RoomMs,
  to: RoomMs,
  language: z.enum(['zh-CN', 'en']),
  /** Names and clock in the picture. */
  captions: z.boolean(),
  /** Marks that people drew, where the wearer saw them; shown unless this says no. */
  showMarks: z.optional(z.boolean()),
  blank: z.array(Blanking).check(z.maxLength(100)),
  reason: Reason,
});
export type ExportRequest = z.infer<typeof ExportRequest>;

export const Job = z.strictObject({
  jobId: Id,
  kind: z.enum(['verify', 'export']),
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  /** 0 to 1. */
  progress: z.number(),
  /** What it does now, or why it failed, as a code to translate. */
  step: z.string().check(z.maxLength(64)),
  bytes: z.optional(z.number()),
  result: z.optional(z.record(z.string(), z.unknown())),
});
export type Job = z.infer<typeof Job>;

export const LegalHold = z.strictObject({ reason: Reason });
export const RetentionChange = z.strictObject({
  retentionClass: z.enum(['standard', 'short', 'long', 'drill']),
  reason: Reason,
});
export const DestroyKeys = z.strictObject({
  purposes: z.array(Purpose).check(z.minLength(1)),
  reason: Reason,
});

/** The vehicle announces a part of its own copy. The same part again is answered with where to go on. */
export const FillStart = z.strictObject({
  fillId: Id,
  /** The source it is a copy of. */
  producerId: Id,
  /** Room time of container time 0, and how well it is known. */
  from: RoomMs,
  to: RoomMs,
  errorMs: z.number().check(z.gte(0), z.lte(10_000)),
  mimeType: z.string().check(z.regex(/^(?:video|audio)\/(?:mp4|webm)(?:; ?codecs="[\w., -]{1,80}")?$/)),
  bytes: z.int().check(z.gte(1), z.lte(256 * 1024 * 1024)),
  /** SHA-256 of the whole file, hex. */
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});
export type FillStart = z.infer<typeof FillStart>;
/** `needed: false`: the recorder has this time already, nothing is to be sent. */
export const FillOffer = z.strictObject({ needed: z.boolean(), offset: z.int().check(z.gte(0)) });
export type FillOffer = z.infer<typeof FillOffer>;
/** Largest piece of an upload in one request, which must arrive within 30 s: choose smaller ones on a thin link. */
export const MAX_PIECE_BYTES = 8 * 1024 * 1024;

/** A file from elsewhere: voice logger, badge camera, monitor. The same again is answered with where to go on. */
export const SupplementStart = z.strictObject({
  supplementId: Id,
  kind: z.enum(['voice-logger', 'badge-camera', 'monitor', 'document', 'other']),
  mimeType: z.string().check(z.regex(/^[\w.+-]{1,60}\/[\w.+-]{1,60}$/)),
  /** Room time of its beginning, where it is known. */
  from: z.optional(RoomMs),
  bytes: z.int().check(z.gte(1), z.lte(8 * 1024 ** 3)),
  /** SHA-256 of the whole file, hex. */
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});
export type SupplementStart = z.infer<typeof SupplementStart>;
/** `done`: the whole file has come, was right and is in the package. */
export const UploadOffer = z.strictObject({ done: z.boolean(), offset: z.int().check(z.gte(0)) });
export type UploadOffer = z.infer<typeof UploadOffer>;

/** What is missing of a source, so that the vehicle knows what to send. */
export const MissingRanges = z.strictObject({
  ranges: z.array(z.strictObject({ producerId: Id, from: RoomMs, to: RoomMs })),
});
export type MissingRanges = z.infer<typeof MissingRanges>;

export const AuditQuery = z.strictObject({
  before: z.optional(z.coerce.number()),
  roomId: z.optional(Id),
  principalId: z.optional(Id),
  limit: z.optional(z.coerce.number().check(z.int(), z.gte(1), z.lte(200))),
});
export const AuditPage = z.strictObject({
  entries: z.array(
    z.strictObject({
      seq: z.int(),
      utc: UtcMs,
      action: z.string(),
      allowed: z.boolean(),
      principalId: Id,
      /** Name of the person now, where there is one. */
      name: z.optional(Label),
      /** The reason that the person gave, where one was asked for. */
      reason: z.optional(Reason),
      roomId: z.optional(Id),
      details: z.record(z.string(), z.unknown()),
    }),
  ),
  /** Whether the whole chain holds. */
  chain: z.enum(['whole', 'broken']),
});
export type AuditPage = z.infer<typeof AuditPage>;
