/** Takes clips out of a sealed package: ordinary playable files of its unchanged segments, each with its proof. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../platform/errors.ts';
import type { ManifestTrack, Seal } from '../../signaling/protocol/manifest.ts';
import { leafHashes, leavesOf, MANIFEST_LEAF } from './leaves.ts';
import { readManifest } from './manifest-file.ts';
import { MerkleTree } from './merkle.ts';
import { type PlainAccess, saltedHash } from './plain.ts';
import type { ClipProof } from './proof.ts';

/** Files of one clip, in the order in which their plain bytes make it. */
export interface ClipFiles {
  readonly trackId: string;
  readonly files: readonly string[];
  readonly mimeType: string;
  /** Room time in milliseconds; may begin before what was asked for, at a keyframe. */
  readonly from: number;
  readonly to: number;
}

/**
 * The clips that hold a track from `from` to `to`: each begins at the last keyframe before it, and a new one begins where
 * the init changes or a segment is missing. Fills of that time are clips of their own.
 */
export function clipsOf(track: ManifestTrack, from: number, to: number): ClipFiles[] {
  const clips: (ClipFiles & { initId: string; last: number; files: string[]; to: number })[] = [];
  for (const segment of withKeyframeBefore(track, from, to)) {
    const open = clips.at(-1);
    const joins = open && open.initId === segment.initId && open.last + 1 === segment.n;
    if (joins && !gapBetween(track, open.to, segment.from)) {
      open.files.push(segment.file);
      Object.assign(open, { last: segment.n, to: segment.to });
      continue;
    }
    const init = track.inits.find(({ initId }) => initId === segment.initId);
    if (!init) throw damaged(`segment ${segment.n} of ${track.trackId} names no init`);
    clips.push({
      ...{ trackId: track.trackId, mimeType: init.mimeType, initId: init.initId, last: segment.n },
      ...{ files: [init.file, segment.file], from: segment.from, to: segment.to },
    });
  }
  const fills = track.fills.filter((fill) => fill.to > from && fill.from < to);
  return [
    ...clips.map(({ trackId, files, mimeType, from: start, to: end }) => ({
      ...{ trackId, files, mimeType, from: start, to: end },
    })),
    ...fills.map((fill) => ({
      ...{ trackId: track.trackId, files: [fill.file], mimeType: fill.mimeType },
      ...{ from: fill.from, to: fill.to },
    })),
  ];
}

/** Whether something is missing between two segments; silence that was not sent is not. */
function gapBetween({ gaps }: ManifestTrack, from: number, to: number): boolean {
  return gaps.some((gap) => gap.cause !== 'silence' && gap.from < to && gap.to > from);
}

/** Segments that overlap the time, and those before them from the last keyframe on. Sound needs none. */
export function withKeyframeBefore(track: ManifestTrack, from: number, to: number) {
  const { segments } = track;
  let first = segments.findIndex((segment) => segment.to > from);
  if (first === -1) return [];
  if (track.kind === 'video') {
    const start = segments[first];
    const begins = start?.keyframes.some((at) => at <= Math.max(from, start.from));
    for (let at = first - 1; !begins && at >= 0; at -= 1) {
      const before = segments[at];
      if (!before || before.initId !== start?.initId || before.n + 1 !== segments[first]?.n) break;
      first = at;
      if (before.keyframes.length > 0) break;
    }
  }
  return segments.slice(first).filter((segment) => segment.from < to);
}

/** Makes proofs for clips of one package; the tree is built once. */
export class ClipProver {
  readonly #access: PlainAccess;
  readonly #proofBase: Omit<ClipProof, 'clip' | 'pieces'>;
  readonly #leaves: ReturnType<typeof leavesOf>;
  readonly #tree: MerkleTree;
  readonly #indexOf: ReadonlyMap<string, number>;

  private constructor(
    access: PlainAccess,
    base: Omit<ClipProof, 'clip' | 'pieces'>,
    leaves: ReturnType<typeof leavesOf>,
    tree: MerkleTree,
  ) {
    this.#access = access;
    this.#proofBase = base;
    this.#leaves = leaves;
    this.#tree = tree;
    this.#indexOf = new Map(
      leaves.flatMap((leaf, index) => (leaf.kind === 'manifest' ? [] : [[leaf.file, index] as const])),
    );
  }

  /** Throws `not-sealed`: what is not sealed cannot be proven. */
  static async open(folder: string, access: PlainAccess): Promise<ClipProver> {
    const { manifest } = await readManifest(folder);
    const { seal, roomId } = manifest;
    if (!seal)
      throw new AppError('not-sealed', `Recording ${roomId} is not sealed yet.`, {
        status: 409,
        whatToDo: 'Proofs exist once the recording has ended and was sealed.',
      });
    const leaves = leavesOf(manifest, seal.files);
    const tree = new MerkleTree(leafHashes(leaves));
    const [leaf] = leaves;
    if (leaf?.kind !== 'manifest') throw damaged('it has no leaves');
    const recording = { leaf: { ...leaf }, path: tree.path(MANIFEST_LEAF).map(hex) };
    const token = seal.timestamp?.token;
    const timestamp =
      token === undefined ? {} : { timestampToken: await readFile(join(folder, token.file), 'base64') };
    const base = {
      format: 'goldenhour-clip-proof',
      version: 1,
      roomId,
      seal: sealOf(seal),
      recording,
    } as const;
    return new ClipProver(access, { ...base, ...timestamp }, leaves, tree);
  }

  /**
   * Writes a clip through `write`, piece by piece, and returns its proof. Each piece is checked against its leaf first.
   * Throws `package-damaged` when the plain bytes are not those that were sealed.
   *
   * @param name of the clip's file, which the proof names
   */
  async prove(
    clip: ClipFiles,
    name: string,
    write: (piece: Uint8Array) => Promise<void>,
  ): Promise<ClipProof> {
    const pieces: ClipProof['pieces'] = [];
    for (const file of clip.files) {
      const index = this.#indexOf.get(file);
      const leaf = index === undefined ? undefined : this.#leaves[index];
      if (index === undefined || leaf === undefined || leaf.kind === 'manifest')
        throw damaged(`${file} was not sealed`);
      const { plain, salt } = await this.#access.open(file);
      if (saltedHash(salt, plain) !== leaf.plain) throw damaged(`${file} is not as it was sealed`);
      await write(plain);
      pieces.push({
        bytes: plain.length,
        salt: Buffer.from(salt).toString('base64url'),
        index,
        leaf: { ...leaf },
        path: this.#tree.path(index).map(hex),
      });
    }
    return { ...this.#proofBase, clip: name, pieces };
  }
}

function sealOf({ sealedUtc, chain, leaves, root, keyId, key, signature }: Seal): ClipProof['seal'] {
  return { sealedUtc, chain, leaves, root, keyId, key, signature };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function damaged(what: string): AppError {
  return new AppError('package-damaged', `The package is damaged: ${what}.`, {
    whatToDo: 'Run "goldenhour verify" on it, and restore what it names from a backup.',
  });
}
