import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { type Browser, openBrowser } from '../browser/chromium.ts';
import { cameraFile, speechFile } from '../media/fixtures.ts';
import { Host, inOwnNetwork } from '../network/host.ts';
import { eventually, seen } from '../proof/cast.ts';
import { film, openScene, PICTURE, type Scene } from './scene.ts';

const STEP_MS = 90_000;
const CLIMB_MS = 240_000;

describe('A phone at the scene on a poor link', function () {
  this.timeout(600_000);
  let street: Host;
  let scene: Scene;
  let browser: Browser;
  let phone: Page;

  before(async function () {
    if (!(await inOwnNetwork())) return this.skip();
    street = await Host.create();
    scene = await openScene({
      host: '0.0.0.0',
      args: ['--sfu.listenAddresses', JSON.stringify([street.here, '127.0.0.1'])],
    });
    browser = await openBrowser({
      executablePath: await street.chromium(),
      camera: await cameraFile(PICTURE),
      microphone: await speechFile(),
    });
    await street.limit({ upKbit: 600, downKbit: 600 });
    const link = new URL((await scene.link()).url);
    link.hostname = street.here;
    phone = await scene.phone(link.href, { browser });
  });
  after(async () => {
    await browser?.close();
    await scene?.close();
    await street?.close();
  });

  it('sends at least 15 frames a second over 600 kbit/s', async () => {
    await film(phone);
    await scene.moving(30);
    // The estimator finds the link and the ladder its rung first.
    await eventually(framesIn10s, (frames) => frames >= 150, '15 frames a second for 10 s', STEP_MS);
  });

  it('still sends a photo every second over less, says so, and climbs back by itself', async () => {
    await street.limit({ upKbit: 110, downKbit: 400 });
    await eventually(seenByDispatch, ({ rung }) => rung === 'still', 'stills', STEP_MS);
    await phone.getByText('the emergency centre gets one photo a second').first().waitFor();
    const { stills } = await seenByDispatch();
    await eventually(seenByDispatch, (now) => now.stills >= stills + 5, 'five stills more', 15_000);
    await street.limit({});
    await eventually(seenByDispatch, ({ rung }) => rung === '1080', 'the whole picture', CLIMB_MS);
    await scene.moving(30);
  });

  it('has the picture back by itself after ten seconds in which nothing passed', async () => {
    await street.cut();
    const outage = delay(10_000);
    await eventually(seenByDispatch, ({ freshness }) => freshness === 'not-live', 'not live');
    await outage;
    await street.restore();
    await scene.moving(30);
    await phone.getByText('Connected to the emergency centre').waitFor();
  });

  it('goes on from another network', async () => {
    await street.changeAddress(9);
    await eventually(seenByDispatch, ({ freshness }) => freshness !== 'live', 'a break');
    await scene.moving(30);
    assert.deepEqual(scene.errors, []);
  });

  async function seenByDispatch() {
    const [first] = await scene.dispatcher.evaluate(seen);
    return {
      rung: first?.rung,
      stills: first?.stills ?? 0,
      freshness: first?.freshness,
      frames: first?.frames ?? 0,
    };
  }

  async function framesIn10s(): Promise<number> {
    const { frames } = await seenByDispatch();
    await delay(10_000);
    return (await seenByDispatch()).frames - frames;
  }
});
