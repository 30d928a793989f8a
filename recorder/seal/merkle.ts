/**
 * Merkle tree and chain over the leaves of a seal. The tree is that of RFC 6962 section 2.1: leaves and inner nodes are
 * hashed behind different first bytes (0x00, 0x01), so that neither can stand for the other. Hashes are raw 32 bytes.
 */
import { createHash, hash } from 'node:crypto';

export const LEAF_PREFIX = Uint8Array.of(0x00);
export const NODE_PREFIX = Uint8Array.of(0x01);

export function leafHash(leaf: Uint8Array): Buffer {
  return createHash('sha256').update(LEAF_PREFIX).update(leaf).digest();
}

function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(NODE_PREFIX).update(left).update(right).digest();
}

/**
 * The whole tree over hashes of leaves. Level by level, with a node that has no sibling carried up unchanged: the same
 * tree as the recursive definition of RFC 6962, at one hash for each inner node.
 */
export class MerkleTree {
  readonly #levels: readonly (readonly Uint8Array[])[];

  constructor(leaves: readonly Uint8Array[]) {
    const levels = [leaves];
    for (let level = leaves; level.length > 1; ) {
      const above: Uint8Array[] = [];
      for (let at = 0; at < level.length; at += 2) {
        const [left, right] = level.slice(at, at + 2);
        if (left) above.push(right ? nodeHash(left, right) : left);
      }
      levels.push(above);
      level = above;
    }
    this.#levels = levels;
  }

  /** SHA-256 of nothing where there is no leaf. */
  get root(): Uint8Array {
    return this.#levels.at(-1)?.[0] ?? hash('sha256', '', 'buffer');
  }

  /** Audit path of leaf `index` (RFC 6962 section 2.1.1): siblings from the leaf to the root. Throws RangeError outside. */
  path(index: number): Uint8Array[] {
    if (this.#levels[0]?.[index] === undefined) throw new RangeError('no such leaf');
    return this.#levels.flatMap((level, height) => {
      const sibling = level[Math.floor(index / 2 ** height) ^ 1];
      return sibling && level.length > 1 ? [sibling] : [];
    });
  }
}

/**
 * Head of the chain: SHA-256 of the head before it and the leaf's hash, beginning with 32 zero bytes. It fixes the order by
 * itself, for whoever wants to follow it with nothing but SHA-256.
 */
export function chainHead(leaves: readonly Uint8Array[]): Uint8Array {
  let head: Uint8Array = new Uint8Array(32);
  for (const leaf of leaves) head = createHash('sha256').update(head).update(leaf).digest();
  return head;
}
