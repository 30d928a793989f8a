/** R11: how fast `verify` reads a recorded hour, beside what disk and hash allow on the same machine in the same run. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalJson } from '../../recorder/seal/canonical.ts';
import { sealPackage } from '../../recorder/seal/seal.ts';
import { makePackage } from '../../recorder/seal/testing/package.ts';
import { verifyPackage } from '../../recorder/seal/verify.ts';
import { type Bench, series } from './types.ts';

const TARGET_MS = 10_000;
const TARGET_SHARE = 70;
const LEFT_OUT = [
  'A cold disk: the hour was written just before, and the kernel may still hold it in memory.',
];
const SEGMENTS = 1800;
/** 2 s at 4 Mbit/s; the journal holds the same once more. */
const SEGMENT_BYTES = 1_000_000;
const JOURNAL_FILES = 28;
const JOURNAL_BYTES = 64_000_000;

export const bench: Bench = {
  id: 'R11',
  target: 'an hour at 4 Mbit/s with its journal verified in ≤ 10 s, else at ≥ 70 % of disk or hash',
  minutes: 2,
  run: async ({ runs = 5, progress } = {}) => {
    const root = await mkdtemp(join(tmpdir(), 'bench-r11-'));
    try {
      const folder = join(root, 'package');
      const bytes = await makeHour(folder);
      const [times, shares]: [number[], number[]] = [[], []];
      for (let run = 0; run < runs; run += 1) {
        progress?.(run + 1, runs);
        const allowed = await allowedRate(root);
        const begin = performance.now();
        const report = await verifyPackage({ folder });
        const ms = performance.now() - begin;
        if (!report.whole) throw new Error(`the hour is not whole: ${JSON.stringify(report.findings[0])}`);
        times.push(ms);
        shares.push((bytes / ms / allowed) * 100);
      }
      const figure = series('ms', times);
      const share = series('percent', shares);
      const reached = figure.median <= TARGET_MS || share.median >= TARGET_SHARE;
      return {
        ...figure,
        value: figure.median,
        reached,
        more: { 'of disk or hash': share },
        leftOut: LEFT_OUT,
      };
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  },
};

/** Seals a package whose first track has an hour of segments of random bytes, as encrypted ones are. Returns its bytes. */
async function makeHour(folder: string): Promise<number> {
  const { manifest, signer } = await makePackage(folder);
  const [track, ...others] = manifest.tracks;
  const [first] = track?.segments ?? [];
  if (!track || !first) throw new Error('the package has no segment');
  await mkdir(join(folder, 'tracks', 'cam'), { recursive: true });
  const fill = async (file: string, size: number) => {
    const content = randomBytes(size);
    await writeFile(join(folder, file), content);
    return { file, bytes: size, hash: createHash('sha256').update(content).digest('hex') };
  };
  const segments = [...track.segments];
  for (let n = 0; n < SEGMENTS; n += 1) {
    const stored = await fill(`tracks/cam/hour-${n}.m4s`, SEGMENT_BYTES);
    segments.push({ ...first, n: 100 + n, ...stored, from: 8000 + n * 2000, to: 10_000 + n * 2000 });
  }
  const journal = [...track.journal];
  for (let n = 0; n < JOURNAL_FILES; n += 1)
    journal.push(await fill(`tracks/cam/journal-${100 + n}-1`, JOURNAL_BYTES));
  const hour = { ...manifest, tracks: [{ ...track, segments, journal }, ...others] };
  await writeFile(join(folder, 'manifest.json'), canonicalJson(hour));
  await sealPackage({ folder, signer });
  return SEGMENTS * SEGMENT_BYTES + JOURNAL_FILES * JOURNAL_BYTES;
}

/** Bytes a millisecond of the slower of reading one large file and hashing, both by themselves, now. */
async function allowedRate(root: string): Promise<number> {
  const block = randomBytes(1024 * 1024);
  const begin = performance.now();
  const hash = createHash('sha256');
  for (let n = 0; n < 500; n += 1) hash.update(block);
  hash.digest();
  const hashRate = (500 * block.length) / (performance.now() - begin);
  const file = join(root, 'large');
  const handle = await open(file, 'w');
  try {
    for (let n = 0; n < 500; n += 1) await handle.write(block);
    await handle.sync();
  } finally {
    await handle.close();
  }
  const readBegin = performance.now();
  const reader = await open(file, 'r');
  try {
    for (let read = 1; read > 0; ) read = (await reader.read(block, 0, block.length, null)).bytesRead;
  } finally {
    await reader.close();
  }
  const readRate = (500 * block.length) / (performance.now() - readBegin);
  await rm(file);
  return Math.min(hashRate, readRate);
}
