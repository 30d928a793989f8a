import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chainHead, leafHash, MerkleTree } from './merkle.ts';
import { rootOfPath } from './proof-check.ts';

/** Leaves and roots of the test vectors that certificate-transparency-go and its relatives share. */
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const hashes = LEAVES.map((leaf) => leafHash(Buffer.from(leaf, 'hex')));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('the Merkle tree', () => {
  it('has the roots of RFC 6962 for one to eight leaves', () => {
    for (const [index, root] of ROOTS.entries())
      assert.equal(hex(new MerkleTree(hashes.slice(0, index + 1)).root), root, `${index + 1} leaves`);
    assert.equal(hex(new MerkleTree([]).root), createHash('sha256').digest('hex'));
  });

  it('proves each leaf of trees of every size up to 40, and nothing else', async () => {
    const many = Array.from({ length: 40 }, (_, index) => leafHash(Buffer.from([index])));
    for (let size = 1; size <= many.length; size += 1) {
      const leaves = many.slice(0, size);
      const tree = new MerkleTree(leaves);
      const root = hex(tree.root);
      for (const [index, leaf] of leaves.entries()) {
        const path = tree.path(index).map(hex);
        assert.equal(await rootOfPath(hex(leaf), index, size, path), root);
        const other = leaves[(index + 1) % size];
        if (size > 1 && other) assert.notEqual(await rootOfPath(hex(other), index, size, path), root);
        if (path.length > 0) {
          assert.equal(await rootOfPath(hex(leaf), index, size, path.slice(1)), undefined);
          assert.equal(await rootOfPath(hex(leaf), index, size, [...path, root]), undefined);
        }
      }
    }
    assert.throws(() => new MerkleTree(many).path(40), RangeError);
  });

  it('keeps leaves and inner nodes apart', () => {
    const [a, b] = hashes;
    assert(a && b);
    assert.notEqual(hex(new MerkleTree([a, b]).root), hex(leafHash(Buffer.concat([a, b]))));
  });
});

describe('the chain', () => {
  it('depends on every leaf and on their order', () => {
    const heads = [hashes, hashes.toReversed(), hashes.slice(1), [...hashes, ...hashes.slice(0, 1)]].map(
      (list) => hex(chainHead(list)),
    );
    assert.equal(new Set(heads).size, heads.length);
    assert.equal(hex(chainHead([])), '0'.repeat(64));
  });
});
