import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Manifest } from '../../signaling/protocol/manifest.ts';
import { openBytes } from '../core/envelope.ts';
import type { JournalFrame } from '../core/types.ts';
import { PACKAGE_KEY } from '../keys/recording-keys.ts';
import { MESSAGES_MAGIC, readMessages } from './messages.ts';
import { MANIFEST_FILE } from './names.ts';
import { StillChunks } from './stills.ts';
import { nanoseconds, TestRecording } from './testing/recording.ts';

const clock = (ms: number): JournalFrame => ({
  type: 'clock',
  at: nanoseconds(ms),
  offsetMs: 500,
  errorMs: 1,
});
const message = (ms: number, payload: Uint8Array): JournalFrame => ({
  type: 'message',
  at: nanoseconds(ms),
  payload,
});

/** Chunks of a picture as the publisher sends them. */
function chunks(number: number, jpeg: Uint8Array, size: number): Uint8Array[] {
  const count = Math.ceil(jpeg.length / size);
  return Array.from({ length: count }, (_, index) => {
    const head = Buffer.alloc(16);
    head.writeUInt8(1, 0);
    head.writeUInt32BE(number, 2);
    head.writeUInt16BE(index, 6);
    head.writeUInt16BE(count, 8);
    head.writeUInt16BE(120, 10);
    head.writeUInt16BE(640, 12);
    head.writeUInt16BE(360, 14);
    return Buffer.concat([head, jpeg.subarray(index * size, (index + 1) * size)]);
  });
}

async function packaged(label: 'preview' | 'still', journal: readonly JournalFrame[]) {
  const recording = await TestRecording.make([{ trackId: 'messages', label, journal }]);
  const packager = recording.packager();
  await packager.finish(recording.state);
  await packager.close();
  const manifest = Manifest.parse(JSON.parse(await readFile(join(recording.folder, MANIFEST_FILE), 'utf8')));
  const [track] = manifest.tracks;
  assert(track);
  const key = await recording.trackKey('messages');
  const read = async (file: string) => openBytes(key, file, await readFile(join(recording.folder, file)));
  return { recording, manifest, track, read };
}

describe('tracks of timed messages', () => {
  it('keep each message with its room time, in segments of at most 2 s', async () => {
    const sent = [1000, 1500, 2999, 3000, 9000].map((ms) => message(ms, Buffer.from(`at ${ms}`)));
    const { recording, track, read } = await packaged('preview', [clock(900), ...sent]);
    try {
      const [init] = track.inits;
      assert.deepEqual(await read(init?.file ?? ''), Buffer.from(MESSAGES_MAGIC));
      const found = [];
      for (const { file } of track.segments) found.push(readMessages(await read(file)));
      assert.deepEqual(
        found.map((each) => each.map(({ ms, payload }) => [ms, Buffer.from(payload ?? []).toString()])),
        [
          [
            [1500, 'at 1000'],
            [2000, 'at 1500'],
            [3499, 'at 2999'],
          ],
          [[3500, 'at 3000']],
          [[9500, 'at 9000']],
        ],
      );
      assert.equal(track.statistics.packets, 5);
    } finally {
      await recording.remove();
    }
  });

  it('put stills together whatever the order of their chunks, and keep each once as a blob', async () => {
    const jpeg = Buffer.from(Array.from({ length: 2500 }, (_, n) => (n * 7) & 255));
    const [a, b, c] = chunks(7, jpeg, 1000);
    const [again1, again2, again3] = chunks(9, jpeg, 1000);
    const lost = chunks(8, jpeg, 1000).slice(1);
    const order = [c, ...lost, a, b, again1, again2, again3].filter((each) => each !== undefined);
    const journal = [clock(900), ...order.map((chunk, n) => message(1000 + n, chunk))];
    const { recording, manifest, track, read } = await packaged('still', journal);
    try {
      const sha256 = hash('sha256', jpeg);
      const [segment] = track.segments;
      const records = readMessages(await read(segment?.file ?? ''));
      assert.deepEqual(
        records.map(({ blob }) => blob),
        [sha256, sha256],
      );
      assert.deepEqual(
        manifest.blobs.map((blob) => [blob.sha256, blob.mimeType]),
        [[sha256, 'image/jpeg']],
      );
      const { key } = await recording.keys.forWriting('room1', PACKAGE_KEY);
      const file = `blobs/${sha256}`;
      assert.deepEqual(openBytes(key, file, await readFile(join(recording.folder, file))), jpeg);
    } finally {
      await recording.remove();
    }
  });

  it('take nothing that is no chunk', () => {
    const stills = new StillChunks();
    const [chunk] = chunks(1, Buffer.alloc(10), 10);
    assert(chunk);
    assert.equal(stills.add(new Uint8Array(3)), undefined);
    assert.equal(stills.add(Buffer.concat([Buffer.of(2), chunk.subarray(1)])), undefined);
    const wrongIndex = Buffer.from(chunk);
    wrongIndex.writeUInt16BE(5, 6);
    assert.equal(stills.add(wrongIndex), undefined);
    assert.deepEqual(stills.add(chunk)?.jpeg, Buffer.alloc(10));
    assert.throws(() => readMessages(Uint8Array.of(1, 2, 3)), RangeError);
  });
});
