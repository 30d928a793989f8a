/** The surface above a picture that shows marks and takes the pen: mouse, finger, stylus or keys. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { hitTest } from '../../../ar-annotations/scene/outline.ts';
import type { ShownMark } from '../../core/marks/types.ts';
import { t } from '../../i18n/index.ts';
import { announce } from '../../ui/announcer.tsx';
import { UNZOOMED, type Zoom } from '../consult/zoom.ts';
import type { Drawing } from './drawing.ts';
import { pictureRect, type Rect } from './geometry.ts';
import { paintOverlay } from './overlay-paint.ts';
import { CornerHandles, WordsField } from './overlay-parts.tsx';
import type { DrawnOn } from './surfaces.ts';
import { useImages } from './use-images.ts';
import { crossOf, usePen } from './use-pen.ts';

const NO_RECT: Rect = { left: 0, top: 0, width: 0, height: 0 };

function sameRect(a: Rect, b: Rect): boolean {
  return a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height;
}

/** Marks that this person wants to see. */
export function visibleMarks(drawing: Drawing, shown: readonly ShownMark[]): readonly ShownMark[] {
  if (drawing.hidesAll.value) return shown.filter(({ isDraft }) => isDraft);
  const hidden = drawing.hidden.value;
  return hidden.size === 0 ? shown : shown.filter(({ mark }) => !hidden.has(mark.markId));
}

function scaleShown(drawing: Drawing) {
  const state = drawing.state.value;
  if (drawing.tool.value !== 'measure') return undefined;
  if (state.is === 'scaling') return { from: state.start, to: state.last };
  return (state.is === 'idle' || state.is === 'drawing') && state.scale !== undefined
    ? state.scale
    : undefined;
}

/** Paints on demand: a new picture, new marks, a pen that moved, a mark that fades. Answers the function that asks for it. */
function usePainting(
  canvas: { readonly current: HTMLCanvasElement | null },
  on: DrawnOn,
  drawing: Drawing,
  mayDraw: boolean,
  zoom: Zoom,
  onRect: (rect: Rect) => void,
): () => void {
  const images = useImages();
  const paint = useRef<() => void>(() => undefined);
  const handle = useRef<number | undefined>(undefined);
  const ask = useRef((): void => {
    handle.current ??= requestAnimationFrame(() => {
      handle.current = undefined;
      paint.current();
    });
  }).current;
  paint.current = () => {
    const element = canvas.current;
    const size = on.size();
    if (element === null) return;
    fitPixels(element);
    const box = { width: element.clientWidth, height: element.clientHeight };
    const rect = size === undefined ? NO_RECT : pictureRect(box, size, zoom);
    onRect(rect);
    const shown = size === undefined ? [] : visibleMarks(drawing, on.shown());
    const picture = {
      shown,
      // One's own name at one's own pen hides what one draws.
      named: ({ mark }: ShownMark) => mark.author !== drawing.session.peerId,
      cross: crossOf(element),
      scale: mayDraw ? scaleShown(drawing) : undefined,
    };
    paintOverlay(element, picture, rect, (imageId) => images.get(imageId, ask));
    if (shown.some(({ opacity }) => opacity > 0 && opacity < 1)) ask();
  };
  useEffect(() => {
    const element = canvas.current;
    const sizes = new ResizeObserver(ask);
    if (element !== null) sizes.observe(element);
    const stops = [on.follow(ask), drawing.marks.on('change', ask), () => sizes.disconnect()];
    ask();
    return () => {
      for (const stop of stops) stop();
      if (handle.current !== undefined) cancelAnimationFrame(handle.current);
      handle.current = undefined;
    };
  }, [canvas, on, drawing, ask]);
  // Zoom, tool and what is hidden come by rendering.
  useEffect(ask);
  return ask;
}

/** As many pixels as the screen has under the canvas: lines stay sharp at any zoom. */
function fitPixels(canvas: HTMLCanvasElement): void {
  const width = Math.round(canvas.clientWidth * devicePixelRatio);
  const height = Math.round(canvas.clientHeight * devicePixelRatio);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

export function MarkOverlay(props: {
  drawing: Drawing;
  on: DrawnOn;
  zoom?: Zoom;
  /** Whether this person may draw here. */
  mayDraw: boolean;
}): JSX.Element {
  const { drawing, on, mayDraw, zoom = UNZOOMED } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [rect, setRect] = useState<Rect>(NO_RECT);
  const repaint = usePainting(canvas, on, drawing, mayDraw, zoom, (next) =>
    setRect((old) => (sameRect(old, next) ? old : next)),
  );
  const tool = drawing.tool.value;
  const state = drawing.state.value;
  const active = mayDraw && tool !== undefined;
  usePen(canvas, {
    active,
    drawing,
    on,
    rect,
    repaint,
    onErase: (at) => {
      const own = on.shown().filter(({ mark, isDraft }) => !isDraft && drawing.mayErase(mark));
      const markId = hitTest(own, at, 12 / Math.max(1, rect.width));
      if (markId === undefined) announce(t('marks.nothingThere'));
      else drawing.erase([markId]);
    },
  });
  return (
    <>
      <div
        class={`mark-overlay${active ? ` active tool-${tool}` : ''}`}
        {...(active ? { role: 'application', 'aria-label': t('marks.surface'), tabIndex: 0 } : {})}
      >
        <canvas ref={canvas} class="mark-canvas" />
      </div>
      {active && state.is === 'typing' ? (
        <WordsField drawing={drawing} place={state.place} rect={rect} />
      ) : null}
      {active && state.is === 'adjusting' ? (
        <CornerHandles drawing={drawing} corners={state.corners} rect={rect} />
      ) : null}
    </>
  );
}
