/**
 * Design section 4: "Signaling dies: … another instance takes the lease, replays the log, asks nodes for a dump,
 * reconciles. Media has flowed on." Two signaling processes share one PostgreSQL; the first one is put to sleep, as a
 * paused virtual machine is, and later the second one is killed.
 */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { findPostgres, type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { seen, status, until } from './cast.ts';
import { openSplitCast, type SplitCast } from './split-cast.ts';
import { assertPictureWentOn, forget, usualGaps } from './unbroken.ts';

describe('A consult whose signaling moves to another process', function () {
  this.timeout(300_000);
  let postgres: PostgresServer;
  let cast: SplitCast;
  let crew: Page;
  let doctor: Page;
  let roomId: string;

  before(async function () {
    if ((await findPostgres()) === undefined) return this.skip();
    postgres = await startPostgres();
    cast = await openSplitCast({ signalings: 2, databaseUrl: postgres.url, leaseSeconds: 2 });
    roomId = await cast.room('Chest pain');
    crew = await cast.person('paramedic');
    doctor = await cast.person('doctor');
    await crew.evaluate((room) => window.harness.join(room), roomId);
    await crew.evaluate(() => window.harness.publishCamera());
    await doctor.evaluate((room) => window.harness.join(room), roomId);
    await doctor.evaluate(() => window.harness.setSize(1280, 720));
    await until(doctor, seen, ([first]) => (first?.frames ?? 0) > 30, 'a picture');
  });
  afterEach(function () {
    if (this.currentTest?.state === 'failed') process.stderr.write(`${cast.stack.output()}\n`);
  });
  after(async () => {
    await cast?.close();
    await postgres?.close();
  });

  it('goes on under the second process while the first one sleeps', async () => {
    const [, second] = cast.stack.signalings;
    await second?.start();
    await takeOver(() => cast.stack.signaling.stop(), 1);
  });

  it('refuses the first one when it wakes, which notices by itself that the room is in other hands', async () => {
    const before = await cast.stack.dump(roomId);
    const refused = cast.stack.signaling.saw('room let go');
    cast.stack.signaling.wake();
    await refused;
    await say('After the other woke');
    assert.deepEqual(await cast.stack.dump(roomId), before, 'nothing at the node changed');
  });

  it('goes back to the first one when the second is killed', async () => {
    await takeOver(() => cast.stack.signalings[1]?.kill(), 0);
  });

  /** Lets the owner vanish and sends everyone to the other process; nothing may be seen of it but a reconnect. */
  async function takeOver(vanish: () => Promise<void> | undefined | void, next: number): Promise<void> {
    const before = await cast.stack.dump(roomId);
    const usual = await usualGaps(doctor);
    await forget(crew);
    await vanish();
    cast.stack.turnTo(next);
    await say(`Through process ${next}`);
    const after = await cast.stack.dump(roomId);
    assert.ok((after?.epoch ?? 0) > (before?.epoch ?? 0));
    assert.deepEqual(after?.consumers.map(idOf).sort(), before?.consumers.map(idOf).sort());
    for (const page of [crew, doctor]) {
      const history = await page.evaluate(() => window.harness.history);
      assert.ok(
        history.every((line) => line.endsWith('/up')),
        history.join(', '),
      );
    }
    await assertPictureWentOn(doctor, usual);
  }

  /** A fact that one states and the other reads, whoever owns the room by then. */
  async function say(text: string): Promise<void> {
    await crew.evaluate(
      (words) =>
        window.harness.session?.request(
          'chat.send',
          { text: words, patientId: 'scene', to: 'room' },
          { deadlineMs: 60_000 },
        ),
      text,
    );
    const last = () => window.harness.session?.state.messages.at(-1)?.text;
    await until(doctor, last, (read) => read === text, text);
    await until(doctor, status, ({ connection }) => connection.status === 'live', 'a live session');
  }
});

function idOf({ consumerId }: { consumerId: string }): string {
  return consumerId;
}
