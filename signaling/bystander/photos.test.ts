import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { imageKindOf } from '../pictures/image-kind.ts';
import { PHOTO_BYTES } from '../protocol/links.ts';
import { type Guest, openSceneStage, ROOM, type SceneStage } from './testing/scene-stage.ts';

const START_OF_FRAME = [0xff, 0xc0, 0x00, 0x11, 0x08, 0x0b, 0xd0, 0x0f, 0xc0, 0x03, ...Array(9).fill(0)];

/** A JPEG's head with an EXIF block that names a position, and some bytes that stand for the picture. */
function jpeg(bytes = 5000): Buffer {
  const exif = Buffer.from('\x45xif\0\0GPSLatitude 39.9', 'latin1');
  const app1 = Buffer.from([0xff, 0xe1, 0x00, exif.length + 2]);
  const head = [Buffer.from([0xff, 0xd8]), app1, exif, Buffer.from(START_OF_FRAME)];
  return Buffer.concat([...head, randomBytes(bytes)]);
}

describe('photos of a phone at the scene', function () {
  this.timeout(60_000);
  let stage: SceneStage;
  let phone: Guest;
  let doctor: string;
  before(async () => {
    stage = await openSceneStage();
    phone = await stage.guest();
    doctor = await stage.signIn('dispatcher');
  });
  after(() => stage.close());

  const send = (photoId: string, bytes: Buffer, cookie = phone.cookie) =>
    upload(stage, `/api/link/photos/${photoId}`, cookie, bytes);
  const read = (photoId: string, cookie = doctor) => readPhoto(stage, photoId, cookie);

  it('are kept as they came, position and all, become a fact, and are answered the same when sent again', async () => {
    const bytes = jpeg();
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const taken = [200, { photoId: 'p1', sha256, bytes: bytes.length }];
    assert.deepEqual(await send('p1', bytes), taken);
    const { seq, bystander } = await stage.room.state();
    assert.deepEqual(bystander.photos, [
      {
        photoId: 'p1',
        peerId: phone.peerId,
        ...{ sha256, mimeType: 'image/jpeg', bytes: bytes.length, width: 4032, height: 3024 },
        utc: bystander.photos[0]?.utc,
      },
    ]);
    assert.deepEqual(await send('p1', bytes), taken);
    assert.equal((await stage.room.state()).seq, seq, 'no second fact');
    const answer = await read('p1');
    assert.deepEqual([answer.status, answer.type], [200, 'image/jpeg']);
    assert.ok(answer.bytes.equals(bytes));
    // What the manifest of the recording does not name, the recorder does not hand out.
    const kept = await stage.served.ask(`/recordings/${ROOM}/files/blobs/${sha256}?purpose=care`);
    assert.equal(kept.status, 200);
    assert.ok(Buffer.from(await kept.arrayBuffer()).equals(bytes));
    const rows = await stage.people.audit.list({ roomId: ROOM, limit: 10 });
    assert.ok(rows.some(({ action, details }) => action === 'room.photo' && details.includes('p1')));
  });

  it('name the question that they answer, if it was asked of this phone', async () => {
    const ask = { what: 'photo', peerId: phone.peerId } as const;
    const dispatcher = { principalId: 'd1', role: 'dispatcher' as const };
    const { askId } = await stage.room.execute('bystander.ask', ask, dispatcher);
    assert.equal((await send(`a1?askId=${askId}`, jpeg())).at(0), 200);
    assert.equal((await send('a2?askId=a999', jpeg())).at(0), 200);
    const { photos } = (await stage.room.state()).bystander;
    assert.deepEqual(
      ['a1', 'a2'].map((id) => photos.find(({ photoId }) => photoId === id)?.askId),
      [askId, undefined],
    );
  });

  it('are for people at work in the room, and for nobody else', async () => {
    assert.equal((await send('p2', jpeg())).at(0), 200);
    for (const username of ['admin', 'auditor', 'cardiologist']) {
      assert.equal((await read('p2', await stage.signIn(username))).status, 404, username);
    }
    assert.equal((await read('p2', phone.cookie)).status, 401);
    assert.equal((await read('none-such')).status, 404);
    const other = await stage.guest();
    const viewer = { ...other.actor, peerId: other.peerId, role: 'bystander' as const };
    const { entries } = await stage.room.subscribe({ ...viewer, organisationId: 'x' }, 0, () => {});
    assert.ok(!JSON.stringify(entries).includes('PhotoAdded'));
  });

  it('are pictures by their first bytes, and no larger than is taken', async () => {
    const page = Buffer.from('<!doctype html><script>alert(1)</script>');
    assert.deepEqual((await send('p3', page)).at(0), 400);
    assert.deepEqual((await send('p3', Buffer.alloc(0))).at(0), 400);
    assert.equal((await send('p3', jpeg(PHOTO_BYTES))).at(0), 413);
    assert.deepEqual(
      (await stage.room.state()).bystander.photos.filter((photo) => photo.photoId === 'p3'),
      [],
    );
    const riff = Buffer.from('RIFF0000WEBPVP8 ');
    const heic = Buffer.from('0000ftypheic0000');
    const png = Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      Buffer.from([0, 0, 0, 13]),
      Buffer.from('IHDR'),
      Buffer.from([0, 0, 0, 7, 0, 0, 0, 5]),
    ]);
    assert.deepEqual(imageKindOf(png), { mimeType: 'image/png', width: 7, height: 5 });
    assert.deepEqual(
      [imageKindOf(riff)?.mimeType, imageKindOf(heic)?.mimeType],
      ['image/webp', 'image/heic'],
    );
    assert.equal(imageKindOf(Buffer.from('%PDF-1.7 0000 0000')), undefined);
  });

  it('come by an id of their own: other bytes under it are refused', async () => {
    assert.equal((await send('p4', jpeg())).at(0), 200);
    assert.equal((await send('p4', jpeg())).at(0), 409);
    const other = await stage.guest();
    assert.equal((await send('p4', jpeg(), other.cookie)).at(0), 409);
  });

  it('are taken from a phone that has joined and is let in', async () => {
    const outside = await stage.guest({ joins: false });
    const [status, answer] = await send('p5', jpeg(), outside.cookie);
    assert.deepEqual([status, detailsOf(answer).state], [409, 'not-joined']);
    assert.equal((await send('p5', jpeg(), '')).at(0), 401);
    assert.equal((await send('p5', jpeg(), doctor)).at(0), 401);
  });

  it('are refused for a moment while the recorder is away, and taken under the same id when it is back', async () => {
    const bytes = jpeg();
    stage.setRecorder(false);
    const [status, answer] = await send('p6', bytes);
    assert.deepEqual([status, detailsOf(answer).reason], [503, 'recorder']);
    assert.equal(
      (await stage.room.state()).bystander.photos.some(({ photoId }) => photoId === 'p6'),
      false,
    );
    stage.setRecorder(true);
    assert.equal((await send('p6', bytes)).at(0), 200);
  });

  it('are refused in a room that is not recorded', async () => {
    const actor = { principalId: 'someone', role: 'dispatcher' as const };
    await stage.room.execute('recording.stop', { reason: 'consent was withdrawn' }, actor);
    const [status, answer] = await send('p7', jpeg());
    assert.deepEqual([status, detailsOf(answer).state], [409, 'not-recorded']);
    await stage.room.execute('recording.start', { reason: 'consent was given' }, actor);
    assert.equal((await send('p7', jpeg())).at(0), 200);
  });

  it('put nothing on the disk under an id that is taken', async () => {
    const [first, second] = [jpeg(), jpeg()];
    assert.equal((await send('d1', first)).at(0), 200);
    assert.equal((await send('d1', second)).at(0), 409);
    const sha256 = createHash('sha256').update(second).digest('hex');
    const kept = await stage.served.ask(`/recordings/${ROOM}/files/blobs/${sha256}?purpose=care`);
    assert.equal(kept.status, 404);
    await kept.arrayBuffer();
  });

  it('that come in slowly by one link keep out no other phone', async () => {
    const slow = await stage.guest();
    const held = await Promise.all(
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((n) => drip(stage, `s${n}`, slow.cookie)),
    );
    try {
      assert.equal((await send('f1', jpeg())).at(0), 200);
    } finally {
      for (const end of held) end();
    }
  });

  it('do not come without end from one phone', async () => {
    const eager = await stage.guest();
    const statuses = new Set<unknown>();
    for (let n = 0; n < 21; n += 1) statuses.add((await send(`e${n}`, jpeg(10), eager.cookie)).at(0));
    assert.deepEqual([...statuses], [200, 429]);
  });
});

