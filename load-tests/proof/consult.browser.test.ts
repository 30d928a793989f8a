import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type Cast, local, openCast, seen, status, until } from './cast.ts';

describe('A 4K ambulance and doctors of two organisations', function () {
  this.timeout(300_000);
  let cast: Cast;
  let crew: Page;
  let doctor: Page;
  let cardiologist: Page;
  let roomId: string;

  before(async () => {
    // A recorder asks for pictures that nobody looks at, which is what the last of these tests is about.
    cast = await openCast({ workers: 2, recorder: false });
    crew = await cast.person('paramedic');
    doctor = await cast.person('doctor');
    const dispatcher = await cast.person('dispatcher');
    roomId = await cast.room(dispatcher, 'Chest pain');
    await dispatcher.context().close();
    await crew.evaluate((room) => window.harness.join(room), roomId);
    await crew.evaluate(() => window.harness.publishCamera());
    await crew.evaluate(() => window.harness.publishMicrophone());
  });
  after(() => cast?.close());

  it('shows the doctor 3840 by 2160 when the picture fills such a screen', async () => {
    await doctor.evaluate((room) => window.harness.join(room), roomId);
    await doctor.evaluate(() => window.harness.setSize(3840, 2160));
    // The rung is told by signaling, and may come before the first such frame or after it.
    await until(
      doctor,
      seen,
      ([first]) =>
        first?.width === 3840 && first.height === 2160 && first.frames > 10 && first.rung === '2160',
      'a 4K picture that is said to be one',
      120_000,
    );
    const sound = await until(
      doctor,
      () => window.harness.sound(),
      ({ peak }) => peak > 0.05,
      'speech',
    );
    assert(sound.peak <= 1.5);
  });

  it('sends a smaller layer to a small tile, and 4K again when it is zoomed into', async () => {
    await doctor.evaluate(() => window.harness.setSize(640, 360));
    await until(doctor, seen, ([first]) => (first?.height ?? 0) <= 540, 'a small layer');
    await doctor.evaluate(() => window.harness.setSize(3840, 2160));
    await until(doctor, seen, ([first]) => first?.height === 2160, '4K again', 120_000);
  });

  it('asks the publisher for nothing when nobody looks, and starts again when somebody does', async () => {
    await doctor.evaluate(() => window.harness.setSize(0, 0));
    await until(
      crew,
      local,
      (sources) => sources.some((source) => source.kind === 'video' && source.demand === null),
      'no demand',
    );
    await doctor.evaluate(() => window.harness.setSize(1280, 720));
    const [before] = await doctor.evaluate(seen);
    await until(doctor, seen, ([first]) => (first?.frames ?? 0) > (before?.frames ?? 0) + 3, 'frames again');
  });

  it('takes in a third peer of another organisation, who hears and is heard', async () => {
    cardiologist = await cast.person('cardiologist');
    await cardiologist.evaluate((room) => window.harness.join(room), roomId);
    await cardiologist.evaluate(() => window.harness.publishMicrophone());
    await until(doctor, status, ({ peers }) => peers.length === 3, 'three peers');
    await until(cardiologist, seen, ([first]) => (first?.frames ?? 0) > 3, 'the picture');
    await until(
      cardiologist,
      () => window.harness.sound(),
      ({ peak }) => peak > 0.05,
      'speech',
    );
    await until(
      crew,
      () => window.harness.sound(),
      ({ peak }) => peak > 0.05,
      'the cardiologist heard',
    );
  });

  it('keeps facts in one order for all of them', async () => {
    const { seq } = await crew.evaluate(status);
    for (const page of [doctor, cardiologist]) {
      await until(page, status, (now) => now.seq >= seq, 'all facts');
    }
  });
});
