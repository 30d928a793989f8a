/** The pictures of glasses and of drawing: a doctor marks a place on what the glasses of a crew member see. */
import type { Page } from 'playwright-core';
import { drawEllipse } from '../marks-live/draw.ts';
import { quietFilm } from '../marks-live/film.ts';
import { DISPLAY, openMarksStage } from '../marks-live/stage.ts';
import { openPages, type Pages } from './open-pages.ts';
import { SIZES, shoot } from './shoot.ts';

const PATIENCE_MS = 60_000;
const ON_GLASSES = { desktop: DISPLAY, phone: SIZES.phone };
const ON_DESK = { desktop: { width: 1440, height: 900 }, phone: SIZES.phone };

export async function takeMarks(folder: string): Promise<void> {
  const pages = await openPages();
  try {
    await shootCode(pages, folder);
    const stage = await openMarksStage(pages, { camera: await quietFilm() });
    const { glasses, doctor, roomId } = stage;
    try {
      await drawEllipse({ stack: pages.stack, doctor, roomId }, { x: 0.6, y: 0.35 });
      await doctor.keyboard.press('z');
      await shoot(doctor, 'consult-marks', folder, ON_DESK);
      await shoot(glasses, 'glasses', folder, ON_GLASSES);
    } finally {
      await stage.close();
    }
  } finally {
    await pages.close();
  }
}

/** The tablet of a unit that shows the code, and the glasses that take it. */
async function shootCode({ stack, open }: Pages, folder: string): Promise<void> {
  const [, unit] = stack.demo.units;
  if (!unit) throw new Error('the demo has no second unit');
  const tablet: Page = await open({ locale: 'en-GB' });
  await tablet.goto(`${stack.origin}/enrol#${unit.enrolment.secret}`);
  await tablet.getByLabel(/device/i).fill('Vehicle tablet');
  await tablet.getByRole('button', { name: 'Enrol' }).click();
  await tablet.getByRole('button', { name: 'Add glasses' }).click({ timeout: PATIENCE_MS });
  await tablet.waitForSelector('.qr');
  await shoot(tablet, 'glasses-code', folder, ON_DESK);
  const glasses = await open({ locale: 'en-GB', viewport: DISPLAY });
  await glasses.goto(`${stack.origin}/glasses`);
  await glasses.waitForSelector('.code-keys');
  await shoot(glasses, 'glasses-enrol', folder, ON_GLASSES);
  await tablet.context().close();
  await glasses.context().close();
}