/** Sends bytes by PATCH; answers status and body. A refusal may come, and the connection end, before all are sent. */
function upload(
  { phones }: SceneStage,
  path: string,
  cookie: string,
  bytes: Buffer,
): Promise<[number, unknown]> {
  const { port } = phones;
  const headers = { cookie, origin: `http://127.0.0.1:${port}`, 'content-length': String(bytes.length) };
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', method: 'PATCH', path, headers, agent: false };
    const request = httpRequest(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('close', () => resolve([response.statusCode ?? 0, text === '' ? '' : JSON.parse(text)]));
    });
    request.on('error', reject);
    request.end(bytes);
  });
}

/** Begins to send a photo and goes no further until the answer it gets, or the end. */
function drip({ phones: { port } }: SceneStage, photoId: string, cookie: string): Promise<() => void> {
  const headers = {
    ...{ cookie, origin: `http://127.0.0.1:${port}`, 'content-length': '5000', expect: '100-continue' },
  };
  const path = `/api/link/photos/${photoId}`;
  return new Promise((resolve) => {
    const options = { port, host: '127.0.0.1', method: 'PATCH', path, headers, agent: false };
    const request = httpRequest(options);
    request.on('continue', () => request.write(jpeg(10), () => resolve(() => request.destroy())));
    request.on('error', () => request.destroy());
    request.flushHeaders();
  });
}

function readPhoto(
  { staff }: SceneStage,
  photoId: string,
  cookie: string,
): Promise<{ status: number; type: string | undefined; bytes: Buffer }> {
  const path = `/api/rooms/${ROOM}/photos/${photoId}`;
  return new Promise((resolve, reject) => {
    const options = { port: staff.port, host: '127.0.0.1', path, headers: { cookie }, agent: false };
    const request = httpRequest(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const type = response.headers['content-type'];
        resolve({ status: response.statusCode ?? 0, type, bytes: Buffer.concat(chunks) });
      });
    });
    request.on('error', reject);
    request.end();
  });
}

function detailsOf(answer: unknown): Record<string, unknown> {
  const details = typeof answer === 'object' && answer && 'details' in answer ? answer.details : undefined;
  return typeof details === 'object' && details ? { ...details } : {};
}
