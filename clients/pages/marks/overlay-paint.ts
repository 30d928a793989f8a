/** What the overlay paints above a picture: the marks, names at the pens that are down, the keyboard's cross, the known length. */
import { type DrawItem, drawMark } from '../../../ar-annotations/draw/draw.ts';
import { outlined } from '../../../ar-annotations/draw/items.ts';
import { authorStyle } from '../../../ar-annotations/draw/palette.ts';
import { apply } from '../../../ar-annotations/geometry/matrix.ts';
import { outlineOf } from '../../../ar-annotations/scene/outline.ts';
import type { Point } from '../../../ar-annotations/scene/types.ts';
import type { ShownMark } from '../../core/marks/types.ts';
import { paintMarks } from '../../ui/paint-marks.ts';
import type { Size } from '../consult/zoom.ts';
import type { Rect } from './geometry.ts';

/** Letters of names at a pen, in CSS pixels. */
const NAME_PX = 14;

export interface OverlayPicture {
  readonly shown: readonly ShownMark[];
  /** Drafts beside which their author's name stands. */
  readonly named: (shown: ShownMark) => boolean;
  /** The keyboard's cross; absent while another pen is used. */
  readonly cross: Point | undefined;
  /** The known length of a measurement, drawn or being drawn. */
  readonly scale: { readonly from: Point; readonly to: Point } | undefined;
}

/** @param rect of the picture in CSS pixels of the canvas */
export function paintOverlay(
  canvas: HTMLCanvasElement,
  picture: OverlayPicture,
  rect: Rect,
  imageOf: (imageId: string) => CanvasImageSource | undefined,
): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const ratio = canvas.width / Math.max(1, canvas.clientWidth);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(1, 0, 0, 1, rect.left * ratio, rect.top * ratio);
  const size = { width: rect.width * ratio, height: rect.height * ratio };
  for (const shown of picture.shown) paintMarks(context, drawMark(shown, size), imageOf);
  const drafts = picture.shown.filter((shown) => shown.isDraft && picture.named(shown));
  const names = drafts.flatMap((shown) => nameAt(shown, size, ratio));
  paintMarks(context, names, imageOf);
  const { scale, cross } = picture;
  if (scale !== undefined) paintMarks(context, scaleItems(scale, size, ratio), imageOf);
  if (cross !== undefined) paintMarks(context, crossItems(cross, size, ratio), imageOf);
}

/** Who draws, beside what they draw. */
function nameAt(shown: ShownMark, size: Size, ratio: number): DrawItem[] {
  const { mark, homography, authorName, colour } = shown;
  const last = outlineOf(mark.shape, mark.aspect).at(-1)?.at(-1);
  if (last === undefined) return [];
  const at = homography === undefined ? last : apply(homography, last.x, last.y);
  if (!Number.isFinite(at.x) || !Number.isFinite(at.y)) return [];
  const style = authorStyle(colour);
  return [
    {
      kind: 'text',
      at: { x: at.x * size.width, y: at.y * size.height - 1.6 * NAME_PX * ratio },
      text: authorName,
      size: NAME_PX * ratio,
      colour: style.colour,
      edge: '#000000',
      opacity: 1,
    },
  ];
}

function inPixels({ x, y }: Point, size: Size): Point {
  return { x: x * size.width, y: y * size.height };
}

const PLAIN = { colour: '#ffffff', opacity: 1, dash: [] };

function scaleItems({ from, to }: { from: Point; to: Point }, size: Size, ratio: number): DrawItem[] {
  return outlined([inPixels(from, size), inPixels(to, size)], [2 * ratio], { ...PLAIN, dash: [3, 3] });
}

function crossItems(cross: Point, size: Size, ratio: number): DrawItem[] {
  const { x, y } = inPixels(cross, size);
  const [near, far] = [5 * ratio, 16 * ratio];
  const arms: readonly (readonly [number, number])[] = [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ];
  return arms.flatMap(([dx, dy]) =>
    outlined(
      [
        { x: x + dx * near, y: y + dy * near },
        { x: x + dx * far, y: y + dy * far },
      ],
      [2 * ratio],
      PLAIN,
    ),
  );
}
