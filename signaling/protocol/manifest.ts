/**
 * `manifest.json` of a recording: what there is, where, when, and what is missing. All times `from`, `to`, `at` are room
 * time in milliseconds; files are paths inside the package; hashes are SHA-256 in lower-case hex. It names people by id
 * only: their names stand in the encrypted log. The published JSON schema is made from this file.
 */
import * as z from 'zod/mini';
import { MediaKind, SourceRole } from './media.ts';
import { DataLabel } from './methods-media.ts';
import { TrackOwner } from './recorder.ts';
import { Id, Reason, RoomMs, UtcMs } from './values.ts';

export const MANIFEST_VERSION = 1;
const Hash = z.string().check(z.regex(/^[0-9a-f]{64}$/));
/** Relative, without `..`: letters, digits, `.`, `_`, `-` between slashes. */
export const PackagePath = z
  .string()
  .check(z.maxLength(200), z.regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/));
const Count = z.int().check(z.gte(0));

/** A file as it is stored, that is encrypted: its size and hash need no key to be checked. */
export const StoredFile = z.strictObject({ file: PackagePath, bytes: Count, hash: Hash });
export type StoredFile = z.infer<typeof StoredFile>;

/** What a player needs before the first segment; a new one where codec parameters or size change. */
export const Init = z.strictObject({
  initId: Id,
  ...StoredFile.shape,
  /** Full type for `MediaSource.isTypeSupported`, such as `video/mp4; codecs="vp09.00.51.08"`. */
  mimeType: z.string().check(z.maxLength(120)),
  /** Salted hash of the plain bytes, for proofs of a clip. */
  plain: Hash,
  width: z.optional(z.int()),
  height: z.optional(z.int()),
});
export type Init = z.infer<typeof Init>;

/** At most 2 s of one track, playable behind its init. Container times are room time. */
export const Segment = z.strictObject({
  n: Count,
  ...StoredFile.shape,
  initId: Id,
  from: RoomMs,
  to: RoomMs,
  frames: Count,
  /** Room times of keyframes in it. Audio has none: each packet stands alone. */
  keyframes: z.array(RoomMs),
  plain: Hash,
});
export type Segment = z.infer<typeof Segment>;

export const GAP_CAUSES = [
  'lost', // Packets that never arrived from the publisher.
  'kernel-drop', // Packets the recorder's host dropped before the recorder read them.
  'paused', // The source was paused or nobody asked it to send.
  'muted',
  'link', // The publisher's link was down.
  'silence', // Sound that was not sent because there was none (DTX).
  'recorder', // The recorder was away.
  'switched-off',
  'shed', // Given up for want of space.
  'no-keyframe', // Packets are there, but nothing decodes before the next keyframe.
  'unknown',
] as const;
export const GapCause = z.enum(GAP_CAUSES);
export type GapCause = z.infer<typeof GapCause>;

/** A time of a track without media. `silence`, `paused` and `muted` are no faults. */
export const Gap = z.strictObject({
  from: RoomMs,
  to: RoomMs,
  cause: GapCause,
  /** The vehicle's own copy that came later, by the id of its fill. */
  filled: z.optional(z.strictObject({ fillId: Id, at: UtcMs })),
});
export type Gap = z.infer<typeof Gap>;

/** One point of the relation between RTP timestamps and room time; linear between two points of a stretch. */
export const ClockPoint = z.strictObject({
  /** Grows by one where SSRC or timestamps start anew. */
  stretch: Count,
  /** Unwrapped RTP timestamp, in units of the track's clock rate, as decimal digits. */
  rtp: z.string().check(z.regex(/^-?\d{1,20}$/)),
  at: RoomMs,
  errorMs: z.number(),
  by: z.enum(['report', 'arrival']),
});
export type ClockPoint = z.infer<typeof ClockPoint>;

export const TrackStatistics = z.strictObject({
  packets: Count,
  bytes: Count,
  lost: Count,
  reordered: Count,
  duplicates: Count,
  kernelDrops: Count,
  frames: Count,
  keyframes: Count,
  brokenFrames: Count,
  ssrcChanges: Count,
  /** Sender reports that fit, and those that were refused as outliers. */
  reports: Count,
  refusedReports: Count,
});
export type TrackStatistics = z.infer<typeof TrackStatistics>;

/** A part of the vehicle's own copy, or another file in place of what is missing. */
export const Fill = z.strictObject({
  fillId: Id,
  peerId: Id,
  uploadedUtc: UtcMs,
  from: RoomMs,
  to: RoomMs,
  /** How well its time is known. */
  errorMs: z.number(),
  mimeType: z.string().check(z.maxLength(120)),
  /** A whole file, playable by itself; container time 0 is `from`. */
  ...StoredFile.shape,
  plain: Hash,
});
export type Fill = z.infer<typeof Fill>;

export const Thumbnail = z.strictObject({ at: RoomMs, ...StoredFile.shape });
export type Thumbnail = z.infer<typeof Thumbnail>;

export const Message = z.strictObject({
  at: RoomMs,
  /** SHA-256 of the plain payload, which is a blob, for stills; absent where the payload stands in the segment. */
  blob: z.optional(Hash),
});

