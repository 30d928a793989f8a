/**
 * The doctor draws on what a crew member's glasses see, while their head moves: where the mark lands on their display is measured
 * in pictures of it.
 */
import { openBrowser } from '../browser/chromium.ts';
import { drawEllipse } from '../marks-live/draw.ts';
import { headFilm } from '../marks-live/film.ts';
import { measurePlacement } from '../marks-live/measure.ts';
import { enrolGlasses } from '../marks-live/stage.ts';
import { speechFile } from '../media/fixtures.ts';
import type { Emergency } from './emergency.ts';

const PATIENCE_MS = 120_000;
const GLANCES = 12;
/** Beside a strong feature of the wound, where a doctor would point. */
const PLACE = { x: 0.6, y: 0.35 };

export interface MarksResult {
  /** Median distance from where it was meant, in per cent of the picture's width. */
  readonly errorPercent: number;
  readonly worstPercent: number;
  /** Pictures that showed it in a wrong place. */
  readonly wrong: number;
  /** Share of the pictures that showed it, 0 to 1; in the others it had faded. */
  readonly shown: number;
  /** The same for an overlay that stays where it was drawn on the screen. */
  readonly naivePercent: number;
}

/** Ends with the glasses closed and the ambulance's camera large again. */
export async function drawOnGlasses({ stack, doctor, roomId }: Emergency): Promise<MarksResult> {
  const [unit] = stack.demo.units;
  if (!unit) throw new Error('the demo has no unit');
  const browser = await openBrowser({ camera: await headFilm(), microphone: await speechFile() });
  try {
    const code = await stack.signaling.people.devices.invite(unit.unitId, 'wearer');
    const glasses = await enrolGlasses(browser, stack.origin, code);
    await glasses.waitForSelector('.glasses-commands', { timeout: PATIENCE_MS });
    await doctor.locator('.strip-tile', { hasText: 'glasses' }).click({ timeout: PATIENCE_MS });
    await doctor.waitForFunction(
      () => (document.querySelector<HTMLVideoElement>('.stage-view video')?.videoWidth ?? 0) >= 900,
      undefined,
      { timeout: PATIENCE_MS },
    );
    const drawn = await drawEllipse({ stack, doctor, roomId }, PLACE);
    const { shown, medianPercent, worstPercent, wrong, naiveMedianPercent } = await measurePlacement(
      glasses,
      {
        ...drawn,
        glances: GLANCES,
      },
    );
    await doctor.keyboard.press('q');
    await doctor.locator('.strip-tile').first().click();
    return { errorPercent: medianPercent, worstPercent, wrong, shown, naivePercent: naiveMedianPercent };
  } finally {
    await browser.close();
  }
}

/** What is not as it should be, in words. */
export function problemsOf({ errorPercent, wrong, shown }: MarksResult): string[] {
  return [
    ...(wrong > 0 ? [`${wrong} pictures of the glasses show the mark in a wrong place`] : []),
    ...(shown === 0 ? ['the mark was never shown on the glasses'] : []),
    ...(errorPercent > 1 ? [`the mark is off by ${errorPercent.toFixed(2)} % of the width`] : []),
  ];
}
