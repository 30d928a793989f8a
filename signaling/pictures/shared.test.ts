import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { openSceneStage, ROOM, type SceneStage } from '../bystander/testing/scene-stage.ts';
import { PICTURE_BYTES } from '../protocol/pictures.ts';
import { imageKindOf } from './image-kind.ts';
import { sha256Of } from './keeper.ts';

const START_OF_FRAME = [0xff, 0xc0, 0x00, 0x11, 0x08, 0x0b, 0xd0, 0x0f, 0xc0, 0x03, ...Array(9).fill(0)];
/** A JPEG's head, 4032 × 3024, and some bytes that stand for the picture. */
const jpeg = (bytes = 5000) =>
  Buffer.concat([Buffer.from([0xff, 0xd8, ...START_OF_FRAME]), randomBytes(bytes)]);
const STILL = 'producerId=camera-1&offsetMs=-40&complete=false&mediaMs=1234.5&rtpTimestamp=90000&print=AAAA';

describe('pictures of people at work', function () {
  this.timeout(60_000);
  let stage: SceneStage;
  let dispatcher: string;
  before(async () => {
    stage = await openSceneStage();
    dispatcher = await stage.signIn('dispatcher');
    await join('dispatcher', 'desk');
  });
  after(() => stage.close());

  const join = async (username: string, peerId: string) => {
    const person = stage.demo.people.find((each) => each.username === username);
    assert.ok(person);
    const { principalId } = person;
    const peer = { peerId, principalId, role: 'dispatcher' as const, name: username, speaksHere: false };
    const organisationId = stage.demo.organisations.centre;
    await stage.room.execute('peer.join', { ...peer, organisationId }, { principalId, peerId });
  };
  const ask = (method: string, path: string, cookie: string, bytes?: Buffer) =>
    exchange(stage.staff.port, method, `/api/rooms/${ROOM}/${path}`, cookie, bytes);
  const put = (path: string, bytes: Buffer, cookie = dispatcher) => ask('PUT', path, cookie, bytes);
  const get = (path: string, cookie = dispatcher) => ask('GET', path, cookie);
  const marks = async () => (await stage.room.state()).marks;

  it('share an image: its bytes are kept as they came, become a fact once, and are read again', async () => {
    const bytes = jpeg();
    const taken = { id: 'i1', sha256: sha256Of(bytes), bytes: bytes.length };
    const first = await put('images/i1?name=Chest%20X-ray', bytes);
    assert.deepEqual([first.status, first.json], [200, taken]);
    const { seq } = await stage.room.state();
    assert.deepEqual((await put('images/i1?name=Chest%20X-ray', bytes)).json, taken);
    assert.equal((await stage.room.state()).seq, seq, 'no second fact');
    const [image] = (await marks()).images;
    assert.deepEqual(
      [image?.name, image?.peerId, image?.width, image?.height, image?.shown],
      ['Chest X-ray', 'desk', 4032, 3024, false],
    );
    const read = await get('images/i1');
    assert.deepEqual([read.status, read.type], [200, 'image/jpeg']);
    assert.ok(read.bytes.equals(bytes));
    const rows = await stage.people.audit.list({ roomId: ROOM, limit: 10 });
    assert.ok(rows.some(({ action, details }) => action === 'room.image' && details.includes('i1')));
  });

  it('keep the still under a mark with the name of its frame and how well it came', async () => {
    const bytes = jpeg();
    assert.equal((await put(`stills/s1?${STILL}`, bytes)).status, 200);
    const [still] = (await marks()).stills;
    assert.deepEqual(
      [still?.producerId, still?.peerId, still?.offsetMs, still?.complete, still?.frame],
      [
        'camera-1',
        'desk',
        -40,
        false,
        { stillId: 's1', mediaMs: 1234.5, rtpTimestamp: 90_000, print: 'AAAA' },
      ],
    );
    assert.ok((await get('stills/s1')).bytes.equals(bytes));
    for (const wrong of ['producerId=camera-1', STILL.replace('false', 'maybe'), `${STILL}&surprise=1`])
      assert.equal((await put(`stills/s2?${wrong}`, jpeg())).status, 400, wrong);
  });

  it('are for people at work in the room, and for nobody else', async () => {
    assert.equal((await put('images/i2?name=x', jpeg())).status, 200);
    const guest = await stage.guest();
    for (const username of ['admin', 'auditor', 'cardiologist']) {
      const cookie = await stage.signIn(username);
      assert.equal((await get('images/i2', cookie)).status, 404, username);
      assert.equal((await put('images/i3?name=x', jpeg(), cookie)).status, 404, username);
    }
    for (const cookie of ['', guest.cookie]) {
      assert.equal((await get('images/i2', cookie)).status, 401);
      assert.equal((await put('images/i3?name=x', jpeg(), cookie)).status, 401);
    }
    const { peerId, actor } = guest;
    const viewer = { ...actor, peerId, role: 'bystander' as const, organisationId: 'x' };
    const { entries } = await stage.room.subscribe(viewer, 0, () => {});
    assert.ok(!/ImageAdded|StillKept/.test(JSON.stringify(entries)));
    assert.equal((await get('images/none-such')).status, 404);
  });

  it('come from somebody who has joined the room', async () => {
    await stage.room.execute('peer.leave', { peerId: 'desk', reason: 'left' }, { principalId: 'system' });
    const refused = await put('images/i4?name=x', jpeg());
    assert.deepEqual([refused.status, refused.state], [409, 'not-joined']);
    await join('dispatcher', 'desk');
    assert.equal((await put('images/i4?name=x', jpeg())).status, 200);
  });

  it('are pictures with a size by their first bytes, and no larger than is taken', async () => {
    const page = Buffer.from('<!doctype html><script>alert(1)</script>');
    const heic = Buffer.concat([Buffer.from('0000ftypheic0000'), randomBytes(100)]);
    const sizeless = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xd9]), randomBytes(100)]);
    for (const wrong of [page, heic, sizeless, Buffer.alloc(0)])
      assert.equal((await put('images/i5?name=x', wrong)).status, 400);
    assert.equal((await put('images/i5?name=x', jpeg(PICTURE_BYTES))).status, 413);
    assert.ok(!(await marks()).images.some(({ imageId }) => imageId === 'i5'));
  });

  it('come by an id of their own: other bytes under it are refused', async () => {
    assert.equal((await put('images/i6?name=x', jpeg())).status, 200);
    const other = await put('images/i6?name=x', jpeg());
    assert.deepEqual([other.status, other.state], [409, 'taken']);
  });

  it('are refused for a moment while the recorder is away, and taken under the same id when it is back', async () => {
    const bytes = jpeg();
    stage.setRecorder(false);
    assert.equal((await put('images/i7?name=x', bytes)).status, 503);
    assert.ok(!(await marks()).images.some(({ imageId }) => imageId === 'i7'));
    stage.setRecorder(true);
    assert.equal((await put('images/i7?name=x', bytes)).status, 200);
  });

  it('are refused in a room that is not recorded', async () => {
    const actor = { principalId: 'someone', role: 'dispatcher' as const };
    await stage.room.execute('recording.stop', { reason: 'consent was withdrawn' }, actor);
    const refused = await put('images/i8?name=x', jpeg());
    assert.deepEqual([refused.status, refused.state], [409, 'not-recorded']);
    await stage.room.execute('recording.start', { reason: 'consent was given' }, actor);
    assert.equal((await put('images/i8?name=x', jpeg())).status, 200);
  });

  it('tell the size of a WebP in each of its three forms', () => {
    const webp = (chunk: string, at: number, data: readonly number[]) => {
      const bytes = Buffer.alloc(40);
      bytes.write(`RIFF0000WEBP${chunk}`, 'latin1');
      bytes.set(data, at);
      return imageKindOf(bytes);
    };
    const size = { mimeType: 'image/webp', width: 640, height: 360 };
    assert.deepEqual(webp('VP8X', 24, [0x7f, 2, 0, 0x67, 1, 0]), size);
    assert.deepEqual(webp('VP8L', 20, [0x2f, 0x7f, 0xc2, 0x59, 0]), size);
    assert.deepEqual(webp('VP8 ', 23, [0x9d, 1, 0x2a, 0x80, 2, 0x68, 1]), size);
    assert.deepEqual(webp('VP8 ', 23, [0, 0, 0, 0x80, 2, 0x68, 1]), { mimeType: 'image/webp' });
  });
});

interface Exchanged {
  readonly status: number;
  readonly type: string | undefined;
  readonly bytes: Buffer;
  readonly json: unknown;
  /** `details.state` of a refusal. */
  readonly state: unknown;
}

function exchange(
  port: number,
  method: string,
  path: string,
  cookie: string,
  body?: Buffer,
): Promise<Exchanged> {
  const headers = {
    ...{ cookie, origin: `http://127.0.0.1:${port}` },
    ...(body ? { 'content-length': String(body.length) } : {}),
  };
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', method, path, headers, agent: false };
    const request = httpRequest(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const type = response.headers['content-type'];
        const json: unknown = type === 'application/json' ? JSON.parse(bytes.toString()) : undefined;
        resolve({ status: response.statusCode ?? 0, type, bytes, json, state: stateOf(json) });
      });
    });
    // What is too large is refused while it is still being sent.
    request.on('error', reject);
    request.end(body);
  });
}

function stateOf(json: unknown): unknown {
  const details = typeof json === 'object' && json && 'details' in json ? json.details : undefined;
  return typeof details === 'object' && details && 'state' in details ? details.state : undefined;
}