export const ManifestTrack = z.strictObject({
  trackId: Id,
  kind: z.enum([...MediaKind.options, 'messages']),
  owner: TrackOwner,
  /** Of media. */
  role: z.optional(SourceRole),
  mimeType: z.optional(z.string().check(z.maxLength(60))),
  clockRate: z.optional(z.int()),
  /** Of timed messages. */
  label: z.optional(DataLabel),
  producerId: z.optional(Id),
  from: RoomMs,
  to: RoomMs,
  durableUntil: RoomMs,
  /** Owners of the room under whom it was written. */
  epochs: z.array(z.int()),
  inits: z.array(Init),
  segments: z.array(Segment),
  gaps: z.array(Gap),
  fills: z.array(Fill),
  clock: z.array(ClockPoint),
  statistics: TrackStatistics,
  journal: z.array(StoredFile),
  thumbnails: z.array(Thumbnail),
  /** HLS media playlist; absent for WebM and messages. */
  playlist: z.optional(PackagePath),
});
export type ManifestTrack = z.infer<typeof ManifestTrack>;

export const Blob = z.strictObject({
  /** SHA-256 of the plain bytes, by which facts name it. */
  sha256: Hash,
  mimeType: z.string().check(z.maxLength(100)),
  ...StoredFile.shape,
});
export type Blob = z.infer<typeof Blob>;

/** A file from elsewhere, added after the end and sealed by itself: voice logger, badge camera, monitor. */
export const Supplement = z.strictObject({
  supplementId: Id,
  kind: z.enum(['voice-logger', 'badge-camera', 'monitor', 'document', 'other']),
  addedUtc: UtcMs,
  addedBy: Id,
  reason: Reason,
  mimeType: z.string().check(z.maxLength(120)),
  plain: Hash,
  ...StoredFile.shape,
  /** Room time of its beginning, where it is known. */
  from: z.optional(RoomMs),
  /** Set for a part of the vehicle's own copy that came after the seal: of which track it is, and how well its time is known. */
  fillOf: z.optional(z.strictObject({ trackId: Id, peerId: Id, to: RoomMs, errorMs: z.number() })),
  /** SHA-256 of the canonical JSON of the supplement before it, or the root of the seal: what it was added behind. */
  after: Hash,
  /** RFC 7638 thumbprint of the installation's key. */
  keyId: z.string().check(z.maxLength(64)),
  /** Signature over the rest of this object (canonical JSON), base64url. */
  signature: z.string().check(z.maxLength(200)),
});
export type Supplement = z.infer<typeof Supplement>;

/** What the check after the end found. */
export const CheckResult = z.strictObject({
  atUtc: UtcMs,
  /** Segments decoded from first to last frame without an error, of all. */
  decoded: Count,
  segments: Count,
  /** Milliseconds of every track that neither a segment nor a listed gap covers; must be 0. */
  uncoveredMs: z.number(),
  /** Difference between sound and picture of one publisher, in milliseconds, where both have sender reports. */
  skew: z.array(z.strictObject({ peerId: Id, p50: z.number(), p95: z.number() })),
  problems: z.array(z.strictObject({ trackId: z.optional(Id), code: Id, detail: z.string() })),
});
export type CheckResult = z.infer<typeof CheckResult>;

/** Public half of the installation's key (RFC 7517, members as RFC 7638 needs them). */
export const SealKey = z.strictObject({
  crv: z.literal('P-256'),
  kty: z.literal('EC'),
  x: z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)),
  y: z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)),
});
export type SealKey = z.infer<typeof SealKey>;

/** The seal covers everything before it: see docs/recording.md for the exact bytes. */
export const Seal = z.strictObject({
  sealedUtc: UtcMs,
  /** Files of the package that the manifest has no hash of, such as playlists and indexes; they are leaves too. */
  files: z.array(StoredFile),
  /** Head of the chain over all leaves in order. */
  chain: Hash,
  /** RFC 6962 Merkle tree over the same leaves. */
  leaves: Count,
  root: Hash,
  /** RFC 7638 thumbprint of the installation's key. */
  keyId: z.string(),
  /** That key, so that a check needs nothing else; whose key it is must be known from elsewhere. */
  key: SealKey,
  /** ECDSA P-256 with SHA-256 (IEEE P1363 form), base64url. */
  signature: z.string(),
  /** RFC 3161: the token, or the request that waits for one. */
  timestamp: z.optional(z.strictObject({ request: StoredFile, token: z.optional(StoredFile) })),
});
export type Seal = z.infer<typeof Seal>;

export const Manifest = z.strictObject({
  format: z.literal('goldenhour-recording'),
  version: z.literal(MANIFEST_VERSION),
  roomId: Id,
  incidentId: Id,
  drill: z.boolean(),
  state: z.enum(['recording', 'ended', 'checked', 'sealed']),
  createdUtc: UtcMs,
  /** Room time 0 in UTC. */
  anchorUtc: z.number(),
  from: RoomMs,
  to: RoomMs,
  algorithms: z.strictObject({
    hash: z.literal('SHA-256'),
    cipher: z.literal('AES-256-GCM'),
    signature: z.literal('ECDSA-P256-SHA256'),
    tree: z.literal('RFC6962-SHA256'),
  }),
  /** When it was switched on and off, by whom, why. */
  spans: z.array(z.strictObject({ from: RoomMs, to: z.optional(RoomMs), by: Id, reason: Reason })),
  tracks: z.array(ManifestTrack),
  blobs: z.array(Blob),
  log: z.strictObject({ ...StoredFile.shape, entries: Count, head: z.string() }),
  check: z.optional(CheckResult),
  seal: z.optional(Seal),
});
export type Manifest = z.infer<typeof Manifest>;
