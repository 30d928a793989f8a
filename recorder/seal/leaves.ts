/**
 * The leaves of a seal: what is covered, in which order, in which bytes. A leaf is the canonical JSON (RFC 8785) of one of
 * the objects below, UTF-8. The order is: the manifest; the log; blobs; then track by track, as the manifest lists them,
 * journals, inits, segments, thumbnails and fills; at last the files that only the seal names. docs/recording.md says the same.
 */
import { hash } from 'node:crypto';
import type { Manifest, ManifestTrack, StoredFile } from '../../signaling/protocol/manifest.ts';
import { canonicalJson } from './canonical.ts';
import { leafHash } from './merkle.ts';

/** What a leaf says of a file: where it stands, which stored bytes it has, and what else an outsider needs of it. */
export interface FileLeaf extends StoredFile {
  readonly kind: 'log' | 'blob' | 'journal' | 'init' | 'segment' | 'thumbnail' | 'fill' | 'other';
  readonly trackId?: string;
  /** Number of a segment. */
  readonly n?: number;
  readonly initId?: string;
  readonly fillId?: string;
  readonly mimeType?: string;
  /** Room time in milliseconds. */
  readonly from?: number;
  readonly to?: number;
  readonly at?: number;
  /** SHA-256 of salt and plain bytes, hex. */
  readonly plain?: string;
  /** Of a blob: SHA-256 of its plain bytes. */
  readonly sha256?: string;
  readonly entries?: number;
  readonly head?: string;
}

/** What an outsider learns of the recording itself, and the hash that stands for all of the manifest. */
export interface ManifestLeaf {
  readonly kind: 'manifest';
  readonly roomId: string;
  readonly incidentId: string;
  readonly drill: boolean;
  readonly createdUtc: number;
  /** Room time 0 in UTC milliseconds. */
  readonly anchorUtc: number;
  readonly from: number;
  readonly to: number;
  /** SHA-256 of the canonical JSON of the manifest without its seal, hex. */
  readonly manifest: string;
}

export type Leaf = ManifestLeaf | FileLeaf;

/** Index of the leaf of the manifest. */
export const MANIFEST_LEAF = 0;

/** All leaves of a manifest in their order. `others` are the files that the seal names itself. */
export function leavesOf(manifest: Manifest, others: readonly StoredFile[]): Leaf[] {
  return [
    manifestLeaf(manifest),
    ...fileLeavesOf(manifest),
    ...others.map((file): FileLeaf => ({ kind: 'other', ...stored(file) })),
  ];
}

/** Leaves of the files that the manifest names with their hash. */
export function fileLeavesOf(manifest: Manifest): FileLeaf[] {
  const { log, blobs, tracks } = manifest;
  return [
    { kind: 'log', ...stored(log), entries: log.entries, head: log.head },
    ...blobs.map((blob): FileLeaf => ({ kind: 'blob', ...stored(blob), sha256: blob.sha256 })),
    ...tracks.flatMap(trackLeaves),
  ];
}

/** Hashes of leaves, for tree and chain. */
export function leafHashes(leaves: readonly Leaf[]): Buffer[] {
  return leaves.map((leaf) => leafHash(Buffer.from(canonicalJson(leaf))));
}

function manifestLeaf(manifest: Manifest): ManifestLeaf {
  const { seal: _, ...rest } = manifest;
  const { roomId, incidentId, drill, createdUtc, anchorUtc, from, to } = manifest;
  const manifestHash = hash('sha256', canonicalJson(rest));
  return {
    kind: 'manifest',
    roomId,
    incidentId,
    drill,
    createdUtc,
    anchorUtc,
    from,
    to,
    manifest: manifestHash,
  };
}

function trackLeaves({ trackId, journal, inits, segments, thumbnails, fills }: ManifestTrack): FileLeaf[] {
  return [
    ...journal.map((file): FileLeaf => ({ kind: 'journal', trackId, ...stored(file) })),
    ...inits.map(
      (init): FileLeaf => ({
        kind: 'init',
        trackId,
        initId: init.initId,
        mimeType: init.mimeType,
        plain: init.plain,
        ...stored(init),
      }),
    ),
    ...segments.map(
      ({ n, initId, from, to, plain, ...file }): FileLeaf => ({
        kind: 'segment',
        trackId,
        n,
        initId,
        from,
        to,
        plain,
        ...stored(file),
      }),
    ),
    ...thumbnails.map(({ at, ...file }): FileLeaf => ({ kind: 'thumbnail', trackId, at, ...stored(file) })),
    ...fills.map(
      ({ fillId, mimeType, from, to, plain, ...file }): FileLeaf => ({
        kind: 'fill',
        trackId,
        fillId,
        mimeType,
        from,
        to,
        plain,
        ...stored(file),
      }),
    ),
  ];
}

function stored({ file, bytes, hash: sha256 }: StoredFile): StoredFile {
  return { file, bytes, hash: sha256 };
}
