import assert from 'node:assert/strict';
import { createHash, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { signLinkToken } from '../../platform/rpc/proof.ts';
import { Destroyed, RecordingHead } from '../../signaling/protocol/recorder-http.ts';
import {
  FillOffer,
  Job,
  MissingRanges,
  SegmentList,
  UploadOffer,
} from '../../signaling/protocol/recordings.ts';
import { thumbprint } from '../keys/signing-key.ts';
import { signerOf } from '../seal/plain.ts';
import { sealPackage } from '../seal/seal.ts';
import { readSupplements } from '../seal/supplement.ts';
import { verifyPackage } from '../seal/verify.ts';
import { SECRET, type Served, serveTestPackage } from './testing/served.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const ROOM = '/recordings/room-1';

describe("the recorder's internal HTTP", function () {
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

  it('answers nobody without a token of the cluster', async () => {
    assert.equal((await fetch(`${served.url}${ROOM}`)).status, 401);
    const headers = { authorization: `Bearer ${signLinkToken('another secret of 32 letters or more')}` };
    assert.equal((await fetch(`${served.url}${ROOM}`, { headers })).status, 401);
    assert.equal((await served.ask(ROOM)).status, 200);
  });

  it('tells a recording without what grows with its length, and lists what it has', async () => {
    const head = await json(RecordingHead, ROOM);
    assert.deepEqual(
      head.tracks.map(({ trackId, gaps }) => [trackId, gaps.length]),
      [
        ['cam', 1],
        ['cam2', 0],
        ['mic', 0],
      ],
    );
    assert.deepEqual([head.gaps, head.purposes.length, head.seal], [1, 4, undefined]);
    await served.seal();
    assert.equal((await json(RecordingHead, ROOM)).seal?.timestamped, false);
    assert.deepEqual(await (await served.ask('/recordings')).json(), {
      recordings: [{ roomId: 'room-1', readable: true }],
    });
    assert.deepEqual(await refused('/recordings/room-2'), [404, 'not-found']);
  });

  it('gives the segments of a window, from the keyframe before it on, with the gaps in it', async () => {
    const list = await json(SegmentList, `${ROOM}/tracks/cam/segments?from=1500&to=3500`);
    assert.deepEqual(
      list.segments.map(({ from }) => from),
      [1000, 3000],
    );
    assert.deepEqual(
      list.gaps.map(({ from, cause }) => [from, cause]),
      [[2000, 'lost']],
    );
    assert.deepEqual(await refused(`${ROOM}/tracks/none/segments?from=0&to=1`), [404, 'not-found']);
    assert.deepEqual(await refused(`${ROOM}/tracks/cam/segments?from=5&to=1`), [400, 'bad-request']);
    assert.deepEqual(await refused(`${ROOM}/tracks/cam/segments?from=0&to=700000`), [400, 'bad-request']);
  });

  it('decrypts files that the manifest names, whole and in ranges', async () => {
    const [segment] = served.made.manifest.tracks[0]?.segments ?? [];
    assert.ok(segment);
    const { plain } = await served.made.access(served.folder).open(segment.file);
    const path = `${ROOM}/files/${segment.file}?purpose=quality`;
    const whole = await served.ask(path);
    assert.deepEqual(Buffer.from(await whole.arrayBuffer()), Buffer.from(plain));
    assert.equal(whole.headers.get('goldenhour-time'), `${segment.from}-${segment.to}`);
    assert.match(whole.headers.get('content-type') ?? '', /^video\/mp4/);
    const part = async (range: string) => {
      const answer = await served.ask(path, { headers: { range } });
      const bytes = Buffer.from(await answer.arrayBuffer());
      return { status: answer.status, bytes, range: answer.headers.get('content-range') };
    };
    const middle = await part('bytes=10-19');
    assert.deepEqual(
      [middle.status, middle.bytes, middle.range],
      [206, Buffer.from(plain.subarray(10, 20)), `bytes 10-19/${plain.length}`],
    );
    assert.deepEqual((await part('bytes=-5')).bytes, Buffer.from(plain.subarray(-5)));
    assert.deepEqual((await part(`bytes=${plain.length - 1}-`)).bytes, Buffer.from(plain.subarray(-1)));
    const outside = await part(`bytes=${plain.length}-`);
    assert.deepEqual([outside.status, outside.range], [416, `bytes */${plain.length}`]);
    for (const odd of ['bytes=9-3', 'bytes=0-1,4-5', 'lines=1-2', 'bytes=-', 'bytes=x-1']) {
      assert.equal((await part(odd)).status, 200, odd);
    }
  });

  it('gives nothing that the manifest does not name, whatever the path', async () => {
    const paths = [
      '../../master.key',
      '..%2f..%2fmaster.key',
      'tracks/cam/..%2f..%2f..%2f..%2fetc/passwd',
      'tracks/cam/journal-000001-1',
      'room.json',
      'manifest.json',
      'log.jsonl',
      '%00',
    ];
    for (const path of paths) {
      const answer = await rawGet(served, `${ROOM}/files/${path}?purpose=care`);
      assert.ok([400, 404].includes(answer), `${path}: ${answer}`);
    }
    for (const id of ['..', '%2e%2e', 'a'.repeat(65), 'constructor']) {
      const answer = await rawGet(served, `/recordings/${id}`);
      assert.ok([400, 404].includes(answer), `${id}: ${answer}`);
    }
  });

  it('closes a purpose whose keys are destroyed, and removes the files with the last one', async () => {
    const file = served.made.manifest.tracks[0]?.segments[0]?.file ?? '';
    const teaching = await json(
      Destroyed,
      `${ROOM}/destroy`,
      post({ purposes: ['teaching'], removeFiles: true }),
    );
    assert.deepEqual([teaching.purposes.length, teaching.filesRemoved], [3, false]);
    assert.deepEqual(await refused(`${ROOM}/files/${file}?purpose=teaching`), [410, 'closed']);
    assert.equal((await served.ask(`${ROOM}/files/${file}?purpose=care`)).status, 200);
    const sealed = await served.seal();
    const text = await readFile(join(served.folder, 'manifest.json'));
    const rest = { purposes: ['care', 'quality', 'evidence'], removeFiles: true };
    const all = await json(Destroyed, `${ROOM}/destroy`, post(rest));
    assert.deepEqual(all, {
      purposes: [],
      filesRemoved: true,
      root: sealed.seal?.root,
      manifest: sha256(text),
    });
    assert.equal(existsSync(served.folder), false);
    assert.deepEqual(await json(Destroyed, `${ROOM}/destroy`, post(rest)), {
      purposes: [],
      filesRemoved: true,
    });
    const keys = await readFile(join(served.dataDir, 'recording-keys', 'room-1.json'), 'utf8');
    assert.ok(!/"care": "/.test(keys));
  });

  it('takes what was lost from the vehicle in pieces, and marks the gap as filled', async () => {
    await served.goOn();
    const missing = await json(MissingRanges, `${ROOM}/missing?trackIds=cam,mic`);
    assert.deepEqual(missing.ranges, [{ producerId: 'cam', from: 2000, to: 3000 }]);
    const bytes = randomBytes(700_000);
    const start = post(fillOf(bytes));
    assert.deepEqual(await json(FillOffer, `${ROOM}/fills`, start), { needed: true, offset: 0 });
    assert.equal((await patch(`${ROOM}/fills/fill-1?offset=0`, bytes.subarray(0, 300_000))).offset, 300_000);
    assert.deepEqual(await json(FillOffer, `${ROOM}/fills`, start), { needed: true, offset: 300_000 });
    const again = { method: 'PATCH', body: bytes.subarray(0, 10) };
    assert.deepEqual(await refused(`${ROOM}/fills/fill-1?offset=0`, again), [409, 'conflict']);
    const end = await patch(`${ROOM}/fills/fill-1?offset=300000`, bytes.subarray(300_000));
    assert.deepEqual(end, { needed: false, offset: 700_000 });
    const head = await json(RecordingHead, ROOM);
    assert.equal(head.tracks[0]?.gaps[0]?.filled?.fillId, 'fill-1');
    assert.deepEqual((await json(MissingRanges, `${ROOM}/missing?trackIds=cam`)).ranges, []);
    assert.deepEqual(await json(FillOffer, `${ROOM}/fills`, start), { needed: false, offset: 0 });
    const played = await served.ask(`${ROOM}/files/${head.tracks[0]?.fills[0]?.file}?purpose=care`);
    assert.equal(sha256(Buffer.from(await played.arrayBuffer())), sha256(bytes));
    assert.equal(played.headers.get('goldenhour-time'), '2000-3000');
  });

  it('keeps nothing of an upload in plain, and throws away a file that is not what was announced', async () => {
    await served.goOn();
    const bytes = Buffer.alloc(5000, 'a patient');
    await json(FillOffer, `${ROOM}/fills`, post(fillOf(bytes, { sha256: '0'.repeat(64) })));
    await patch(`${ROOM}/fills/fill-1?offset=0`, bytes.subarray(0, 4000));
    const folder = join(served.dataDir, 'recording-uploads', 'room-1', 'fill-fill-1');
    for (const name of await readdir(folder)) {
      assert.ok(!(await readFile(join(folder, name))).includes('patient'), name);
    }
    const last = { method: 'PATCH', body: bytes.subarray(4000) };
    assert.deepEqual(await refused(`${ROOM}/fills/fill-1?offset=4000`, last), [400, 'bad-request']);
    assert.equal(existsSync(folder), false);
    assert.equal((await json(MissingRanges, `${ROOM}/missing?trackIds=cam`)).ranges.length, 1);
  });

  it('refuses a piece that is longer than what was announced, and goes on behind it', async () => {
    await served.goOn();
    const bytes = randomBytes(100_000);
    await json(FillOffer, `${ROOM}/fills`, post(fillOf(bytes)));
    const long = { method: 'PATCH', body: randomBytes(100_001) };
    assert.deepEqual(await refused(`${ROOM}/fills/fill-1?offset=0`, long), [413, 'too-large']);
    assert.equal((await json(FillOffer, `${ROOM}/fills/fill-1`)).offset, 0);
    assert.equal((await patch(`${ROOM}/fills/fill-1?offset=0`, bytes)).needed, false);
  });

  it('wants no fill where nothing is missing', async () => {
    await served.goOn();
    const bytes = randomBytes(10);
    for (const more of [{ from: 3000, to: 4000 }, { producerId: 'mic' }]) {
      const offer = await json(FillOffer, `${ROOM}/fills`, post(fillOf(bytes, more)));
      assert.equal(offer.needed, false);
    }
    assert.deepEqual(await refused(`${ROOM}/fills`, post(fillOf(bytes, { producerId: 'other' }))), [
      404,
      'not-found',
    ]);
  });

  it('wants what reaches well beyond the end of a track: its publisher may be lost and its gap not known yet', async () => {
    await served.goOn();
    const [cam] = (await json(RecordingHead, ROOM)).tracks;
    assert(cam);
    const offer = (fillId: string, to: number) =>
      json(FillOffer, `${ROOM}/fills`, post(fillOf(randomBytes(10), { fillId, from: cam.to - 1000, to })));
    assert.equal((await offer('rounding', cam.to + 500)).needed, false);
    assert.equal((await offer('beyond', cam.to + 4000)).needed, true);
  });

  it('adds a fill that comes after the seal behind it, and the package still verifies', async () => {
    const bytes = randomBytes(50_000);
    await json(FillOffer, `${ROOM}/fills`, post(fillOf(bytes)));
    const early = { method: 'PATCH', body: bytes };
    assert.deepEqual(await refused(`${ROOM}/fills/fill-1?offset=0`, early), [503, 'media-unavailable']);
    await served.seal();
    const end = await patch(`${ROOM}/fills/fill-1?offset=50000`, Buffer.alloc(0));
    assert.deepEqual(end, { needed: false, offset: 50_000 });
    const head = await json(RecordingHead, ROOM);
    assert.equal(head.tracks[0]?.gaps[0]?.filled?.fillId, 'fill-1');
    const plain = served.made.access(served.folder);
    const report = await verifyPackage({ folder: served.folder, plain });
    assert.deepEqual([report.findings, report.supplements], [[], 1]);
  });

  it('adds files from elsewhere to a sealed recording, signed one behind the other', async () => {
    const bytes = randomBytes(1000);
    const start = {
      supplementId: 'sup-1',
      kind: 'voice-logger',
      mimeType: 'audio/wav',
      bytes: 1000,
      sha256: sha256(bytes),
      addedBy: 'person-1',
      reason: 'the call before the room',
    };
    assert.deepEqual(await refused(`${ROOM}/supplements`, post(start)), [409, 'conflict']);
    await served.seal();
    assert.equal((await json(UploadOffer, `${ROOM}/supplements`, post(start))).done, false);
    const piece = { method: 'PATCH', body: bytes };
    const end = await json(UploadOffer, `${ROOM}/supplements/sup-1?offset=0`, piece);
    assert.deepEqual(end, { done: true, offset: 1000 });
    assert.equal((await json(UploadOffer, `${ROOM}/supplements`, post(start))).done, true);
    const second = { ...start, supplementId: 'sup-2' };
    await json(UploadOffer, `${ROOM}/supplements`, post(second));
    await json(UploadOffer, `${ROOM}/supplements/sup-2?offset=0`, piece);
    assert.equal((await readSupplements(served.folder)).length, 2);
    const plain = served.made.access(served.folder);
    const report = await verifyPackage({ folder: served.folder, plain });
    assert.deepEqual([report.findings, report.supplements], [[], 2]);
  });

  it('verifies in a thread of its own, with progress, and tells what it found', async () => {
    await served.seal();
    const order = post({ jobId: 'job-1', kind: 'verify' });
    await json(Job, `${ROOM}/jobs`, order);
    const done = await untilEnded(() => json(Job, `${ROOM}/jobs/job-1`));
    assert.deepEqual([done.state, done.progress, done.result?.whole], ['done', 1, true]);
    assert.equal(done.result?.plain, 'checked');
    assert.equal((await json(Job, `${ROOM}/jobs`, order)).state, 'done');
    assert.deepEqual(await refused(`${ROOM}/jobs/job-1/file`), [404, 'not-found']);
    assert.deepEqual(await refused('/recordings/room-2/jobs/job-1'), [404, 'not-found']);
  });

  it('exports chosen tracks as one zip file that can be fetched in parts', async function () {
    this.timeout(120_000);
    await served.seal();
    const request = {
      ...{ trackIds: ['cam', 'mic'], from: 0, to: 4000, language: 'en', captions: true, blank: [] },
      reason: 'a question of the court',
    };
    const order = {
      ...{
        jobId: 'job-1',
        kind: 'export',
        request,
        purpose: 'evidence',
        by: 'A reviewer',
        title: 'Chest pain',
      },
      ...{ labels: { cam: 'Patient camera' }, marks: [{ at: 1000, text: 'At patient' }], custody: [] },
    };
    await json(Job, `${ROOM}/jobs`, post(order));
    const done = await untilEnded(() => json(Job, `${ROOM}/jobs/job-1`));
    assert.equal(done.state, 'done', done.step);
    assert.ok(Number(done.bytes) > 10_000);
    const head = await served.ask(`${ROOM}/jobs/job-1/file`, { headers: { range: 'bytes=0-3' } });
    assert.equal(head.status, 206);
    assert.equal(Buffer.from(await head.arrayBuffer()).toString('latin1'), 'PK\u0003\u0004');
  });

  it('leaves no export of what was deleted, and refuses to give out what it had made', async function () {
    this.timeout(120_000);
    await served.seal();
    const request = {
      ...{ trackIds: ['cam'], from: 0, to: 2000, language: 'en', captions: false, blank: [] },
      reason: 'a question of the court',
    };
    const about = { request, by: 'A reviewer', title: 'Chest pain', labels: {}, marks: [], custody: [] };
    await json(Job, `${ROOM}/jobs`, post({ jobId: 'job-1', kind: 'export', purpose: 'evidence', ...about }));
    assert.equal((await untilEnded(() => json(Job, `${ROOM}/jobs/job-1`))).state, 'done');
    const exports = join(served.dataDir, 'recording-exports');
    await json(Destroyed, `${ROOM}/destroy`, post({ purposes: ['teaching'], removeFiles: true }));
    assert.deepEqual(await readdir(exports), ['job-1']);
    assert.equal((await served.ask(`${ROOM}/jobs/job-1/file`)).status, 200);
    await json(Destroyed, `${ROOM}/destroy`, post({ purposes: ['evidence'], removeFiles: true }));
    assert.deepEqual(await readdir(exports), []);
    assert.deepEqual(await refused(`${ROOM}/jobs/job-1/file`), [404, 'not-found']);
  });

  it('believes no seal but its own when it verifies', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const publicKey = createPublicKey(privateKey);
    const stranger = signerOf({ privateKey, publicKey, keyId: thumbprint(publicKey) });
    await sealPackage({ folder: served.folder, signer: stranger });
    await json(Job, `${ROOM}/jobs`, post({ jobId: 'job-1', kind: 'verify' }));
    const { result } = await untilEnded(() => json(Job, `${ROOM}/jobs/job-1`));
    assert.deepEqual([result?.whole, result?.keyKnown], [false, false]);
  });

  it('cancels jobs when the recorder closes, those in line too', async () => {
    await served.seal();
    for (const jobId of ['job-1', 'job-2']) await json(Job, `${ROOM}/jobs`, post({ jobId, kind: 'verify' }));
    await served.serve.close('going down');
    assert.deepEqual(await refused(ROOM), [503, 'media-unavailable']);
  });
});

/** Asks for a path as it stands, which `fetch` would tidy up first. */
function rawGet(served: Served, path: string): Promise<number> {
  const { port } = new URL(served.url);
  const headers = { authorization: `Bearer ${signLinkToken(SECRET)}` };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port, host: '127.0.0.1', path, headers, agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject);
    request.end();
  });
}

async function untilEnded(ask: () => Promise<z.infer<typeof Job>>): Promise<z.infer<typeof Job>> {
  const deadline = performance.now() + 100_000;
  for (;;) {
    const job = await ask();
    if (['done', 'failed'].includes(job.state) || performance.now() > deadline) return job;
  }
}
