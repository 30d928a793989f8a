import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError } from '../../platform/errors.ts';
import type { JournalFrame } from '../core/types.ts';
import { BufferBudget } from './budget.ts';
import { type GrowingFile, type JournalFiles, localFiles } from './files.ts';
import { HEADER_BYTES } from './format.ts';
import {
  type JournalBlock,
  listJournalFiles,
  positionAfterDamage,
  readJournal,
  readJournalBlocks,
} from './reader.ts';
import { JournalWriter, type JournalWriterOptions } from './writer.ts';

/** A small generator of numbers that gives the same ones each time (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

function anyFrame(next: (below: number) => number, at: bigint): JournalFrame {
  const kind = next(8);
  if (kind === 0) return { type: 'clock', at, offsetMs: next(1e9) / 7, errorMs: next(100) / 3 };
  if (kind === 1) return { type: 'note', at, note: { kind: 'kernel-drop', packets: next(1000) } };
  if (kind === 2) return { type: 'note', at, note: { kind: 'rung', detail: `to ${next(9)} „ü“` } };
  const type = (['rtp', 'rtcp', 'report', 'message'] as const)[next(4)] ?? 'rtp';
  const length = next(20) === 0 ? next(65_000) : next(1300);
  return { type, at, payload: Buffer.from(Array.from({ length: Math.min(length, 64) }, () => next(256))) };
}

describe('the journal of a track', () => {
  const key = randomBytes(32);
  const parameters: JournalFrame = {
    type: 'note',
    at: 1n,
    note: { kind: 'parameters', rtpParameters: { codecs: [] }, epoch: 7 },
  };
  let folder: string;
  const errors: unknown[] = [];

  const open = (more: Partial<JournalWriterOptions> = {}) =>
    new JournalWriter({
      ...{ folder, roomId: 'r1', trackId: 't1', key, keyId: 'k1', epoch: 7, bootId: 'b1', hostBoot: 'h1' },
      opening: () => [parameters],
      budget: new BufferBudget(),
      essential: true,
      onError: (error) => errors.push(error),
      ...more,
    });
  const read = async (more: object = {}) => {
    const frames: JournalFrame[] = [];
    for await (const { frame } of readJournal({ folder, key, ...more })) frames.push(frame);
    return frames;
  };
  const onlyFile = async () => join(folder, (await listJournalFiles(folder))[0]?.name ?? '');
  const write = async (frames: readonly JournalFrame[], more: Partial<JournalWriterOptions> = {}) => {
    const writer = open(more);
    for (const frame of frames) assert.ok(writer.append(frame));
    await writer.close();
    return writer;
  };

  beforeEach(async () => {
    errors.length = 0;
    folder = await mkdtemp(join(tmpdir(), 'goldenhour-journal-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('gives back any frames as they were, over any number of files', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      await rm(folder, { recursive: true, force: true });
      const next = numbers(seed);
      const frames = Array.from({ length: next(300) }, (_, i) => anyFrame(next, BigInt(i) * 1_000_003n));
      const writer = open({ maxFileBytes: 2000 });
      for (const frame of frames) {
        writer.append(frame);
        if (next(40) === 0) writer.rotate(7 + next(3), () => [parameters]);
      }
      await writer.close();
      const found = (await read()).filter(
        (frame) => frame.type !== 'note' || frame.note.kind !== 'parameters',
      );
      assert.deepEqual(found, frames, `seed ${seed}`);
      assert.deepEqual(errors, []);
    }
  });

  it('begins each file with the parameters, and goes on at any position', async () => {
    const next = numbers(5);
    await write(Array.from({ length: 50 }, (_, i) => anyFrame(next, BigInt(i))));
    await write(Array.from({ length: 50 }, (_, i) => anyFrame(next, BigInt(50 + i))));
    const all = await read();
    assert.deepEqual([all[0], all[51]], [parameters, parameters]);
    const blocks: JournalBlock[] = [];
    for await (const block of readJournalBlocks({ folder, key })) blocks.push(block);
    assert.deepEqual(
      blocks.map(({ header }) => header.file),
      [1, 1, 2, 2],
    );
    for (const [index, { position }] of blocks.entries()) {
      const rest: JournalFrame[] = blocks.slice(index + 1).flatMap(({ frames }) => frames);
      assert.deepEqual(await read({ from: position }), rest);
      const start: JournalFrame[] = blocks.slice(0, index + 1).flatMap(({ frames }) => frames);
      assert.deepEqual(await read({ until: position }), start);
    }
  });

  it('keeps all whole blocks and nothing else when it is cut at any byte', async () => {
    const next = numbers(9);
    const ends: { offset: number; frames: readonly JournalFrame[] }[] = [];
    // One file of several blocks: blocks are closed by time, so each waits until it stands there.
    const slow = open();
    for (let i = 0; i < 4; i += 1) {
      slow.append(anyFrame(next, BigInt(i)));
      await until(() => slow.durable.until > 1_000n);
    }
    await slow.close();
    const file = await onlyFile();
    for await (const { position, frames } of readJournalBlocks({ folder, key }))
      ends.push({ offset: position.offset, frames });
    assert.equal(ends.length, 5);
    const whole = await readFile(file);
    for (let cut = 0; cut <= whole.length; cut += 1) {
      await writeFile(file, whole.subarray(0, cut));
      const wanted: JournalFrame[] = ends
        .filter(({ offset }) => offset <= cut)
        .flatMap(({ frames }) => frames);
      assert.deepEqual(await read(), wanted, `cut at ${cut}`);
    }
    await writeFile(file, Buffer.concat([whole, Buffer.alloc(5000)]));
    assert.equal((await read()).length, 5, 'zeros behind the end, as a power cut leaves them');
  }).timeout(30_000);

  it('finds every flipped bit', async () => {
    const next = numbers(3);
    await write(Array.from({ length: 3 }, (_, i) => anyFrame(next, BigInt(i))));
    const file = await onlyFile();
    const whole = await readFile(file);
    for (let byte = 0; byte < whole.length; byte += 1) {
      const changed = Buffer.from(whole);
      changed[byte] = (changed[byte] ?? 0) ^ (1 << (byte % 8));
      await writeFile(file, changed);
      await assert.rejects(read(), (error) => isAppError(error, 'journal-damaged'), `byte ${byte}`);
    }
  }).timeout(30_000);

  it('finds dropped, doubled and swapped blocks, foreign files and another key', async () => {
    const writer = open();
    for (let i = 0; i < 3; i += 1) {
      const before = writer.durable.position?.offset ?? 0;
      writer.append({ type: 'rtp', at: BigInt(i), payload: Buffer.from([i]) });
      await until(() => (writer.durable.position?.offset ?? 0) > before);
    }
    await writer.close();
    const file = await onlyFile();
    const whole = await readFile(file);
    const ends = [HEADER_BYTES];
    for await (const { position } of readJournalBlocks({ folder, key })) ends.push(position.offset);
    const header = whole.subarray(0, HEADER_BYTES);
    const block = (n: number) => whole.subarray(ends[n], ends[n + 1]);
    for (const order of [
      [0, 2, 3],
      [1, 2, 3],
      [0, 2, 1, 3],
      [0, 0, 1, 2, 3],
    ]) {
      await writeFile(file, Buffer.concat([header, ...order.map(block)]));
      await assert.rejects(read(), (error) => isAppError(error, 'journal-damaged'), order.join());
    }
    await writeFile(file, whole);
    await assert.rejects(read({ key: randomBytes(32) }), (error) => isAppError(error, 'journal-damaged'));
    const damage = Buffer.from(whole);
    damage[(ends[1] ?? 0) + 20] = 0xff;
    await writeFile(file, damage);
    const error: unknown = await read().catch((caught: unknown) => caught);
    const from = positionAfterDamage(error);
    assert.equal((await read({ from })).length, 2, 'what stands behind the damage can be read');
  });

  it('starts a new file after a crash and leaves the torn one as it is', async () => {
    await write([{ type: 'rtp', at: 1n, payload: Buffer.from('one') }]);
    const torn = await onlyFile();
    await writeFile(torn, Buffer.concat([await readFile(torn), randomBytes(9)]));
    const size = (await stat(torn)).size;
    await write([{ type: 'rtp', at: 2n, payload: Buffer.from('two') }]);
    assert.equal((await stat(torn)).size, size);
    assert.equal((await listJournalFiles(folder)).length, 2);
    assert.equal((await read()).filter(({ type }) => type === 'rtp').length, 2);
    await rm(torn);
    await assert.rejects(read(), (error) => isAppError(error, 'journal-damaged'));
  });

  it('says what is on the disk, within 500 ms and the time of a flush', async () => {
    const writer = open();
    const at = process.hrtime.bigint();
    writer.append({ type: 'rtp', at, payload: Buffer.from('x') });
    assert.equal(writer.durable.until, at);
    await until(() => writer.durable.until > at);
    assert.ok(process.hrtime.bigint() - at < 1_500_000_000n);
    assert.ok(writer.durable.position);
    assert.equal(writer.bufferedBytes, 0);
    await writer.close();
  });

  it('never waits for a slow disk: it bounds what it holds, drops whole packets and says how many', async () => {
    const gate = Promise.withResolvers<void>();
    const files = slowFiles(() => gate.promise);
    let slow = 0;
    const budget = new BufferBudget(60_000);
    const writer = open({ files, maxBufferBytes: 50_000, budget, onSlow: () => (slow += 1) });
    let taken = 0;
    for (let i = 0; i < 200; i += 1) {
      if (writer.append({ type: 'rtp', at: BigInt(i), payload: Buffer.alloc(1000, i) })) taken += 1;
    }
    assert.ok(writer.bufferedBytes <= 50_000 && taken === 49, `${taken}`);
    assert.deepEqual([slow, writer.counters.dropped], [1, 151]);
    gate.resolve();
    await until(() => writer.bufferedBytes === 0);
    assert.equal(budget.usedBytes, 0);
    writer.append({ type: 'rtp', at: 300n, payload: Buffer.alloc(10) });
    await writer.close();
    const frames = await read();
    assert.deepEqual(frames.at(-2), { type: 'note', at: 300n, note: { kind: 'dropped', packets: 151 } });
    assert.equal(frames.filter(({ type }) => type === 'rtp').length, taken + 1);
    assert.equal(budget.usedBytes, 0);
  });

  it('loses and doubles nothing when a write fails: the rest goes into a new file', async () => {
    for (const failing of [1, 2, 3, 4, 5, 6]) {
      await rm(folder, { recursive: true, force: true });
      errors.length = 0;
      let calls = 0;
      const files = slowFiles(async () => {
        calls += 1;
        if (calls === failing) throw new Error('no space left on device');
      });
      const writer = open({ files });
      for (let i = 0; i < 3; i += 1) {
        writer.append({ type: 'message', at: BigInt(i), payload: Buffer.from([i]) });
        await until(() => writer.durable.until > 1_000n);
      }
      await writer.close();
      const messages = (await read()).filter(({ type }) => type === 'message').map(({ at }) => Number(at));
      assert.deepEqual(messages, [0, 1, 2], `failure ${failing}`);
      assert.equal(errors.length, 1);
    }
  }).timeout(30_000);

  it('gives up at its end on a disk that refuses everything, and counts what that cost', async () => {
    const files = slowFiles(async () => {
      throw new Error('no space left on device');
    });
    const budget = new BufferBudget();
    const writer = open({ files, budget });
    writer.append({ type: 'rtp', at: 1n, payload: Buffer.alloc(10) });
    await writer.close();
    assert.equal(writer.counters.dropped, 1);
    assert.equal(writer.durable.until, 1n, 'what was lost is not said to be on the disk');
    assert.equal(budget.usedBytes, 0);
    assert.deepEqual(await read(), []);
  });
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('it did not happen within 5 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Real files whose writes and flushes first wait for `before`, or fail with it, having written half. */
function slowFiles(before: () => Promise<void>): JournalFiles {
  return {
    ...localFiles,
    create: async (path): Promise<GrowingFile> => {
      const file = await localFiles.create(path);
      return {
        write: async (bytes) => {
          try {
            await before();
          } catch (error) {
            await file.write(bytes.subarray(0, bytes.length / 2));
            throw error;
          }
          await file.write(bytes);
        },
        sync: async () => {
          await before();
          await file.sync();
        },
        close: () => file.close(),
        discard: () => file.discard(),
      };
    },
  };
}
