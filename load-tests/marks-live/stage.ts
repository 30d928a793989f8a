/**
 * Glasses whose camera plays the film of a head, live in a room, and a doctor who looks at it: what every proof of marks begins
 * with. The glasses may stand on a host of their own behind a bad link.
 */
import type { Page } from 'playwright-core';
import { SYSTEM } from '../../signaling/rooms/types.ts';
import { type Browser, openBrowser } from '../browser/chromium.ts';
import { speechFile } from '../media/fixtures.ts';
import type { Pages } from '../pages/open-pages.ts';
import { headFilm } from './film.ts';

/** The display of common monocular glasses. */
export const DISPLAY = { width: 854, height: 480 } as const;
const PATIENCE_MS = 90_000;

export interface StageOptions {
  /** Address of the service as the glasses reach it; as everybody does unless told. */
  readonly origin?: string;
  /** File that the camera of the glasses shows; the head that moves unless told. */
  readonly camera?: string;
  /** Program that starts the Chromium of the glasses. */
  readonly executablePath?: string;
}

export interface MarksStage {
  readonly glasses: Page;
  readonly doctor: Page;
  readonly roomId: string;
  close(): Promise<void>;
}

/** Ends when the doctor sees the film. The pages must have been opened with the film as their camera or any other. */
export async function openMarksStage(pages: Pages, options: StageOptions = {}): Promise<MarksStage> {
  const { stack } = pages;
  const [unit] = stack.demo.units;
  if (!unit) throw new Error('the demo has no unit');
  const { origin = stack.origin, executablePath } = options;
  const browser: Browser = await openBrowser({
    camera: options.camera ?? (await headFilm()),
    microphone: await speechFile(),
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  try {
    const glasses = await enrolGlasses(
      browser,
      origin,
      await stack.signaling.people.devices.invite(unit.unitId, 'wearer'),
    );
    const { roomId } = await stack.signaling.rooms.create(
      {
        incidentId: 'incident-marks',
        title: 'Marks',
        drill: false,
        organisations: Object.values(stack.demo.organisations),
        unitId: unit.unitId,
      },
      SYSTEM,
    );
    await glasses.waitForSelector('.glasses-commands', { timeout: PATIENCE_MS });
    const doctor = await pages.open({ viewport: { width: 1440, height: 900 } });
    await pages.signIn(doctor, 'doctor');
    await doctor.goto(`${stack.origin}/consult/${roomId}`);
    await doctor.waitForFunction(
      () => [...document.querySelectorAll('video')].some((video) => video.videoWidth > 300),
      undefined,
      { timeout: PATIENCE_MS },
    );
    return { glasses, doctor, roomId, close: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** Opens the page of glasses, enrols it by the code of a QR, and waits until it is ready for an incident. */
export async function enrolGlasses(
  browser: Browser,
  origin: string,
  { secret }: { secret: string },
): Promise<Page> {
  const context = await browser.newContext({ viewport: DISPLAY, locale: 'en-GB' });
  await context.grantPermissions(['camera', 'microphone']);
  const glasses = await context.newPage();
  await glasses.goto(`${origin}/glasses#${secret}`);
  await glasses.waitForSelector('.glasses-waits .good, .glasses-commands', { timeout: PATIENCE_MS });
  return glasses;
}
