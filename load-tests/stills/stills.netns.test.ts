import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { type Browser, openBrowser } from '../browser/chromium.ts';
import { detailFile, speechFile, UHD } from '../media/fixtures.ts';
import { Host, inOwnNetwork } from '../network/host.ts';
import { eventually, seen } from '../proof/cast.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { fetchOne, openRoom, stillsPages } from './open-page.ts';

const THIN = 2000;
const UNBROKEN_MS = 1500;

describe('A still of a 4K camera over 2 Mbit/s', function () {
  this.timeout(600_000);
  let ambulance: Host;
  let hospital: Host;
  let stack: Stack;
  const browsers: Browser[] = [];
  let crew: Page;
  let doctor: Page;

  before(async function () {
    if (!(await inOwnNetwork())) return this.skip();
    ambulance = await Host.create();
    hospital = await Host.create();
    stack = await startStack({
      pagesFolder: await stillsPages(),
      host: '0.0.0.0',
      recorder: false,
      args: ['--sfu.listenAddresses', JSON.stringify([ambulance.here, hospital.here])],
    });
    const seatOn = async (host: Host, camera: boolean) => {
      const browser = await openBrowser({
        executablePath: await host.chromium(),
        ...(camera ? { camera: await detailFile(UHD), microphone: await speechFile() } : {}),
      });
      browsers.push(browser);
      return { origin: `https://${host.here}:${stack.port}`, browser };
    };
    const seats = { crew: await seatOn(ambulance, true), doctor: await seatOn(hospital, false) };
    ({ crew, doctor } = await openRoom(stack, seats, { width: 960, height: 540 }));
    await crew.evaluate(() => window.harness.publishMicrophone());
    await eventually(
      () => crew.evaluate(() => window.stills.kept()),
      ({ frames }) => frames > 1,
      'kept frames',
    );
  });
  after(async () => {
    for (const browser of browsers) await browser.close();
    await stack?.close();
    await ambulance?.close();
    await hospital?.close();
  });

  /** A frame that stood in the queue of a link while it became thin is older than any ring. */
  async function settled(): Promise<void> {
    const twoSeconds = async () => {
      await doctor.evaluate(() => window.harness.resetGaps());
      await delay(2000);
      return doctor.evaluate(seen);
    };
    await eventually(
      twoSeconds,
      ([picture]) => (picture?.longestGapMs ?? 9000) < 600,
      'a steady picture',
      90_000,
    );
  }

  /** The targets of the issue are compared by the benchmark; a busy machine must still bring the whole picture in order. */
  async function comesWhole(): Promise<void> {
    await settled();
    await doctor.evaluate(() => window.harness.resetGaps());
    const still = await fetchOne(doctor);
    const { coarseMs = 0, areaMs = 0, completeMs = 0 } = still.timings;
    assert.equal(still.status, 'complete', JSON.stringify(still));
    assert.ok(coarseMs < areaMs && areaMs <= completeMs, JSON.stringify(still.timings));
    assert.ok(still.bytes < 2_000_000, `${still.bytes} bytes`);
    const { longestSilenceMs } = await doctor.evaluate(() => window.harness.sound());
    assert.ok(longestSilenceMs < UNBROKEN_MS, `silent for ${longestSilenceMs} ms`);
  }

  it('comes over a thin uplink of the device, and the voice goes on beside it', async () => {
    await ambulance.limit({ upKbit: THIN, downKbit: THIN });
    await comesWhole();
    await comesWhole();
  });

  it('gives the link back to the picture afterwards', async () => {
    const [{ frames } = { frames: 0 }] = await doctor.evaluate(seen);
    await eventually(
      () => doctor.evaluate(seen),
      ([picture]) => (picture?.frames ?? 0) > frames + 10 && picture?.freshness === 'live',
      'a live picture',
      90_000,
    );
    await ambulance.limit({});
  });

  it('comes over a thin downlink of the viewer, with one packet of fifty lost', async () => {
    await hospital.limit({ upKbit: THIN, downKbit: THIN });
    await hospital.lose(2);
    await comesWhole();
  });
});
