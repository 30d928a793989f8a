import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { MarkState, Shape } from '../../ar-annotations/scene/types.ts';
import { projectRoot } from '../../platform/setup/index.ts';
import { clean } from './axe.ts';
import { Cast } from './cast.ts';

const PATIENCE_MS = 60_000;
type Place = readonly [x: number, y: number];

describe('Marks on the pages', function () {
  this.timeout(300_000);
  const cast = new Cast();
  let crew: Page;
  let doctor: Page;

  const marks = async (): Promise<readonly MarkState[]> => {
    const { scene } = (await cast.pages.stack.signaling.rooms.at(cast.roomId).state()).marks;
    return scene.order.flatMap((id) => scene.marks[id] ?? []).filter((mark) => !mark.erased);
  };
  /** Waits until the facts are so; the last of them is answered. */
  const untilMarks = async (fits: (standing: readonly MarkState[]) => boolean) => {
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const standing = await marks();
      if (fits(standing)) return standing;
      const kinds = standing.map(({ shape }) => shape.kind);
      assert(performance.now() < end, `the room never had these marks, but ${kinds.join()}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const shapeOf = async <K extends Shape['kind']>(kind: K): Promise<Extract<Shape, { kind: K }>> => {
    const isOf = (shape: Shape): shape is Extract<Shape, { kind: K }> => shape.kind === kind;
    const standing = await untilMarks((each) => each.some(({ shape }) => isOf(shape)));
    const shape = standing.map((mark) => mark.shape).findLast(isOf);
    assert(shape !== undefined);
    return shape;
  };
  /** The picture on the stage is 16:9 and letterboxed; places are parts of it. */
  const onPicture = async (page: Page, canvas = '.mark-canvas') => {
    const box = await page.locator(canvas).first().boundingBox();
    assert(box !== null);
    const width = Math.min(box.width, (box.height * 16) / 9);
    const height = (width * 9) / 16;
    const left = box.x + (box.width - width) / 2;
    const top = box.y + (box.height - height) / 2;
    return ([x, y]: Place) => [left + x * width, top + y * height] as const;
  };
  const drag = async (page: Page, [first, ...rest]: readonly [Place, ...Place[]]) => {
    const at = await onPicture(page);
    await page.mouse.move(...at(first));
    await page.mouse.down();
    for (const place of rest) await page.mouse.move(...at(place), { steps: 5 });
    await page.mouse.up();
  };
  const near = (a: number, b: number) => Math.abs(a - b) < 0.01;

  before(async () => {
    await cast.open();
    cast.roomId = await cast.room({ title: 'Wound at the works' });
    crew = await cast.person('paramedic');
    await crew.goto(`${cast.pages.stack.origin}/ambulance/${cast.roomId}`);
    await crew.locator('.precheck-keys .primary >> text="Go live"').click();
    doctor = await cast.person('doctor', { viewport: { width: 1440, height: 900 } });
    await doctor.goto(`${cast.pages.stack.origin}/consult/${cast.roomId}`);
    const hasPicture = () => (document.querySelector('video')?.videoWidth ?? 0) > 0;
    await doctor.waitForFunction(hasPicture, undefined, { timeout: PATIENCE_MS });
    await doctor.locator('.catch-up button').first().click();
  });
  after(() => cast.close());

  it('are drawn on the frame that stood when the pen went down, and become facts where they were drawn', async () => {
    await doctor.keyboard.press('d');
    await drag(doctor, [
      [0.4, 0.4],
      [0.5, 0.35],
      [0.55, 0.5],
    ]);
    await doctor.getByText('FROZEN').waitFor();
    const { points } = await shapeOf('stroke');
    const [first, last] = [points[0], points.at(-1)];
    assert(first !== undefined && last !== undefined);
    assert(near(first[0], 0.4) && near(first[1], 0.4), `began at ${first.join()}`);
    assert(near(last[0], 0.55) && near(last[1], 0.5), `ended at ${last.join()}`);
    const [mark] = await marks();
    assert(mark?.anchor.kind === 'scene' && mark.anchor.reference.length > 100);
    await clean(doctor);
  });

  it('keep the live picture beside the frozen one, and get the full frame from the camera', async () => {
    await doctor.locator('.live-corner video').waitFor();
    await doctor.getByText(/Full resolution/).waitFor({ timeout: PATIENCE_MS });
    const isSharp = () =>
      (document.querySelector<HTMLCanvasElement>('.frozen-picture canvas')?.width ?? 0) >= 1280;
    await doctor.waitForFunction(isSharp, undefined, { timeout: PATIENCE_MS });
  });

  it('go where they were drawn also when the picture is zoomed', async () => {
    await doctor.keyboard.press('+');
    await doctor.keyboard.press('a');
    const at = await onPicture(doctor);
    const middle = at([0.5, 0.5]);
    const [x, y] = at([0.6, 0.5]);
    await doctor.mouse.move(...middle);
    await doctor.mouse.down();
    await doctor.mouse.move(x, y, { steps: 5 });
    await doctor.mouse.up();
    const { from, to } = await shapeOf('arrow');
    assert(near(from.x, 0.5) && near(from.y, 0.5));
    assert(near(to.x, 0.5 + 0.1 / 1.4) && near(to.y, 0.5), `ended at ${to.x}`);
    await doctor.keyboard.press('0');
  });

  it('are drawn by keys alone: arrows move the cross, Enter puts the pen down and lifts it', async () => {
    await doctor.keyboard.press('e');
    await doctor.locator('.mark-overlay.active:focus').waitFor();
    await doctor.keyboard.press('Enter');
    for (let step = 0; step < 5; step += 1) await doctor.keyboard.press('ArrowRight');
    for (let step = 0; step < 5; step += 1) await doctor.keyboard.press('ArrowDown');
    await doctor.keyboard.press('Enter');
    const { rx, ry, centre } = await shapeOf('ellipse');
    assert(near(rx, 0.05) && near(ry, 0.05), 'round on the screen');
    assert(near(centre.x, 0.55));
  });

  it('are numbered, and say words', async () => {
    await doctor.keyboard.press('n');
    await drag(doctor, [[0.3, 0.6]]);
    assert.equal((await shapeOf('stamp')).number, 1);
    await doctor.keyboard.press('t');
    await drag(doctor, [[0.3, 0.3]]);
    await doctor.getByLabel('Words of the mark').fill('Press here');
    await doctor.keyboard.press('Enter');
    assert.equal((await shapeOf('text')).text, 'Press here');
  });

  it('are undone and done again', async () => {
    const before = (await marks()).length;
    await doctor.keyboard.press('Control+z');
    await untilMarks((standing) => standing.length === before - 1);
    await doctor.keyboard.press('Control+Shift+z');
    await untilMarks((standing) => standing.length === before);
  });

  it('are listed with author and age, hidden in one view and erased one by one', async () => {
    await doctor.keyboard.press('Escape');
    await doctor.locator('.live-corner').waitFor({ state: 'detached' });
    await doctor.keyboard.press('j');
    const row = doctor.locator('.mark-row', { hasText: 'Press here' });
    assert.match((await row.textContent()) ?? '', /Emergency doctor.*ago/);
    await row.getByRole('button', { name: /^Hide/ }).click();
    await row.getByRole('button', { name: /^Show/ }).waitFor();
    await clean(doctor);
    await row.getByRole('button', { name: /^Erase/ }).click();
    await row.waitFor({ state: 'detached' });
    await untilMarks((standing) => standing.every(({ shape }) => shape.kind !== 'text'));
  });

  it('are told to the crew, who draw on their own camera with tools for gloves', async () => {
    await crew.getByRole('button', { name: /^Draw/ }).first().click();
    await crew.locator('.draw-full video').waitFor();
    await clean(crew);
    const before = (await marks()).length;
    await crew.getByRole('button', { name: /^Number/ }).click();
    await crew.waitForFunction(() => {
      const video = document.querySelector<HTMLVideoElement>('.draw-full video');
      return (video?.videoWidth ?? 0) > 0;
    });
    await crew.locator('.draw-full .mark-canvas').click();
    const standing = await untilMarks((each) => each.length === before + 1);
    const state = await cast.pages.stack.signaling.rooms.at(cast.roomId).state();
    assert.equal(state.peers[standing.at(-1)?.author ?? '']?.role, 'crew');
    await doctor.locator('.mark-row', { hasText: 'Paramedic' }).waitFor();
    await crew.getByRole('button', { name: 'Done drawing' }).click();
    await crew.locator('.camera-card').first().waitFor();
  });

  it('lie on shared images too, which open for everybody at work', async () => {
    const file = join(projectRoot, 'docs', 'screenshots', 'sign-in-phone.png');
    await doctor.setInputFiles('.image-add input', file);
    await doctor.getByRole('region', { name: /^Shared picture/ }).waitFor({ timeout: PATIENCE_MS });
    await doctor.waitForFunction(
      () => (document.querySelector<HTMLImageElement>('.stage-move img')?.naturalWidth ?? 0) > 0,
    );
    await clean(doctor);
    await doctor.keyboard.press('x');
    await doctor.locator('.mark-canvas').first().click();
    const standing = await untilMarks((each) => each.some(({ surface }) => surface.kind === 'image'));
    const pointer = standing.find(({ surface }) => surface.kind === 'image')?.shape;
    assert(pointer?.kind === 'pointer' && near(pointer.at.x, 0.5) && near(pointer.at.y, 0.5));
    await doctor.getByRole('button', { name: 'Back to the camera' }).click();
  });

  it('are drawn by whom the coordinator admits; the others read whom to ask', async () => {
    const other = await cast.person('dispatcher');
    await other.goto(`${cast.pages.stack.origin}/consult/${cast.roomId}`);
    await other.locator('.catch-up button').first().click();
    await other.getByRole('button', { name: 'Draw', exact: true }).click();
    await other.locator('.mark-floor', { hasText: 'Emergency doctor' }).waitFor();
    await clean(other);
    await doctor.keyboard.press('u');
    await doctor.getByRole('button', { name: 'Let Dispatcher draw' }).click();
    await other.getByRole('toolbar', { name: 'Drawing tools' }).waitFor();
    await doctor.getByRole('button', { name: 'End drawing of Dispatcher' }).click();
    await other.locator('.mark-floor').waitFor();
  });

  it('throw nothing in all this', () => {
    assert.deepEqual(cast.pages.errors, []);
  });
});
