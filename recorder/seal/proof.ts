/** The proof of one clip: what an outsider needs beside the clip itself. docs/recording.md tells how it is checked by hand. */
import * as z from 'zod/mini';
import { SealKey } from '../../signaling/protocol/manifest.ts';

const Hash = z.string().check(z.regex(/^[0-9a-f]{64}$/));
const Path = z.array(Hash).check(z.maxLength(64));

export const ClipPiece = z.strictObject({
  /** Bytes of the clip that are this file's, from the end of the piece before. */
  bytes: z.int().check(z.gte(0)),
  /** base64url; SHA-256 of salt and bytes is `leaf.plain`. */
  salt: z.string().check(z.regex(/^[A-Za-z0-9_-]{22,100}$/)),
  /** Number of the leaf in the tree. */
  index: z.int().check(z.gte(0)),
  leaf: z.record(z.string(), z.union([z.string(), z.number()])),
  path: Path,
});

export const ClipProof = z.strictObject({
  format: z.literal('goldenhour-clip-proof'),
  version: z.literal(1),
  roomId: z.string(),
  /** Name of the clip's file beside the proof. */
  clip: z.string(),
  seal: z.strictObject({
    sealedUtc: z.int(),
    chain: Hash,
    leaves: z.int(),
    root: Hash,
    keyId: z.string(),
    key: SealKey,
    signature: z.string(),
  }),
  /** The leaf of the recording itself: which room, and when its time 0 was. */
  recording: z.strictObject({
    leaf: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    path: Path,
  }),
  /** An init first, then segments in their order; or one fill. */
  pieces: z.array(ClipPiece).check(z.minLength(1)),
  /** base64 of the RFC 3161 token, where the seal has one. */
  timestampToken: z.optional(z.string()),
});
export type ClipProof = z.infer<typeof ClipProof>;
