/**
 * S8: from a point of the pen on the doctor's page to its line on the wearer's display, both real pages beside the service, so that half
 * the round trip is next to nothing. The doctor draws from left to right; what the wearer's canvas shows is read out of its pixels.
 */
import type { Page } from 'playwright-core';
import { stillFilm } from '../marks-live/film.ts';
import { contained } from '../marks-live/picture.ts';
import { type MarksStage, openMarksStage } from '../marks-live/stage.ts';
import type { Progress } from '../measuring/series.ts';
import { openPages } from '../pages/open-pages.ts';
import { type Bench, type BenchResult, p95, series } from './types.ts';

const P95_MS = 150;
const STROKES = 8;
const STEPS = 60;
const STEP_MS = 16;
const FROM = 0.3;
const TO = 0.75;

interface Reached {
  /** In parts of the picture's width. */
  readonly x: number;
  /** UTC milliseconds, with fractions. */
  readonly at: number;
}

export const bench: Bench = {
  id: 'S8',
  target: 'stroke point → drawn on the wearer’s view, p95 ≤ 150 ms above half the RTT',
  minutes: 2,
  run: async ({ runs = STROKES, progress } = {}) => {
    const pages = await openPages();
    try {
      const stage = await openMarksStage(pages, { camera: await stillFilm() });
      try {
        return await measure(stage, runs, progress);
      } finally {
        await stage.close();
      }
    } finally {
      await pages.close();
    }
  },
};

async function measure(
  { doctor, glasses }: MarksStage,
  strokes: number,
  progress?: Progress,
): Promise<BenchResult> {
  const box = await doctor.locator('.stage-view').boundingBox();
  if (!box) throw new Error('the doctor has no picture');
  const frame = contained(box);
  await doctor.keyboard.press('d');
  const samples: number[] = [];
  for (let stroke = 0; stroke < strokes; stroke += 1) {
    progress?.(stroke + 1, strokes);
    const y = 0.35 + (0.3 * stroke) / strokes;
    const shown = glasses.evaluate(readCanvas, { from: FROM, to: TO, patienceMs: 20_000 });
    const drawn = doctor.evaluate(readPen, { left: frame.x, width: frame.width });
    await drawStroke(doctor, frame, y);
    const [points, reached] = [await drawn, await shown];
    samples.push(...latencies(points, reached));
    await doctor.keyboard.press('Escape');
    await doctor.keyboard.press('Control+z');
    await glasses.waitForFunction(() => !document.querySelector('.glasses')?.classList.contains('drawn-on'));
    await doctor.keyboard.press('d');
  }
  const all = series('ms', samples);
  const value = p95(samples);
  const leftOut = ['The network: both pages stand beside the service.', 'The glasses’ own display.'];
  return { ...all, value, reached: value <= P95_MS, leftOut };
}

async function drawStroke(
  doctor: Page,
  frame: { x: number; y: number; width: number; height: number },
  y: number,
): Promise<void> {
  const at = (x: number) => [frame.x + x * frame.width, frame.y + y * frame.height] as const;
  await doctor.mouse.move(...at(FROM));
  await doctor.mouse.down();
  // The first of the line stands there before it is measured: an anchor is made once.
  await doctor.waitForTimeout(1500);
  for (let step = 1; step <= STEPS; step += 1) {
    await doctor.mouse.move(...at(FROM + ((TO - FROM) * step) / STEPS));
    await doctor.waitForTimeout(STEP_MS);
  }
  await doctor.mouse.up();
}

/** For each point of the pen, the time until the line had come so far; points that were never reached are left out. */
function latencies(points: readonly Reached[], reached: readonly Reached[]): number[] {
  return points.flatMap((point) => {
    const first = reached.find(({ x, at }) => x >= point.x - 0.002 && at >= point.at);
    return first ? [first.at - point.at] : [];
  });
}

/** In the doctor's page: where the pen was when, until it is lifted. */
function readPen({ left, width }: { left: number; width: number }): Promise<Reached[]> {
  const points: Reached[] = [];
  return new Promise((resolve) => {
    const listen = (event: PointerEvent) => {
      points.push({ x: (event.clientX - left) / width, at: performance.timeOrigin + event.timeStamp });
    };
    document.addEventListener('pointermove', listen, { capture: true });
    document.addEventListener(
      'pointerup',
      () => {
        document.removeEventListener('pointermove', listen, { capture: true });
        resolve(points.filter(({ x }) => x > 0.31));
      },
      { capture: true, once: true },
    );
  });
}

/** In the wearer's page: how far to the right there is colour on the canvas, whenever that has grown. */
function readCanvas({
  from,
  to,
  patienceMs,
}: {
  from: number;
  to: number;
  patienceMs: number;
}): Promise<Reached[]> {
  const reached: Reached[] = [];
  const until = performance.now() + patienceMs;
  return new Promise((resolve) => {
    const look = () => {
      const canvas = document.querySelector<HTMLCanvasElement>('.glasses-picture canvas');
      const context = canvas?.getContext('2d');
      if (canvas && context && canvas.width > 0) {
        const left = Math.floor(canvas.width * from);
        const width = Math.ceil(canvas.width * (to - from)) + 8;
        const { data } = context.getImageData(left, 0, width, canvas.height);
        let most = -1;
        for (let index = 0; index < data.length; index += 4) {
          const [r = 0, g = 0, b = 0] = [data[index], data[index + 1], data[index + 2]];
          if (Math.max(r, g, b) - Math.min(r, g, b) > 70) most = Math.max(most, (index / 4) % width);
        }
        const x = most < 0 ? 0 : (left + most) / canvas.width;
        if (x > (reached.at(-1)?.x ?? 0)) reached.push({ x, at: performance.timeOrigin + performance.now() });
        if (x >= to - 0.005) return resolve(reached);
      }
      if (performance.now() > until) resolve(reached);
      else requestAnimationFrame(look);
    };
    look();
  });
}
