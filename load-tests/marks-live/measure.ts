/**
 * How far a mark on the wearer's display is from where it was meant: out of pictures of the page, by the number that the film says
 * and the colour of the mark. The same for a naive overlay, which leaves the mark where it was drawn on the screen.
 */
import type { Page } from 'playwright-core';
import { type DrawItem, drawMark } from '../../ar-annotations/draw/draw.ts';
import { authorStyle } from '../../ar-annotations/draw/palette.ts';
import type { Matrix3 } from '../../ar-annotations/geometry/matrix.ts';
import type { Mark, Point } from '../../ar-annotations/scene/types.ts';
import { acrossFilm } from './film.ts';
import { contained, type Frame, markIn, numberIn, type Pixels, pixelsOf } from './picture.ts';

/** Everything of the page that is coloured and no mark. */
const WITHOUT_KEYS =
  '.glasses-status, .glasses-foot, .glasses-notice, .notices { visibility: hidden !important; } .glasses::after { display: none !important; }';
/** Worse than this, in per cent of the width, is a wrong place. */
export const WRONG_PERCENT = 3;

export interface Glance {
  readonly number: number;
  /** In per cent of the frame's width; absent: no mark was shown. */
  readonly errorPercent?: number;
  readonly naivePercent: number;
}

export interface Placement {
  readonly glances: readonly Glance[];
  /** Share of the pictures with the mark in them, 0 to 1. */
  readonly shown: number;
  readonly medianPercent: number;
  readonly worstPercent: number;
  /** Pictures with the mark in a wrong place. */
  readonly wrong: number;
  readonly naiveMedianPercent: number;
}

/** Where the coloured pixels of a mark are to be expected, in parts of the frame. */
function expectedAt(mark: Mark, colour: number, truth: Matrix3, frame: Frame): Point | undefined {
  const items = drawMark({ mark, colour, opacity: 1, homography: truth }, frame);
  const { colour: paint } = authorStyle(colour);
  const boxes = items.flatMap((item) =>
    item.kind !== 'image' && item.colour === paint ? [boxOf(item)] : [],
  );
  if (boxes.length === 0) return undefined;
  const left = Math.min(...boxes.map((box) => box.left));
  const right = Math.max(...boxes.map((box) => box.right));
  const top = Math.min(...boxes.map((box) => box.top));
  const bottom = Math.max(...boxes.map((box) => box.bottom));
  return { x: (left + right) / 2 / frame.width, y: (top + bottom) / 2 / frame.height };
}

function boxOf(item: Exclude<DrawItem, { kind: 'image' }>) {
  const points = item.kind === 'text' ? [item.at] : item.points;
  const half = item.kind === 'line' ? Math.max(...item.widths) / 2 : 0;
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  return {
    left: Math.min(...xs) - half,
    right: Math.max(...xs) + half,
    top: Math.min(...ys) - half,
    bottom: Math.max(...ys) + half,
  };
}

/** The number of the frame that an element shows now; waits until it can be read. */
export async function numberOf(page: Page, selector: string): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const box = await page.locator(selector).first().boundingBox();
    const pixels = await pixelsOf(await page.screenshot());
    const number = box ? numberIn(pixels, contained(box)) : undefined;
    if (number !== undefined) return number;
  }
  throw new Error(`no number can be read in ${selector}`);
}

/**
 * Looks at the wearer's page many times while the film goes on.
 * @param drawnOn number of the frame the mark was drawn on
 */
export async function measurePlacement(
  glasses: Page,
  { mark, colour, drawnOn, glances }: { mark: Mark; colour: number; drawnOn: number; glances: number },
): Promise<Placement> {
  await hideKeys(glasses, true);
  const seen: Glance[] = [];
  try {
    const box = await glasses.locator('.glasses-picture').boundingBox();
    if (!box) throw new Error('the glasses show no picture');
    const frame = contained(box);
    for (let tries = 0; seen.length < glances && tries < 3 * glances; tries += 1) {
      const glance = glanceAt(await pixelsOf(await glasses.screenshot()), frame, { mark, colour, drawnOn });
      if (glance) seen.push(glance);
    }
  } finally {
    await hideKeys(glasses, false);
  }
  return summary(seen);
}

/** By the style sheets of the page itself, since its policy allows no others. */
async function hideKeys(glasses: Page, hidden: boolean): Promise<void> {
  await glasses.evaluate(
    ([rules, isHidden]) => {
      const sheet = new CSSStyleSheet();
      if (isHidden) sheet.replaceSync(rules);
      document.adoptedStyleSheets = [sheet];
    },
    [WITHOUT_KEYS, hidden] as const,
  );
}

function glanceAt(
  pixels: Pixels,
  frame: Frame,
  { mark, colour, drawnOn }: { mark: Mark; colour: number; drawnOn: number },
): Glance | undefined {
  const number = numberIn(pixels, frame);
  if (number === undefined) return undefined;
  const meant = expectedAt(mark, colour, acrossFilm(drawnOn, number), frame);
  const drawn = expectedAt(mark, colour, acrossFilm(drawnOn, drawnOn), frame);
  if (!meant || !drawn) return undefined;
  const off = (place: Point) =>
    100 * Math.hypot(place.x - meant.x, ((place.y - meant.y) * frame.height) / frame.width);
  const found = markIn(pixels, frame);
  return { number, naivePercent: off(drawn), ...(found ? { errorPercent: off(found) } : {}) };
}

function summary(glances: readonly Glance[]): Placement {
  if (glances.length === 0) throw new Error('no picture of the glasses could be read');
  const errors = glances.flatMap(({ errorPercent }) => errorPercent ?? []);
  return {
    glances,
    shown: errors.length / glances.length,
    medianPercent: median(errors),
    worstPercent: errors.length === 0 ? Number.NaN : Math.max(...errors),
    wrong: errors.filter((error) => error > WRONG_PERCENT).length,
    naiveMedianPercent: median(glances.map(({ naivePercent }) => naivePercent)),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
