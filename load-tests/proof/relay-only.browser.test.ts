import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { HD } from '../media/fixtures.ts';
import { type CoturnServer, hasCoturn, startCoturn } from '../servers/coturn.ts';
import { ownAddress } from '../servers/own-address.ts';
import { type Cast, openCast, seen, until } from './cast.ts';

describe('A hospital that allows nothing but TURN', function () {
  this.timeout(300_000);
  let turn: CoturnServer | undefined;
  let cast: Cast;

  before(async function () {
    if (!(await hasCoturn())) return this.skip();
    turn = await startCoturn();
    const urls = JSON.stringify([`turn:${turn.host}:${turn.port}?transport=tcp`]);
    cast = await openCast({
      picture: HD,
      mediaAddress: ownAddress(),
      args: ['--ice.relayOnly', 'true', '--ice.turn.urls', urls, '--ice.turn.secret', turn.secret],
    });
  });
  after(async () => {
    await cast?.close();
    await turn?.close();
  });

  it('is shown and told everything through coturn, by credentials that signaling made', async () => {
    const [crew, doctor] = [await cast.person('paramedic'), await cast.person('doctor')];
    const dispatcher = await cast.person('dispatcher');
    const roomId = await cast.room(dispatcher, 'Chest pain');
    await dispatcher.context().close();
    await crew.evaluate((room) => window.harness.join(room), roomId);
    await crew.evaluate(() => window.harness.publishCamera());
    await crew.evaluate(() => window.harness.publishMicrophone());
    await doctor.evaluate((room) => window.harness.join(room), roomId);
    await until(doctor, seen, ([first]) => (first?.frames ?? 0) > 10, 'the picture');
    await until(
      doctor,
      () => window.harness.sound(),
      ({ peak }) => peak > 0.05,
      'speech',
    );
    for (const page of [crew, doctor]) assert.deepEqual(await pathsOf(page), ['relay']);
  });
});

/** The statistics are read once a second; the first reading may come after the first frame. */
function pathsOf(page: Page): Promise<string[]> {
  return until(
    page,
    () => window.harness.paths(),
    (paths) => paths.length > 0,
    'a path',
  );
}
