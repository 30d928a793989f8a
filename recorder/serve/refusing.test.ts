import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { Destroyed, RecordingHead } from '../../signaling/protocol/recorder-http.ts';
import { FillOffer } from '../../signaling/protocol/recordings.ts';
import { writeManifest } from '../seal/manifest-file.ts';
import { type Served, serveTestPackage } from './testing/served.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const ROOM = '/recordings/room-1';

describe("what the recorder's internal HTTP refuses for now", function () {
  this.timeout(60_000);
  let served: Served;
  beforeEach(async () => {
    served = await serveTestPackage();
  });
  afterEach(() => served.close());

  const json = async <S extends z.ZodMiniType>(schema: S, path: string, init?: RequestInit) => {
    const answer = await served.ask(path, init);
    const body: unknown = await answer.json();
    assert.equal(answer.status, 200, JSON.stringify(body));
    return schema.parse(body);
  };
  const refused = async (path: string, init?: RequestInit) => {
    const answer = await served.ask(path, init);
    const body = z.object({ code: z.string() }).parse(await answer.json());
    return [answer.status, body.code];
  };
  const post = (body: unknown) => ({ method: 'POST', body: JSON.stringify(body) });
  const fillOf = (bytes: Uint8Array, more: object = {}) => ({
    fillId: 'fill-1',
    producerId: 'cam',
    peerId: 'peer-1',
    from: 2000,
    to: 3000,
    errorMs: 20,
    mimeType: 'video/webm',
    bytes: bytes.length,
    sha256: sha256(bytes),
    ...more,
  });
  const patch = (path: string, body: Uint8Array<ArrayBuffer>) =>
    json(FillOffer, path, { method: 'PATCH', body });

  it('destroys nothing of a room that is still recorded', async () => {
    await served.goOn();
    const order = post({ purposes: ['care'], removeFiles: true });
    assert.deepEqual(await refused(`${ROOM}/destroy`, order), [409, 'conflict']);
    assert.equal((await json(RecordingHead, ROOM)).purposes.length, 4);
  });

  it('destroys nothing of a recording that is being packaged, checked or sealed', async () => {
    const order = post({ purposes: ['care'], removeFiles: true });
    for (const state of ['recording', 'ended', 'checked'] as const) {
      await served.end(state);
      assert.deepEqual(await refused(`${ROOM}/destroy`, order), [409, 'conflict']);
    }
    assert.equal((await json(RecordingHead, ROOM)).purposes.length, 4);
    await served.end('failed');
    assert.equal((await json(Destroyed, `${ROOM}/destroy`, order)).purposes.length, 3);
  });

  it('takes no file that would eat into what is kept free for live media, or while space is short', async () => {
    await served.goOn();
    const bytes = randomBytes(50_000);
    const photo = Buffer.from('a photo');
    const put = { method: 'PUT', body: photo, headers: { 'content-type': 'image/jpeg' } };
    const enough = { level: 'ok', freeBytes: 1e12, reserveBytes: 1e9 } as const;
    const later = [503, 'media-unavailable'];
    for (const short of [
      { ...enough, level: 'no-thumbnails' as const },
      { ...enough, freeBytes: 1e9 + 99_999 },
    ]) {
      served.setDisk(short);
      const fillId = `fill-${short.level}`;
      const start = post(fillOf(bytes, { fillId }));
      assert.deepEqual(await refused(`${ROOM}/fills`, start), later);
      assert.deepEqual(await refused(`${ROOM}/blobs/${sha256(photo)}`, put), later);
      served.setDisk(enough);
      assert.equal((await json(FillOffer, `${ROOM}/fills`, start)).needed, true);
      served.setDisk(short);
      const piece = await served.ask(`${ROOM}/fills/${fillId}?offset=0`, { method: 'PATCH', body: bytes });
      const told = z.object({ retryAfterMs: z.number() }).parse(await piece.json());
      assert.deepEqual([piece.status, told.retryAfterMs], [503, 60_000]);
    }
    served.setDisk({ ...enough, freeBytes: 1e9 + 100_000 });
    assert.equal((await patch(`${ROOM}/fills/fill-ok?offset=0`, bytes)).needed, false);
    await served.end();
    await writeManifest(served.folder, served.made.manifest);
    await served.seal();
    served.setDisk({ ...enough, level: 'full' });
    const from = { kind: 'other', mimeType: 'audio/wav', addedBy: 'p1', reason: 'a reason' };
    const { length } = bytes;
    const supplement = post({ ...from, supplementId: 's1', bytes: length, sha256: sha256(bytes) });
    assert.deepEqual(await refused(`${ROOM}/supplements`, supplement), later);
  });

  it('lets one owner open only so many uploads, and others go on', async () => {
    await served.goOn();
    const bytes = randomBytes(10);
    const open = (fillId: string, more = {}) => post(fillOf(bytes, { fillId, ...more }));
    for (let n = 1; n <= 8; n += 1) await json(FillOffer, `${ROOM}/fills`, open(`f${n}`));
    assert.deepEqual(await refused(`${ROOM}/fills`, open('f9')), [429, 'too-many']);
    assert.equal((await json(FillOffer, `${ROOM}/fills`, open('f1'))).needed, true);
    const other = await json(FillOffer, `${ROOM}/fills`, open('g1', { peerId: 'peer-2' }));
    assert.equal(other.needed, true);
    assert.equal((await patch(`${ROOM}/fills/f1?offset=0`, bytes)).needed, false);
    const rest = { from: 2000, to: 3000 };
    assert.deepEqual(await json(FillOffer, `${ROOM}/fills`, open('f9', rest)), { needed: false, offset: 0 });
  });

  it('takes pictures by their SHA-256 while the room is recorded', async () => {
    await served.goOn();
    const photo = Buffer.from('a photo');
    const put = { method: 'PUT', body: photo, headers: { 'content-type': 'image/jpeg' } };
    const stored = await served.ask(`${ROOM}/blobs/${sha256(photo)}`, put);
    assert.deepEqual(await stored.json(), { sha256: sha256(photo), bytes: 7 });
    const line = await readFile(join(served.folder, 'blobs.jsonl'), 'utf8');
    assert.ok(line.includes(sha256(photo)));
    assert.deepEqual(await refused(`${ROOM}/blobs/${'0'.repeat(64)}`, put), [400, 'bad-request']);
    await served.end();
    assert.deepEqual(await refused(`${ROOM}/blobs/${sha256(photo)}`, put), [409, 'conflict']);
  });

  it('has a part and a picture in the package, or refused them, before what has ended is packaged', async () => {
    await served.goOn();
    const bytes = randomBytes(3_000_000);
    const photo = randomBytes(3_000_000);
    await json(FillOffer, `${ROOM}/fills`, post(fillOf(bytes)));
    const stored: string[] = [];
    const run = served.stores.run.bind(served.stores);
    const begun = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    let open = 0;
    served.stores.run = (roomId, work) =>
      run(roomId, async () => {
        const done = work();
        open += 1;
        if (open === 2) begun.resolve();
        await ended.promise;
        return done.finally(() => stored.push('a store is through'));
      });
    const fill = served.ask(`${ROOM}/fills/fill-1?offset=0`, { method: 'PATCH', body: bytes });
    const put = { method: 'PUT', body: photo, headers: { 'content-type': 'image/jpeg' } };
    const blob = served.ask(`${ROOM}/blobs/${sha256(photo)}`, put);
    await begun.promise;
    const settled = served.stores.settled('room-1').then(() => stored.push('packaging begins'));
    ended.resolve();
    await Promise.all([fill, blob, settled]);
    assert.equal(stored.indexOf('packaging begins'), 2);
    const taken = await readFile(join(served.folder, 'blobs.jsonl'), 'utf8');
    assert.ok(taken.includes(sha256(photo)));
    await served.end();
    assert.deepEqual(await refused(`${ROOM}/blobs/${sha256(photo)}`, put), [409, 'conflict']);
  });
});
