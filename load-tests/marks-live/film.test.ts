import assert from 'node:assert/strict';
import { apply } from '../../ar-annotations/geometry/matrix.ts';
import { acrossFilm, FILM, writeNumber } from './film.ts';
import { contained, markIn, numberIn, type Pixels } from './picture.ts';

/** A page of 854 × 480 that shows a grey frame with its number, and a coloured ring. */
function page(number: number, ring?: { x: number; y: number }): Pixels {
  const [width, height] = [854, 480];
  const frame = {
    width: FILM.width,
    height: FILM.height,
    luma: new Uint8Array(FILM.width * FILM.height).fill(120),
  };
  writeNumber(frame, number);
  const shown = contained({ x: 0, y: 0, width, height });
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const u = Math.floor(((x - shown.x) / shown.width) * FILM.width);
      const v = Math.floor(((y - shown.y) / shown.height) * FILM.height);
      const luma =
        frame.luma[Math.min(FILM.height - 1, v) * FILM.width + Math.min(FILM.width - 1, Math.max(0, u))] ?? 0;
      const from = ring ? Math.hypot(x - ring.x * width, y - ring.y * height) : 0;
      rgb.set(from > 30 && from < 34 ? [240, 40, 40] : [luma, luma, luma], (y * width + x) * 3);
    }
  return { width, height, rgb };
}

describe('The film of a head', () => {
  const shown = contained({ x: 0, y: 0, width: 854, height: 480 });

  it('says in every frame which it is', () => {
    for (const number of [0, 1, 77, FILM.frames - 1]) assert.equal(numberIn(page(number), shown), number);
  });

  it('is found to carry a mark where one is, within half a pixel, and none where there is none', () => {
    assert.equal(markIn(page(3), shown), undefined);
    const found = markIn(page(3, { x: 0.6, y: 0.4 }), shown);
    assert.ok(found && Math.abs(found.x - 0.6) * 854 < 0.8 && Math.abs(found.y - 0.4) * 480 < 0.8);
  });

  it('ends where it begins, and moves by more than a mark may be off', () => {
    const around = apply(acrossFilm(0, FILM.frames), 0.5, 0.5);
    assert.ok(Math.hypot(around.x - 0.5, around.y - 0.5) < 1e-9);
    const way = Array.from({ length: FILM.frames }, (_, number) => apply(acrossFilm(0, number), 0.5, 0.5));
    assert.ok(Math.max(...way.map(({ x }) => Math.abs(x - 0.5))) > 0.08);
    // The wound stays in view: nobody marks what they do not see.
    assert.ok(way.every(({ x, y }) => x > 0.15 && x < 0.85 && y > 0.15 && y < 0.85));
  });
});
