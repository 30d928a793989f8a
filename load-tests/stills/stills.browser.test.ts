import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type Browser, openBrowser } from '../browser/chromium.ts';
import { detailFile, UHD } from '../media/fixtures.ts';
import { eventually, status } from '../proof/cast.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { fetchOne, openRoom, stillsPages } from './open-page.ts';

const kept = (crew: Page) => crew.evaluate(() => window.stills.kept());

describe('A still of a 4K camera', function () {
  this.timeout(300_000);
  let stack: Stack;
  let browser: Browser;
  let crew: Page;
  let doctor: Page;

  before(async () => {
    stack = await startStack({ pagesFolder: await stillsPages() });
    browser = await openBrowser({ camera: await detailFile(UHD) });
    const seat = { origin: stack.origin, browser };
    ({ crew, doctor } = await openRoom(stack, { crew: seat, doctor: seat }, { width: 960, height: 540 }));
  });
  after(async () => {
    await browser?.close();
    await stack?.close();
  });

  it('is kept by the device while somebody who may draw looks at it, in bounded memory', async () => {
    const ring = await eventually(
      () => kept(crew),
      ({ frames }) => frames >= 2,
      'kept frames',
    );
    assert.ok(ring.bytes < 45_000_000, `${ring.bytes} bytes`);
  });

  it('comes whole and at full size, and is the frame that was on the screen', async () => {
    const still = await fetchOne(doctor);
    assert.equal(still.status, 'complete', JSON.stringify(still));
    assert.deepEqual([still.width, still.height], [3840, 2160]);
    assert.equal(still.progress, 1);
    // What was only scaled up from the coarse picture has a quarter of it.
    assert.ok((still.detail?.all ?? 0) > 5, JSON.stringify(still.detail));
    assert.ok((still.unlike ?? 15) < 1.2, `unlike by ${still.unlike}`);
    assert.ok(Math.abs(still.offsetMs ?? 9000) <= 1000);
    await eventually(
      () => kept(crew),
      ({ fetches }) => fetches === 0,
      'no fetch is left',
    );
  });

  it('is kept in the recording as it was seen, also when no recorder takes it at first', async () => {
    const kept = await doctor.evaluate(() => window.stills.uploaded(1));
    assert.equal(kept.status, 'kept', kept.error);
    const { roomId } = await doctor.evaluate(status);
    const { marks } = await stack.signaling.rooms.at(roomId).state();
    const [fact] = marks.stills;
    assert.deepEqual(
      [fact?.stillId, fact?.width, fact?.height, fact?.complete, fact?.mimeType],
      [kept.stillId, 3840, 2160, true, 'image/jpeg'],
    );
    const answer = await doctor.evaluate(async (path) => {
      const response = await fetch(path);
      return { status: response.status, bytes: (await response.arrayBuffer()).byteLength };
    }, `/api/rooms/${roomId}/stills/${kept.stillId}`);
    assert.deepEqual(answer, { status: 200, bytes: fact?.bytes });
  });

  it('is refused when it is too old', async () => {
    const still = await fetchOne(doctor, 1);
    assert.equal(still.status, 'failed');
    assert.equal(still.reason, 'too-old');
  });

  it('stops when the pen is taken back', async () => {
    await doctor.evaluate(() => window.stills.begin({ x: 0.1, y: 0.9 }));
    await eventually(
      () => doctor.evaluate(() => window.stills.fetch?.status),
      (now) => now !== 'asking',
      'found',
    );
    await doctor.evaluate(() => window.stills.fetch?.cancel());
    const stopped = await doctor.evaluate(() => window.stills.fetched());
    assert.equal(stopped?.status, 'cancelled', JSON.stringify(stopped));
    await eventually(
      () => kept(crew),
      ({ fetches }) => fetches === 0,
      'no fetch is left',
    );
  });

  it('is not kept any longer when nobody who may draw is there', async () => {
    await doctor.evaluate(() => window.harness.session?.leave());
    await eventually(
      () => kept(crew),
      ({ active, frames }) => !active && frames === 0,
      'an empty ring',
    );
  });
});
