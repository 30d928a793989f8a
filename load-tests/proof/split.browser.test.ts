/** Design section 3: "A crash or a release of signaling must not drop one frame." Real processes, killed for real. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { local, seen, status, until } from './cast.ts';
import { openSplitCast, type SplitCast } from './split-cast.ts';
import { assertPictureWentOn, assertSoundWentOn, flowing, forget, usualGaps } from './unbroken.ts';

describe('A consult over a node and a signaling process of their own', function () {
  this.timeout(300_000);
  let cast: SplitCast;
  let crew: Page;
  let doctor: Page;
  let roomId: string;

  before(async () => {
    cast = await openSplitCast();
    roomId = await cast.room('Chest pain');
    crew = await cast.person('paramedic');
    doctor = await cast.person('doctor');
    await crew.evaluate((room) => window.harness.join(room), roomId);
    await crew.evaluate(() => window.harness.publishCamera());
    await crew.evaluate(() => window.harness.publishMicrophone());
    await doctor.evaluate((room) => window.harness.join(room), roomId);
    await doctor.evaluate(() => window.harness.setSize(1280, 720));
    await flowing(doctor);
    await heard(doctor);
  });
  afterEach(function () {
    if (this.currentTest?.state === 'failed') process.stderr.write(`${cast.stack.output()}\n`);
  });
  after(() => cast?.close());

  it('goes on in picture and sound while signaling is dead, and comes under control again by itself', async () => {
    const before = await cast.stack.dump(roomId);
    const { seq } = await doctor.evaluate(status);
    const peerIds = await Promise.all(
      [crew, doctor].map(async (page) => (await page.evaluate(status)).peerId),
    );
    const usual = await usualGaps(doctor);
    await forget(crew);
    await cast.stack.signaling.kill();
    await until(doctor, status, ({ connection }) => connection.status === 'reconnecting', 'the loss is seen');
    await flowing(doctor, 60);

    await cast.stack.signaling.start();
    await Promise.all([live(crew), live(doctor)]);
    await commands(crew, 'Signaling was away');
    const { seq: now } = await until(crew, status, (s) => s.seq > seq, 'a fact written');
    await until(doctor, status, (s) => s.seq >= now, 'the same facts');

    await flowing(doctor, 60);
    await assertPictureWentOn(doctor, usual);
    await assertSoundWentOn(doctor, usual);
    await assertNeverRebuilt(crew, doctor);
    const after = await cast.stack.dump(roomId);
    assert.deepEqual(idsOf(after), idsOf(before));
    assert.ok((after?.epoch ?? 0) > (before?.epoch ?? 0), 'a new owner claimed the room at the node');
    assert.deepEqual(
      await Promise.all([crew, doctor].map(async (page) => (await page.evaluate(status)).peerId)),
      peerIds,
    );
  });

  it('says the same of picture and demand as before, not what a starved link would', async () => {
    const [picture] = await until(doctor, seen, ([first]) => first?.rung === '1080', 'the rung it receives');
    assert.equal(picture?.stills, 0);
    await until(
      crew,
      local,
      (sources) => sources.some((source) => source.demand === '1080'),
      'what is asked of the camera',
    );
  });

  it('takes in a third person afterwards, who sees, hears and is heard', async () => {
    const cardiologist = await cast.person('cardiologist');
    await cardiologist.evaluate((room) => window.harness.join(room), roomId);
    await cardiologist.evaluate(() => window.harness.publishMicrophone());
    await flowing(cardiologist);
    await heard(cardiologist);
    await crew.evaluate(() => window.harness.resetGaps());
    await heard(crew);
    await until(doctor, status, ({ peers }) => peers.length === 3, 'three peers');
    await cardiologist.evaluate(() => window.harness.session?.leave());
    await until(doctor, status, ({ peers }) => peers.length === 2, 'two peers');
    await cardiologist.context().close();
  });

  it('shows a hidden picture again that was hidden when signaling died', async () => {
    await doctor.evaluate(() => window.harness.setSize(0, 0));
    await until(
      crew,
      local,
      (sources) => sources.some(({ kind, demand }) => kind === 'video' && demand === null),
      'nobody looks',
    );
    await cast.stack.signaling.kill();
    await until(doctor, status, ({ connection }) => connection.status === 'reconnecting', 'the loss is seen');
    await cast.stack.signaling.start();
    await Promise.all([live(crew), live(doctor)]);
    await doctor.evaluate(() => window.harness.setSize(1280, 720));
    await flowing(doctor);
  });

  it('brings media back by itself after the node was killed and started again', async () => {
    const before = await doctor.evaluate(seen);
    await forget(crew, doctor);
    await cast.stack.sfu.kill();
    await until(
      doctor,
      () => window.harness.history,
      (history) => history.some((line) => line.includes('node-lost') || line.includes('media-rebuilding')),
      'the loss is said',
    );
    await cast.stack.sfu.start();
    await Promise.all([live(crew), live(doctor)]);
    await flowing(doctor);
    await doctor.evaluate(() => window.harness.resetGaps());
    await heard(doctor);
    const after = await doctor.evaluate(seen);
    assert.deepEqual(
      after.map(({ producerId, tile }) => ({ producerId, tile })),
      before.map(({ producerId, tile }) => ({ producerId, tile })),
    );
  });
});

async function heard(page: Page): Promise<void> {
  await until(
    page,
    () => window.harness.sound(),
    ({ peak }) => peak > 0.05,
    'speech',
  );
}

async function live(page: Page): Promise<void> {
  await until(page, status, ({ connection }) => connection.status === 'live', 'a live session');
}

/** A fact that only an owner of the room can write. */
async function commands(page: Page, text: string): Promise<void> {
  await page.evaluate(
    (words) => window.harness.session?.request('chat.send', { text: words, patientId: 'scene', to: 'room' }),
    text,
  );
}

async function assertNeverRebuilt(...pages: Page[]): Promise<void> {
  for (const page of pages) {
    const history = await page.evaluate(() => window.harness.history);
    assert.ok(
      history.every((line) => line.endsWith('/up')),
      history.join(', '),
    );
  }
}

type Dump = Awaited<ReturnType<SplitCast['stack']['dump']>>;

/** What must not change when only the owner does. */
function idsOf(dump: Dump) {
  return {
    transports: dump?.transports.map(({ transportId }) => transportId).sort(),
    producers: dump?.producers.map(({ producerId }) => producerId).sort(),
    consumers: dump?.consumers.map(({ consumerId, rtpParameters }) => [consumerId, rtpParameters]).sort(),
    data: dump?.dataConsumers.map(({ dataConsumerId }) => dataConsumerId).sort(),
  };
}
