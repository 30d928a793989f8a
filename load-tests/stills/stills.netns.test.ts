import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { BrowserOptions } from '../browser/chromium.ts';
import { detailFile, speechFile, UHD } from '../media/fixtures.ts';
import { type Host, inOwnNetwork } from '../network/host.ts';
import { eventually, seen } from '../proof/cast.ts';
import { openTwoHosts, type TwoHosts } from '../proof/two-hosts.ts';
import { fetchOne, openRoom, stillsPages } from './open-page.ts';

const THIN = 2000;
const UNBROKEN_MS = 1500;

describe('A still of a 4K camera over 2 Mbit/s', function () {
  this.timeout(600_000);
  let hosts: TwoHosts;
  let ambulance: Host;
  let hospital: Host;
  let crew: Page;
  let doctor: Page;

  before(async function () {
    if (!(await inOwnNetwork())) return this.skip();
    hosts = await openTwoHosts({ pagesFolder: await stillsPages(), recorder: false });
    ({ ambulance, hospital } = hosts);
    const camera = { camera: await detailFile(UHD), microphone: await speechFile() };
    const seatOn = async (host: Host, options?: BrowserOptions) => ({
      origin: hosts.originFor(host),
      browser: await hosts.browserOn(host, options),
    });
    const seats = { crew: await seatOn(ambulance, camera), doctor: await seatOn(hospital) };
    ({ crew, doctor } = await openRoom(hosts.stack, seats, { width: 960, height: 540 }));
    await crew.evaluate(() => window.harness.publishMicrophone());
    await eventually(
      () => crew.evaluate(() => window.stills.kept()),
      ({ frames }) => frames > 1,
      'kept frames',
    );
  });
  after(async () => {
    await hosts?.close();
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
