/** Draws on the doctor's page as a doctor does: takes the tool by its key, freezes, waits for the sharp frame, and moves the pen. */
import type { Page } from 'playwright-core';
import type { MarkState, Point } from '../../ar-annotations/scene/types.ts';
import type { Stack } from '../stack/stack.ts';
import { numberOf } from './measure.ts';
import { contained } from './picture.ts';

const PATIENCE_MS = 60_000;
/** The picture that is large on the doctor's page. */
const STAGE = '.stage-view';

export interface Drawn {
  readonly mark: MarkState;
  readonly colour: number;
  /** Number of the frame it was drawn on. */
  readonly drawnOn: number;
}

async function marksOf(stack: Stack, roomId: string): Promise<readonly MarkState[]> {
  const { marks } = await stack.signaling.rooms.at(roomId).state();
  return Object.values(marks.scene.marks).filter((mark) => !mark.erased);
}

/** An ellipse on the frozen frame at full resolution; ends when the mark is a fact, with the live picture back on the page. */
export async function drawEllipse(
  { stack, doctor, roomId }: { stack: Stack; doctor: Page; roomId: string },
  centre: Point,
  half: Point = { x: 0.06, y: 0.1 },
): Promise<Drawn> {
  const before = new Set((await marksOf(stack, roomId)).map(({ markId }) => markId));
  await doctor.keyboard.press('e');
  await doctor.keyboard.press('z');
  await doctor.waitForFunction(
    () => /Full resolution/.test(document.querySelector('.frozen-still')?.textContent ?? ''),
    undefined,
    { timeout: PATIENCE_MS },
  );
  const box = await doctor.locator(STAGE).boundingBox();
  if (!box) throw new Error('the doctor has no picture');
  const frame = contained(box);
  const drawnOn = await numberOf(doctor, STAGE);
  const at = (x: number, y: number) => [frame.x + x * frame.width, frame.y + y * frame.height] as const;
  await doctor.mouse.move(...at(centre.x - half.x, centre.y - half.y));
  await doctor.mouse.down();
  await doctor.mouse.move(...at(centre.x, centre.y), { steps: 6 });
  await doctor.mouse.move(...at(centre.x + half.x, centre.y + half.y), { steps: 6 });
  await doctor.mouse.up();
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const mark = (await marksOf(stack, roomId)).find(({ markId }) => !before.has(markId));
    if (mark) {
      await doctor.keyboard.press('Escape');
      const { marks } = await stack.signaling.rooms.at(roomId).state();
      return { mark, colour: marks.scene.authors[mark.author]?.colour ?? 0, drawnOn };
    }
    if (performance.now() > deadline) throw new Error('the mark did not become a fact');
    await doctor.waitForTimeout(50);
  }
}
