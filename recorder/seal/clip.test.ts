import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import * as z from 'zod/mini';
import { ClipProver, clipsOf } from './clip.ts';
import { ClipProof } from './proof.ts';
import { checkClip } from './proof-check.ts';
import { sealPackage } from './seal.ts';
import { makePackage, newSigner, ROOM, type TestPackage } from './testing/package.ts';

describe('the proof of a clip', function () {
  this.timeout(60_000);
  let root: string;
  let made: TestPackage;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'clip-test-'));
    made = await makePackage(join(root, 'package'));
    await sealPackage({ folder: made.folder, signer: made.signer });
  });
  after(() => rm(root, { recursive: true, force: true }));

  async function prove(trackId: string, from: number, to: number, which = 0) {
    const track = made.manifest.tracks.find((each) => each.trackId === trackId);
    assert(track);
    const clip = clipsOf(track, from, to)[which];
    assert(clip);
    const parts: Uint8Array[] = [];
    const prover = await ClipProver.open(made.folder, made.access(made.folder));
    const proof = await prover.prove(clip, 'clip.mp4', async (part) => {
      parts.push(part);
    });
    // As an outsider has it: text, parsed anew.
    return { proof: ClipProof.parse(JSON.parse(JSON.stringify(proof))), bytes: Buffer.concat(parts) };
  }

  it('convinces whoever has the clip, the proof and the public key', async () => {
    const { proof, bytes } = await prove('cam', 4200, 5500);
    const result = await checkClip(proof, bytes);
    assert.deepEqual(result.problems, []);
    assert.deepEqual([result.ok, result.trackId, result.from, result.to], [true, 'cam', 4000, 6000]);
    assert.equal(result.roomId, ROOM);
    assert.equal(result.anchorUtc, made.manifest.anchorUtc);
  });

  it('exists for each stretch between gaps', async () => {
    const track = made.manifest.tracks[0];
    assert(track);
    const clips = clipsOf(track, 0, 8000);
    // The third second is missing; segment numbers run on, but nothing joins what lies before and behind a gap.
    assert.deepEqual(
      clips.map(({ from, to }) => [from, to]),
      [
        [0, 2000],
        [3000, 8000],
      ],
    );
  });

  it('finds every flipped bit and every cut of the clip', async () => {
    const { proof, bytes } = await prove('mic', 1000, 3000);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), async (at, bit) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        assert.equal((await checkClip(proof, changed)).ok, false);
      }),
      { numRuns: 200 },
    );
    assert.equal((await checkClip(proof, bytes.subarray(0, -1))).ok, false);
    assert.equal((await checkClip(proof, Buffer.concat([bytes, Buffer.alloc(1)]))).ok, false);
  });

  it('finds every change of the proof', async () => {
    const { proof, bytes } = await prove('mic', 1000, 3000);
    const text = JSON.stringify({ ...proof, clip: 'x' });
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.constantFrom(1, 2, 4, 8, 16, 32, 64), async (at, bit) => {
        const letters = Buffer.from(text);
        letters[at] = (letters[at] ?? 0) ^ bit;
        const changed = parse(letters.toString());
        if (!changed || sameMeaning(changed, proof)) return;
        assert.equal((await checkClip(changed, bytes)).ok, false, letters.toString().slice(at - 20, at + 20));
      }),
      { numRuns: 500 },
    );
  });

  it('is worth nothing with pieces put together otherwise', async () => {
    const { proof } = await prove('mic', 1000, 5000);
    const [init, a, b, c, ...rest] = proof.pieces;
    assert(init && a && b && c);
    const media = await prove('mic', 1000, 5000);
    const cuts = proof.pieces.map((_, index) =>
      proof.pieces.slice(0, index).reduce((sum, { bytes }) => sum + bytes, 0),
    );
    const part = (index: number) => {
      const start = cuts[index] ?? 0;
      return media.bytes.subarray(start, start + (proof.pieces[index]?.bytes ?? 0));
    };
    const orders = [
      { pieces: [init, b, a, c, ...rest], order: [0, 2, 1, 3] },
      { pieces: [init, a, c, ...rest], order: [0, 1, 3] },
      { pieces: [a, b, c, ...rest], order: [1, 2, 3] },
    ];
    for (const { pieces, order } of orders) {
      const bytes = Buffer.concat([...order.map(part), ...rest.map((_, index) => part(index + 4))]);
      const result = await checkClip({ ...proof, pieces }, bytes);
      assert.deepEqual(
        result.problems.map(({ code }) => code),
        ['order'],
      );
    }
  });

  it('does not hold with another key, however well that one signs', async () => {
    const { proof, bytes } = await prove('cam', 4200, 5500);
    const { key } = newSigner();
    const result = await checkClip({ ...proof, seal: { ...proof.seal, key } }, bytes);
    assert.deepEqual(
      result.problems.map(({ code }) => code),
      ['signature'],
    );
  });
});

function parse(text: string): ClipProof | undefined {
  try {
    const parsed = z.safeParse(ClipProof, JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // Not JSON any more: found without any check.
    return undefined;
  }
}

/** Changes that say nothing else: the name of the clip's file, unused bits at the end of base64url. */
function sameMeaning(a: ClipProof, b: ClipProof): boolean {
  const meaning = ({ clip: _, seal, pieces, ...rest }: ClipProof) =>
    JSON.stringify({
      ...rest,
      seal: { ...seal, signature: Buffer.from(seal.signature, 'base64url').toString('hex') },
      pieces: pieces.map((piece) => ({
        ...piece,
        salt: Buffer.from(piece.salt, 'base64url').toString('hex'),
      })),
    });
  return meaning(a) === meaning(b);
}
