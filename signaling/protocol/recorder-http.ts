/**
 * The internal HTTP between signaling and a recorder, on the port of the recorder's link: everything of recordings that
 * is bytes or takes long. Signaling decides who may and writes the audit before it asks; the recorder decrypts and
 * believes whoever knows the cluster secret. Each request carries `Authorization: Bearer` with a token of
 * `platform/rpc/proof.ts`. Errors are `WireError` with their HTTP status. `:id` is the id of the room, and `purpose` says
 * under which wrapped keys something is read: a purpose whose keys are destroyed is answered with `closed`.
 *
 * GET    /recordings                               RecordingHeads: what stands on this recorder's disk
 * GET    /recordings/:id                           RecordingHead
 * GET    /recordings/:id/tracks/:trackId/segments?from=&to=   SegmentList (recordings.ts)
 * GET    /recordings/:id/files/<path>?purpose=     plain bytes of a file the manifest names; `Range` is answered
 * PUT    /recordings/:id/blobs/:sha256             bytes with their `Content-Type` → BlobStored; again is no error
 * GET    /recordings/:id/missing?trackIds=a,b      MissingRanges (recordings.ts) of these tracks
 * POST   /recordings/:id/fills                     RecorderFillStart → FillOffer (recordings.ts)
 * GET    /recordings/:id/fills/:fillId             FillOffer: where to go on
 * PATCH  /recordings/:id/fills/:fillId?offset=     bytes from this offset → FillOffer; whole: checked, then in the package
 * POST   /recordings/:id/supplements               RecorderSupplementStart → UploadOffer (recordings.ts)
 * GET    /recordings/:id/supplements/:supplementId UploadOffer: where to go on
 * PATCH  /recordings/:id/supplements/:supplementId?offset=   bytes from this offset → UploadOffer
 * POST   /recordings/:id/jobs                      JobRequest → Job (recordings.ts); the same id again is the same job
 * GET    /recordings/:id/jobs/:jobId               Job
 * DELETE /recordings/:id/jobs/:jobId               cancels it
 * GET    /recordings/:id/jobs/:jobId/file          the result of an export; `Range` is answered
 * POST   /recordings/:id/destroy                   DestroyRequest → Destroyed
 */
import * as z from 'zod/mini';
import { SceneFact } from './events-marks.ts';
import { CheckResult, Manifest, ManifestTrack, PackagePath } from './manifest.ts';
import { DestroyKeys, ExportRequest, FillStart, Purpose, SupplementStart } from './recordings.ts';
import { Id, Label, Reason, RoomMs, UtcMs } from './values.ts';

/** Largest photo or image. */
export const MAX_BLOB_BYTES = 32 * 1024 ** 2;
/** Longest window of segments, in milliseconds. */
export const MAX_WINDOW_MS = 600_000;
/** Thumbnails of a track in a head: more than fit beside each other on a time bar. */
export const MAX_HEAD_THUMBNAILS = 200;

/** A track without what grows with its length; of its thumbnails at most MAX_HEAD_THUMBNAILS, spread evenly. */
export const TrackHead = z.omit(ManifestTrack, { segments: true, clock: true, journal: true });
export type TrackHead = z.infer<typeof TrackHead>;

/** A recording without what grows with its length. */
export const RecordingHead = z.strictObject({
  roomId: Manifest.shape.roomId,
  incidentId: Manifest.shape.incidentId,
  drill: Manifest.shape.drill,
  state: Manifest.shape.state,
  createdUtc: Manifest.shape.createdUtc,
  anchorUtc: Manifest.shape.anchorUtc,
  from: Manifest.shape.from,
  to: Manifest.shape.to,
  /** All stored files together. */
  bytes: z.number(),
  /** Faults only: not silence, pause or mute. */
  gaps: z.int(),
  /** Purposes whose keys still stand. */
  purposes: z.array(Purpose),
  tracks: z.array(TrackHead),
  check: z.optional(CheckResult),
  seal: z.optional(z.strictObject({ sealedUtc: UtcMs, root: z.string(), timestamped: z.boolean() })),
});
export type RecordingHead = z.infer<typeof RecordingHead>;

/** Without tracks: for a catalog that is made anew. `readable` is false where manifest.json is damaged. */
export const RecordingHeads = z.strictObject({
  recordings: z.array(z.strictObject({ roomId: Id, readable: z.boolean() })),
});

export const SegmentWindow = z.strictObject({
  from: z.coerce.number().check(z.gte(0)),
  /** At most MAX_WINDOW_MS behind `from`. */
  to: z.coerce.number().check(z.gte(0)),
});
export const FileQuery = z.strictObject({ purpose: Purpose });
export const FilePath = PackagePath;
export const MissingQuery = z.strictObject({ trackIds: z.string().check(z.maxLength(2000)) });
export const BlobStored = z.strictObject({ sha256: z.string(), bytes: z.int() });

/** The announcement of the vehicle, and whose copy it is as the log has it. */
export const RecorderFillStart = z.extend(FillStart, { peerId: Id });
export type RecorderFillStart = z.infer<typeof RecorderFillStart>;
export const PieceQuery = z.strictObject({ offset: z.coerce.number().check(z.int(), z.gte(0)) });

/** The announcement, who added it and why. */
export const RecorderSupplementStart = z.extend(SupplementStart, { addedBy: Id, reason: Reason });
export type RecorderSupplementStart = z.infer<typeof RecorderSupplementStart>;

/** One line of the custody page: who had the recording in hand, as the audit has it. */
export const CustodyLine = z.strictObject({
  utc: UtcMs,
  action: z.string().check(z.maxLength(64)),
  who: Label,
});
export type CustodyLine = z.infer<typeof CustodyLine>;

/** More than a room of many hours has. */
export const MAX_DRAWN_FACTS = 5000;

export const JobRequest = z.discriminatedUnion('kind', [
  z.strictObject({ jobId: Id, kind: z.literal('verify') }),
  z.strictObject({
    jobId: Id,
    kind: z.literal('export'),
    request: ExportRequest,
    purpose: Purpose,
    /** Who asked for it. */
    by: Label,
    title: Label,
    /** What stands in the picture of each track: its label and who sent it. */
    labels: z.record(Id, Label),
    /** Facts as marks, in words of the page's language. */
    marks: z.array(z.strictObject({ at: RoomMs, text: Label })).check(z.maxLength(5000)),
    /** Facts of the marks that people drew, for the pictures. */
    drawn: z.optional(
      z.array(z.strictObject({ at: RoomMs, fact: SceneFact })).check(z.maxLength(MAX_DRAWN_FACTS)),
    ),
    custody: z.array(CustodyLine).check(z.maxLength(5000)),
  }),
]);
export type JobRequest = z.infer<typeof JobRequest>;

export const DestroyRequest = z.strictObject({
  purposes: DestroyKeys.shape.purposes,
  /** Removes the files as well, once no purpose has keys any more. */
  removeFiles: z.boolean(),
});
export type DestroyRequest = z.infer<typeof DestroyRequest>;
/** What is left as proof that it was there. */
export const Destroyed = z.strictObject({
  /** Purposes whose keys still stand. */
  purposes: z.array(Purpose),
  root: z.optional(z.string()),
  /** SHA-256 of manifest.json as it was. */
  manifest: z.optional(z.string()),
  filesRemoved: z.boolean(),
});
export type Destroyed = z.infer<typeof Destroyed>;
