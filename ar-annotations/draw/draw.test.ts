import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Shape } from '../scene/types.ts';
import { draftOf, strokePoints } from '../testing/arbitraries.ts';
import { type Drawable, type DrawItem, drawMark } from './draw.ts';
import { authorStyle } from './palette.ts';

const SIZE = { width: 1280, height: 720 };
const place = { x: 0.5, y: 0.5 };
const shapes: readonly Shape[] = [
  { kind: 'pointer', at: place },
  { kind: 'stroke', points: strokePoints(30) },
  { kind: 'arrow', from: place, to: { x: 0.7, y: 0.6 } },
  { kind: 'ellipse', centre: place, rx: 0.1, ry: 0.05, rotation: 0.4 },
  { kind: 'text', at: place, text: '压这里 press here' },
  { kind: 'stamp', at: place, number: 7 },
  {
    kind: 'image',
    imageId: 'x',
    corners: [
      { x: 0.4, y: 0.4 },
      { x: 0.6, y: 0.4 },
      { x: 0.6, y: 0.6 },
      { x: 0.4, y: 0.6 },
    ],
  },
  {
    kind: 'measure',
    from: place,
    to: { x: 0.6, y: 0.5 },
    scale: { kind: 'card', mm: 85.6, from: { x: 0.1, y: 0.9 }, to: { x: 0.3, y: 0.9 } },
    lengthMm: 42.8,
    uncertaintyMm: 4.2,
  },
];
const drawable = (shape: Shape, more: Partial<Drawable> = {}): Drawable => ({
  mark: { ...draftOf('m'), shape },
  colour: 0,
  opacity: 1,
  ...more,
});
const pointsOf = (item: DrawItem) =>
  item.kind === 'text' ? [item.at] : item.kind === 'image' ? item.corners : item.points;

describe('a drawn mark', () => {
  it('has shapes for each kind, on any picture with a dark and a light edge', () => {
    for (const shape of shapes) {
      const items = drawMark(drawable(shape), SIZE);
      assert.ok(items.length > 0, shape.kind);
      const colours = items.flatMap((item) => (item.kind === 'image' ? [] : [item.colour]));
      assert.ok(colours.includes('#000000') && colours.includes('#ffffff'), shape.kind);
    }
  });

  it('is never drawn mirrored, nor where it lies behind the viewer, nor at no place', () => {
    for (const shape of shapes)
      for (const homography of [
        [-1, 0, 1, 0, 1, 0, 0, 0, 1],
        [1, 0, 0, 0, -1, 1, 0, 0, 1],
        [1, 0, 0, 0, 1, 0, -4, 0, 1],
        [Number.NaN, 0, 0, 0, 1, 0, 0, 0, 1],
        [1e9, 0, 0, 0, 1e9, 0, 0, 0, 1],
      ] as const)
        assert.deepEqual(drawMark(drawable(shape, { homography }), SIZE), [], shape.kind);
  });

  it('lies where its homography puts it', () => {
    const homography = [1, 0, 0.1, 0, 1, -0.2, 0, 0, 1] as const;
    const [item] = drawMark(drawable({ kind: 'text', at: place, text: 'x' }, { homography }), SIZE);
    assert.ok(item?.kind === 'text');
    assert.ok(Math.abs(item.at.x - 0.6 * 1280) < 1e-6 && Math.abs(item.at.y - 0.3 * 720) < 1e-6);
  });

  it('prints a length only with its uncertainty', () => {
    const measure = shapes.find(({ kind }) => kind === 'measure');
    assert.ok(measure);
    const texts = drawMark(drawable(measure), SIZE).flatMap((item) =>
      item.kind === 'text' ? [item.text] : [],
    );
    assert.ok(texts.includes('43 ± 5 mm'), texts.join());
  });

  it('is wider where the pen was pressed', () => {
    const points = strokePoints(10).map(([x, y, , ms], n) => [x, y, n < 5 ? 0.1 : 1, ms] as const);
    const items = drawMark(drawable({ kind: 'stroke', points }), SIZE);
    const line = items.find((item) => item.kind === 'line' && item.colour === authorStyle(0).colour);
    assert.ok(line?.kind === 'line');
    assert.ok((line.widths.at(-1) ?? 0) > 2 * (line.widths[0] ?? 9));
  });

  it('in a corner lies in that corner, whatever the picture does', () => {
    for (const shape of shapes.filter(({ kind }) => kind === 'image' || kind === 'text')) {
      const mark = { ...draftOf('m'), shape, anchor: { kind: 'corner', corner: 'bottom-right' } as const };
      const homography = [1, 0, 0.5, 0, 1, 0.5, 0, 0, 1] as const;
      const items = drawMark({ mark, colour: 0, opacity: 1, homography }, SIZE);
      assert.ok(items.length > 0);
      for (const { x, y } of items.filter(({ kind }) => kind !== 'line').flatMap(pointsOf)) {
        assert.ok(x > 0.6 * SIZE.width && x <= SIZE.width, `${shape.kind} ${x}`);
        assert.ok(y > 0.6 * SIZE.height && y <= SIZE.height, `${shape.kind} ${y}`);
      }
    }
  });

  it('that has faded is not drawn', () => {
    for (const opacity of [0, -1, Number.NaN])
      assert.deepEqual(drawMark(drawable({ kind: 'pointer', at: place }, { opacity }), SIZE), []);
  });

  it('has finite places or none, for any homography', () => {
    fc.assert(
      fc.property(
        fc.tuple(...Array.from({ length: 9 }, () => fc.double())),
        fc.constantFrom(...shapes),
        fc.double(),
        (h, shape, colour) => {
          const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, i = 0, j = 0] = h;
          const items = drawMark(drawable(shape, { homography: [a, b, c, d, e, f, g, i, j], colour }), SIZE);
          for (const { x, y } of items.flatMap(pointsOf)) assert.ok(Number.isFinite(x) && Number.isFinite(y));
        },
      ),
    );
  });
});

describe('authors', () => {
  it('differ by colour, by the way of their lines and by letter', () => {
    const styles = Array.from({ length: 8 }, (_, index) => authorStyle(index));
    for (const key of ['colour', 'letter'] as const)
      assert.equal(new Set(styles.map((style) => style[key])).size, 8);
    assert.equal(new Set(styles.map(({ dash }) => dash.join())).size, 8);
    assert.notDeepEqual(authorStyle(8).dash, authorStyle(0).dash);
    assert.equal(authorStyle(26).letter, 'A2');
  });

  it('have letters that can be read on their colour (WCAG 2.2, 1.4.3: 4.5 : 1 for small text)', () => {
    const luminance = (colour: string) => {
      const [r = 0, g = 0, b = 0] = [1, 3, 5].map((from) => {
        const value = Number.parseInt(colour.slice(from, from + 2), 16) / 255;
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    for (let index = 0; index < 8; index += 1) {
      const { colour, ink } = authorStyle(index);
      const [low = 0, high = 0] = [luminance(colour), luminance(ink)].sort((a, b) => a - b);
      assert.ok((high + 0.05) / (low + 0.05) >= 4.5, `${colour} ${ink}`);
    }
  });
});
