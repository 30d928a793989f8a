import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { RecordingView } from '../protocol/recordings.ts';
import { openReviewStage, type ReviewStage, upload } from '../recordings/testing/review-stage.ts';

const ROOM = '/api/recordings/room-1';

describe('a room that goes on', function () {
  this.timeout(60_000);
  let stage: ReviewStage;
  before(async () => {
    stage = await openReviewStage('recording');
  });
  after(() => stage.close());

  it('can be looked back in by those who treat in it, and by nobody else', async () => {
    const visit = await stage.visit(stage.crew, 'care');
    const view = RecordingView.parse((await stage.get(stage.crew, `${ROOM}?visit=${visit}`)).json);
    assert.deepEqual([view.live, view.mayExport], [true, false]);
    const { text } = await stage.get(stage.crew, `${ROOM}/entries?visit=${visit}`);
    assert.ok(text.includes('for one'));
    const list = `${ROOM}/tracks/cam/segments?visit=${visit}&from=0&to=8000`;
    assert.equal((await stage.get(stage.crew, list)).status, 200);
    assert.equal((await stage.send(stage.crew, 'POST', `${ROOM}/verify?visit=${visit}`)).status, 403);
    for (const username of ['doctor', 'cardiologist', 'admin']) {
      const cookie = await stage.door.signIn(username);
      const open = await stage.send(cookie, 'POST', `${ROOM}/visits`, { purpose: 'care', reason: 'x' });
      assert.equal(open.status, 403, username);
    }
  });

  it('takes what was lost from whoever published it, and from nobody else', async () => {
    const missing = await stage.get(stage.crew, '/api/rooms/room-1/missing');
    assert.deepEqual(missing.json, { ranges: [{ producerId: 'cam', from: 2000, to: 3000 }] });
    const bytes = randomBytes(20_000);
    const start = {
      fillId: 'f1',
      producerId: 'cam',
      from: 2000,
      to: 3000,
      errorMs: 10,
      mimeType: 'video/webm',
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
    const doctor = await stage.door.signIn('doctor');
    assert.deepEqual((await stage.get(doctor, '/api/rooms/room-1/missing')).json, { ranges: [] });
    assert.equal((await stage.send(doctor, 'POST', '/api/rooms/room-1/fills', start)).status, 403);
    const rows = await stage.door.people.audit.list({ limit: 50, roomId: 'room-1' });
    assert.deepEqual(
      rows.filter(({ action }) => action === 'recording.fill').map(({ allowed }) => allowed),
      [false],
    );
    const offer = await stage.send(stage.crew, 'POST', '/api/rooms/room-1/fills', start);
    assert.deepEqual(offer.json, { needed: true, offset: 0 });
    const path = '/api/rooms/room-1/fills/f1';
    assert.equal((await upload(stage, `${path}?offset=0`, doctor, bytes))[0], 403);
    assert.deepEqual(await upload(stage, `${path}?offset=0`, stage.crew, bytes.subarray(0, 5000)), [
      200,
      '{"needed":true,"offset":5000}',
    ]);
    assert.deepEqual((await stage.get(stage.crew, path)).json, { needed: true, offset: 5000 });
    assert.equal((await upload(stage, `${path}?offset=0`, stage.crew, bytes.subarray(0, 10)))[0], 409);
    const end = await upload(stage, `${path}?offset=5000`, stage.crew, bytes.subarray(5000));
    assert.deepEqual(end, [200, '{"needed":false,"offset":20000}']);
    assert.deepEqual((await stage.get(stage.crew, '/api/rooms/room-1/missing')).json, { ranges: [] });
    const again = await stage.send(stage.crew, 'POST', '/api/rooms/room-1/fills', start);
    assert.deepEqual(again.json, { needed: false, offset: 0 });
  });

  it('takes one part at a time from each principal, and tells it to come again with the next', async () => {
    for (const fillId of ['g1', 'g2']) {
      // Behind the end of what is recorded: the gap is not known yet.
      const about = { producerId: 'cam', from: 20_000, to: 60_000, errorMs: 10, mimeType: 'video/webm' };
      const start = { fillId, ...about, bytes: 1000, sha256: '0'.repeat(64) };
      const offer = await stage.send(stage.crew, 'POST', '/api/rooms/room-1/fills', start);
      assert.deepEqual(offer.json, { needed: true, offset: 0 });
    }
    const first = hold(stage, 'g1');
    // Nothing but an empty piece of the next, which changes nothing, tells that the first has begun.
    const next = () => upload(stage, '/api/rooms/room-1/fills/g2?offset=0', stage.crew, Buffer.alloc(0));
    const end = performance.now() + 10_000;
    let [status, text] = await next();
    while (status !== 503 && performance.now() < end) [status, text] = await next();
    assert.deepEqual([status, JSON.parse(text).retryAfterMs], [503, 10_000]);
    first.destroy();
  });

  it('answers others while a body does not come on', async () => {
    const path = '/api/rooms/room-1/fills/f2?offset=0';
    const slow = httpRequest({
      port: stage.door.listener.port,
      host: '127.0.0.1',
      method: 'PATCH',
      path,
      headers: { cookie: stage.crew, origin: stage.door.origin, 'content-length': '1000' },
      agent: false,
    });
    slow.on('error', () => undefined);
    slow.write('x');
    assert.equal((await stage.get(stage.crew, '/api/rooms/room-1/missing')).status, 200);
    slow.destroy();
  });
});

/** Begins to send a part whose bytes do not come. */
function hold({ door, crew }: ReviewStage, fillId: string) {
  const request = httpRequest({
    ...{ port: door.listener.port, host: '127.0.0.1', method: 'PATCH', agent: false },
    path: `/api/rooms/room-1/fills/${fillId}?offset=0`,
    headers: { cookie: crew, origin: door.origin, 'content-length': '1000' },
  });
  request.on('error', () => undefined);
  request.write('x');
  return request;
}
