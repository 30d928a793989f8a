import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { RoomState } from '../../signaling/protocol/state.ts';
import { SYSTEM } from '../../signaling/rooms/types.ts';
import { clean } from './axe.ts';
import { Cast } from './cast.ts';

const PATIENCE_MS = 60_000;
const DISPLAY = { width: 854, height: 480 };

/** A recogniser of the browser that works on the device, and hears what the test says. */
function recogniserOnTheDevice(): void {
  class Recogniser extends EventTarget {
    static async available(options: { processLocally: boolean }): Promise<string> {
      return options.processLocally ? 'available' : 'unavailable';
    }
    start(): void {
      Reflect.set(window, 'say', (transcript: string) => {
        const result = Object.assign([{ transcript }], { isFinal: true });
        this.dispatchEvent(Object.assign(new Event('result'), { results: [result] }));
      });
    }
    abort(): void {}
  }
  Reflect.set(window, 'SpeechRecognition', Recogniser);
}

function isPainted(): boolean {
  const canvas = document.querySelector<HTMLCanvasElement>('.glasses-picture canvas');
  const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
  return pixels?.some((value, index) => index % 4 === 3 && value > 0) ?? false;
}

describe('The page of glasses', function () {
  this.timeout(240_000);
  const cast = new Cast();
  let tablet: Page;
  let glasses: Page;
  let roomId = '';

  const state = async (): Promise<RoomState> => cast.pages.stack.signaling.rooms.at(roomId).state();
  const until = async (fits: (state: RoomState) => boolean, what: string) => {
    const end = performance.now() + PATIENCE_MS;
    while (!fits(await state())) {
      assert(performance.now() < end, `the room never came so far: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const unit = () => {
    const [first] = cast.demo.units;
    assert(first);
    return first;
  };
  const standsLarge = (text: string) =>
    glasses.locator('.glasses-key.current', { hasText: text }).waitFor({ timeout: PATIENCE_MS });
  /** Moves on with the one key until this command stands large. */
  const moveTo = async (text: string) => {
    for (let presses = 0; presses < 12; presses += 1) {
      if ((await glasses.locator('.glasses-key.current').textContent())?.includes(text)) return;
      await glasses.keyboard.press('ArrowRight');
    }
    await standsLarge(text);
  };

  const displays = (display: string) => (state: RoomState) =>
    Object.values(state.marks.wearers).some((wearer) => wearer.display === display);
  const videoShows = () =>
    glasses.locator('.glasses-picture video').evaluate((video) => getComputedStyle(video).opacity);
  /** A word of the coordinator in a corner of the display. */
  const drawInCorner = async () => {
    const { peers, sources } = await state();
    const coordinator = Object.values(peers).find(({ role }) => role === 'coordinator');
    const camera = Object.values(sources).find(({ source }) => source.role === 'glasses');
    assert(coordinator && camera);
    const mark = {
      ...{ markId: 'corner', author: coordinator.peerId, patientId: 'scene', aspect: 16 / 9 },
      surface: { kind: 'video' as const, producerId: camera.producerId },
      anchor: { kind: 'corner' as const, corner: 'top-left' as const },
      shape: { kind: 'text' as const, at: { x: 0.1, y: 0.1 }, text: 'Left side' },
    };
    await cast.pages.stack.signaling.rooms.at(roomId).execute('mark.added', { mark }, coordinator);
  };

  before(async () => {
    await cast.open();
    tablet = await cast.pages.open({ locale: 'en-GB' });
    await tablet.goto(`${cast.pages.stack.origin}/enrol#${unit().enrolment.secret}`);
    await tablet.getByLabel(/device/i).fill('Vehicle tablet');
    await tablet.getByRole('button', { name: 'Enrol' }).click();
    await tablet.waitForURL('**/unit');
    glasses = await cast.pages.open({ locale: 'en-GB', viewport: DISPLAY });
    await glasses.addInitScript(recogniserOnTheDevice);
    await glasses.goto(`${cast.pages.stack.origin}/glasses`);
  });
  after(() => cast.close());

  it('says when a code is wrong, and takes the next', async () => {
    await glasses.waitForSelector('.code-keys');
    await clean(glasses);
    for (let digit = 0; digit < 6; digit += 1) await glasses.keyboard.press('Enter');
    await glasses.waitForSelector('.glasses-enrol p.bad');
    assert.equal(await glasses.locator('.code-places .done').count(), 0);
  });

  it('is brought into its unit by the digits that the tablet shows, with two keys alone', async () => {
    await tablet.getByRole('button', { name: 'Add glasses' }).click();
    const shown = await tablet.locator('.glasses-digits').textContent();
    await clean(tablet);
    for (const digit of shown?.replaceAll(/\D/g, '') ?? '') {
      for (let turns = 0; turns < Number(digit); turns += 1) await glasses.keyboard.press('ArrowRight');
      await glasses.keyboard.press('Enter');
    }
    await glasses.waitForSelector('.glasses-waits .good', { timeout: PATIENCE_MS });
    await clean(glasses);
  });

  it('goes live by itself as the wearer, with its camera', async () => {
    roomId = await cast.room({ title: 'Glasses', unitId: unit().unitId });
    await glasses.waitForSelector('.glasses-commands', { timeout: PATIENCE_MS });
    await until(
      ({ sources }) => Object.values(sources).some(({ source }) => source.role === 'glasses'),
      'the camera is published',
    );
    const { peers } = await state();
    assert(Object.values(peers).some(({ role }) => role === 'wearer'));
    await clean(glasses);
  });

  it('hides marks by one key and the other, and shows them again by voice', async () => {
    await moveTo('Hide marks');
    await glasses.keyboard.press('Enter');
    await until(({ marks }) => Object.keys(marks.switchedOff).length === 1, 'marks are switched off');
    await glasses.getByText('Marks are hidden').waitFor();
    await glasses.evaluate(() => Reflect.get(window, 'say')('please show marks now'));
    await glasses.evaluate(() => Reflect.get(window, 'say')('Show marks.'));
    await until(({ marks }) => Object.keys(marks.switchedOff).length === 0, 'marks are shown again');
  });

  it('calls an expert when the key is held, from wherever the wearer is', async () => {
    await moveTo('Dim display');
    await glasses.keyboard.down('Enter');
    await until(({ help }) => Object.keys(help).length === 1, 'help is called');
    await glasses.keyboard.up('Enter');
    await glasses.waitForSelector('.glasses-notice');
    await moveTo('Withdraw call');
    await glasses.keyboard.press('Enter');
    await until(
      ({ help }) => Object.values(help).every(({ ended }) => ended !== undefined),
      'it is withdrawn',
    );
  });

  it('brings an order forward, which the wearer reads back', async () => {
    await moveTo('Hide marks');
    const doctor = await cast.person('doctor');
    await doctor.goto(`${cast.pages.stack.origin}/consult/${roomId}`);
    await until(
      ({ peers }) => Object.values(peers).some(({ role }) => role === 'coordinator'),
      'the doctor is in',
    );
    const room = cast.pages.stack.signaling.rooms.at(roomId);
    const coordinator = Object.values((await state()).peers).find(({ role }) => role === 'coordinator');
    assert(coordinator);
    const { patientId } = await room.execute('patient.add', {}, coordinator);
    await room.execute('order.give', { text: 'Adrenaline 1 mg', patientId }, coordinator);
    await standsLarge('Order understood');
    await glasses.locator('.glasses-notice', { hasText: 'Adrenaline 1 mg' }).waitFor();
    await glasses.keyboard.press('Enter');
    await until(
      ({ orders }) => Object.values(orders).some(({ readBackBy }) => readBackBy !== undefined),
      'it is read back',
    );
  });

  it('has on black only what is fixed to the display, and tells the room', async () => {
    await drawInCorner();
    await moveTo('Clear view');
    await glasses.keyboard.press('Enter');
    await until(displays('head-locked'), 'nothing but what is fixed to the display is seen');
    await glasses.waitForFunction(isPainted, undefined, { timeout: PATIENCE_MS });
    assert.equal(await videoShows(), '0');
    await glasses.getByText('marks on the patient are not shown').waitFor();
    await clean(glasses);
    const doctor = await cast.person('doctor');
    await doctor.getByText('sees no marks on the patient now').waitFor({ timeout: PATIENCE_MS });
    await standsLarge('Camera picture');
    await glasses.keyboard.press('Enter');
    await until(displays('camera'), 'the picture of the camera is seen again');
    assert.equal(await videoShows(), '1');
  });

  it('has marks on the world only with a calibration that is believed', async () => {
    await glasses.evaluate(() => {
      const sight = { map: [1, 0, 0, 0, 1, 0, 0, 0, 1], error: 0.01, checkedUtc: Date.now() };
      localStorage.setItem('goldenhour.sight', JSON.stringify(sight));
    });
    await glasses.reload();
    await glasses.waitForSelector('.glasses-commands', { timeout: PATIENCE_MS });
    await moveTo('Clear view');
    await glasses.keyboard.press('Enter');
    await standsLarge('Look through');
    await glasses.keyboard.press('Enter');
    await until(displays('see-through'), 'marks lie on the world');
    await glasses.waitForFunction(isPainted, undefined, { timeout: PATIENCE_MS });
    assert.equal(await videoShows(), '0');
    await clean(glasses);
    await standsLarge('Camera picture');
    await glasses.keyboard.press('Enter');
    await until(displays('camera'), 'the picture of the camera is seen again');
  });

  it('waits again by itself when the room lets it in no more, and goes live when it does', async () => {
    const token = '**/api/rooms/*/token*';
    await glasses.route(token, (route) =>
      route.fulfill({
        status: 403,
        json: { error: { code: 'forbidden', message: 'Not now.' } },
      }),
    );
    await glasses.reload();
    await glasses.getByText('Your role does not allow this here').waitFor({ timeout: PATIENCE_MS });
    await glasses.unroute(token);
    await glasses.waitForSelector('.glasses-commands', { timeout: PATIENCE_MS });
  });

  it('keeps its camera under the same id over a reload', async () => {
    const glassesOf = async () =>
      Object.values((await state()).sources).filter(({ source }) => source.role === 'glasses');
    const [before] = await glassesOf();
    await glasses.reload();
    await glasses.waitForSelector('.glasses-commands', { timeout: PATIENCE_MS });
    await glasses.waitForFunction(() => (document.querySelector('video')?.videoWidth ?? 0) > 0);
    await until(({ sources }) => before !== undefined && before.producerId in sources, 'the camera is back');
    assert.equal((await glassesOf()).length, 1);
  });

  it('speaks Chinese on its keys, which are what is said', async () => {
    const page = await cast.pages.open({ locale: 'zh-CN', viewport: DISPLAY });
    await page.goto(`${cast.pages.stack.origin}/glasses`);
    await page.waitForSelector('.code-keys');
    assert.equal(
      await page.locator('.code-keys button').first().getAttribute('data-wml-speech-command'),
      '数字 0',
    );
  });

  it('waits again when the unit is released', async () => {
    const doctor = await cast.person('doctor');
    assert(doctor);
    await cast.pages.stack.signaling.rooms
      .at(roomId)
      .execute('room.close', { reason: 'handed over' }, SYSTEM);
    await glasses.waitForSelector('.glasses-waits', { timeout: PATIENCE_MS });
    assert.deepEqual(cast.pages.errors, []);
  });
});
