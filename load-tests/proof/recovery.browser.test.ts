import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { Page } from 'playwright-core';
import { HD } from '../media/fixtures.ts';
import {
  type Cast,
  eventually,
  local,
  openCast,
  openHarness,
  type Seen,
  seen,
  status,
  until,
} from './cast.ts';

describe('A consultation that loses what carries it', function () {
  this.timeout(300_000);
  let cast: Cast;
  let crew: Page;
  let doctor: Page;
  let roomId: string;

  before(async () => {
    // One peer to a worker: the doctor is always on another than the crew, behind a pipe.
    cast = await openCast({ workers: 2, picture: HD, args: ['--media.peersPerWorker', '1'] });
    crew = await cast.person('paramedic');
    doctor = await cast.person('doctor');
    const dispatcher = await cast.person('dispatcher');
    roomId = await cast.room(dispatcher, 'Chest pain');
    await dispatcher.context().close();
    await crew.evaluate((room) => window.harness.join(room), roomId);
    await publish(crew);
    await doctor.evaluate((room) => window.harness.join(room), roomId);
  });
  after(() => cast?.close());

  it('shows and sounds over a pipe between two workers', async () => {
    await moving(doctor);
    await heard(doctor);
    const [crews, doctors] = [await workerOf(cast, roomId, crew), await workerOf(cast, roomId, doctor)];
    assert.notEqual(crews.workerId, doctors.workerId);
  });

  for (const whose of ['the crew', 'the doctor'] as const) {
    it(`goes on by itself when the worker of ${whose} is killed`, async () => {
      const before = await doctor.evaluate(seen);
      const published = await crew.evaluate(local);
      const owner = whose === 'the crew' ? crew : doctor;
      const { reconnects } = await owner.evaluate(status);
      const victim = await workerOf(cast, roomId, owner);
      process.kill(victim.pid, 'SIGKILL');
      await until(owner, status, (now) => now.reconnects > reconnects, 'new transports');
      await moving(doctor);
      await heard(doctor);
      const after = await doctor.evaluate(seen);
      assert.deepEqual(after.map(identity), before.map(identity), 'the same sources in the same tiles');
      assert.deepEqual(
        (await crew.evaluate(local)).map(({ producerId }) => producerId),
        published.map(({ producerId }) => producerId),
      );
      assert.deepEqual((await doctor.evaluate(status)).peers.length, 2);
    });
  }

  it('takes a doctor who reloads the page back as the same peer', async () => {
    const before = await doctor.evaluate(status);
    const sources = await doctor.evaluate(seen);
    await reload(doctor);
    const { peerId } = await doctor.evaluate((room) => window.harness.join(room), roomId);
    assert.equal(peerId, before.peerId);
    await moving(doctor);
    await heard(doctor);
    assert.deepEqual(
      (await doctor.evaluate(seen)).map(({ producerId }) => producerId),
      sources.map(({ producerId }) => producerId),
    );
    for (const page of [crew, doctor]) {
      assert.deepEqual((await page.evaluate(status)).peers.toSorted(), before.peers.toSorted());
    }
  });

  it('takes a crew that reloads the page back as the same peer, with one camera and one voice', async () => {
    const before = await crew.evaluate(status);
    await reload(crew);
    const { peerId } = await crew.evaluate((room) => window.harness.join(room), roomId);
    assert.equal(peerId, before.peerId);
    await publish(crew);
    const published = await crew.evaluate(local);
    const camera = published.find(({ kind }) => kind === 'video')?.producerId;
    await until(
      doctor,
      seen,
      (pictures) => pictures.length === 1 && pictures[0]?.producerId === camera,
      'the new picture alone',
    );
    await moving(doctor);
    await heard(doctor);
    const ids = published.map(({ producerId }) => producerId).toSorted();
    const { rooms } = cast.stack.signaling;
    await eventually(
      async () => Object.keys((await rooms.at(roomId).state()).sources).toSorted(),
      (sources) => isDeepStrictEqual(sources, ids),
      'the new camera and the new voice alone',
    );
    assert.deepEqual((await doctor.evaluate(status)).peers.toSorted(), before.peers.toSorted());
  });
});

async function publish(page: Page): Promise<void> {
  await page.evaluate(() => window.harness.publishCamera());
  await page.evaluate(() => window.harness.publishMicrophone());
}

async function reload(page: Page): Promise<void> {
  await openHarness(page, new URL(page.url()).origin);
}

function identity({ producerId, tile }: Seen) {
  return { producerId, tile };
}

/** Waits for ten frames more than there are now. */
async function moving(page: Page): Promise<void> {
  const start = (await page.evaluate(seen))[0]?.frames ?? 0;
  await until(page, seen, ([first]) => (first?.frames ?? 0) > start + 10, 'a moving picture');
}

/** Waits for speech that is heard from now on. */
async function heard(page: Page): Promise<void> {
  await page.evaluate(() => window.harness.resetGaps());
  await until(
    page,
    () => window.harness.sound(),
    ({ peak }) => peak > 0.05,
    'speech',
  );
}

/** The worker that carries the media of this page's peer. */
async function workerOf({ stack }: Cast, roomId: string, page: Page) {
  const { peerId } = await page.evaluate(status);
  const { rooms } = await stack.node.handle('node.dump', {});
  const transports = rooms.find((room) => room.roomId === roomId)?.transports ?? [];
  const own = transports.find((transport) => transport.kind !== 'pipe' && transport.peerId === peerId);
  const worker = stack.node.workers.find(({ workerId }) => workerId === own?.workerId);
  assert.ok(worker, 'the peer has media on no worker');
  return worker;
}
