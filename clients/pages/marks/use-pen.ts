/** Turns pointers and keys on the overlay into what the tools understand. */
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Point } from '../../../ar-annotations/scene/types.ts';
import type { Drawing } from './drawing.ts';
import { clampInside, isInside, type Rect, toPicture } from './geometry.ts';
import type { DrawnOn } from './surfaces.ts';
import type { Contact } from './tools.ts';

/** Steps of the cross, in parts of the width: a finger's width, and a fine one with Shift. */
const STEP = 0.02;
const FINE_STEP = 0.004;
/** A second finger so soon after the first means to zoom, not to draw. */
const PINCH_MS = 300;

const ARROWS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

interface PenOptions {
  readonly active: boolean;
  readonly drawing: Drawing;
  readonly on: DrawnOn;
  readonly rect: Rect;
  readonly repaint: () => void;
  readonly onErase: (at: Point) => void;
}

const crosses = new WeakMap<HTMLCanvasElement, Point>();

/** Where the keyboard's cross stands on this overlay; undefined while it is not used. */
export function crossOf(canvas: HTMLCanvasElement): Point | undefined {
  return crosses.get(canvas);
}

function placeOf(canvas: HTMLCanvasElement, event: PointerEvent, rect: Rect): Point {
  const box = canvas.getBoundingClientRect();
  return toPicture({ x: event.clientX - box.left, y: event.clientY - box.top }, rect);
}

/** A mouse tells 0.5 or 0, a finger often 0 or 1; only a stylus is believed. */
function pressureOf(event: PointerEvent): number {
  return event.pointerType === 'pen' && event.pressure > 0 ? Math.min(1, event.pressure) : 0.5;
}

function followPointers(
  canvas: HTMLCanvasElement,
  overlay: HTMLElement,
  latest: () => PenOptions,
): () => void {
  let down: { readonly id: number; readonly at: number; readonly first: PointerEvent } | undefined;
  const contactOf = (event: PointerEvent): Contact => {
    const { x, y } = clampInside(placeOf(canvas, event, latest().rect));
    return { x, y, pressure: pressureOf(event), at: event.timeStamp };
  };
  const onDown = (event: PointerEvent) => {
    const { active, drawing, on, rect, onErase, repaint } = latest();
    if (!active) return;
    if (down !== undefined) {
      if (event.timeStamp - down.at < PINCH_MS) giveToZoom(canvas, down.first);
      else event.stopPropagation();
      return;
    }
    const place = placeOf(canvas, event, rect);
    if (event.button !== 0 || !isInside(place)) return;
    // The zoom below must not pan while somebody draws.
    event.stopPropagation();
    overlay.focus({ preventScroll: true });
    crosses.delete(canvas);
    if (drawing.tool.value === 'erase') return onErase(place);
    const target = on.take(place);
    if (target === undefined) return;
    down = { id: event.pointerId, at: event.timeStamp, first: event };
    canvas.setPointerCapture(event.pointerId);
    drawing.input({ type: 'down', contact: contactOf(event) }, target);
    repaint();
  };
  /** Two fingers zoom: what the first began to draw is taken back, and it goes to the zoom too. */
  const giveToZoom = (from: HTMLCanvasElement, first: PointerEvent) => {
    const { drawing } = latest();
    down = undefined;
    drawing.input({ type: 'cancel' });
    const { pointerId, clientX, clientY, pointerType } = first;
    from.parentElement?.parentElement?.dispatchEvent(
      new PointerEvent('pointerdown', { pointerId, clientX, clientY, pointerType, bubbles: false }),
    );
  };
  const onMove = (event: PointerEvent) => {
    if (event.pointerId !== down?.id) return;
    event.stopPropagation();
    const { drawing, repaint } = latest();
    const events = event.getCoalescedEvents?.() ?? [];
    drawing.input({ type: 'move', contacts: (events.length > 0 ? events : [event]).map(contactOf) });
    repaint();
  };
  const end = (event: PointerEvent, type: 'up' | 'cancel') => {
    if (event.pointerId !== down?.id) return;
    event.stopPropagation();
    down = undefined;
    const { drawing, repaint } = latest();
    drawing.input(type === 'up' ? { type, contact: contactOf(event) } : { type });
    repaint();
  };
  const stop = new AbortController();
  const until = { signal: stop.signal };
  canvas.addEventListener('pointerdown', onDown, until);
  canvas.addEventListener('pointermove', onMove, until);
  canvas.addEventListener('pointerup', (event) => end(event, 'up'), until);
  canvas.addEventListener('pointercancel', (event) => end(event, 'cancel'), until);
  canvas.addEventListener('dblclick', (event) => latest().active && event.stopPropagation(), until);
  return () => stop.abort();
}

function isDown(drawing: Drawing): boolean {
  const { is } = drawing.state.value;
  return is === 'drawing' || is === 'scaling';
}

/** Drawing without any pointer: arrows move a cross, Enter puts the pen down on it and lifts it again. */
function followKeys(canvas: HTMLCanvasElement, overlay: HTMLElement, latest: () => PenOptions): () => void {
  const contact = (place: Point): Contact => ({ ...place, pressure: 0.5, at: performance.now() });
  const move = (event: KeyboardEvent, by: readonly [number, number]) => {
    const { drawing, rect } = latest();
    const step = event.shiftKey ? FINE_STEP : STEP;
    const from = crosses.get(canvas) ?? { x: 0.5, y: 0.5 };
    const aspect = rect.height > 0 ? rect.width / rect.height : 1;
    const place = clampInside({ x: from.x + by[0] * step, y: from.y + by[1] * step * aspect });
    crosses.set(canvas, place);
    if (isDown(drawing)) drawing.input({ type: 'move', contacts: [contact(place)] });
  };
  const press = () => {
    const { drawing, on, onErase } = latest();
    const place = crosses.get(canvas) ?? { x: 0.5, y: 0.5 };
    crosses.set(canvas, place);
    if (drawing.state.value.is === 'adjusting') return drawing.input({ type: 'done' });
    if (drawing.tool.value === 'erase') return onErase(place);
    if (isDown(drawing)) return drawing.input({ type: 'up', contact: contact(place) });
    const target = on.take(place);
    if (target !== undefined) drawing.input({ type: 'down', contact: contact(place) }, target);
    return undefined;
  };
  const onKey = (event: KeyboardEvent) => {
    const { active, repaint } = latest();
    if (!active || event.target !== overlay || event.ctrlKey || event.metaKey || event.altKey) return;
    const by = ARROWS[event.key];
    if (by !== undefined) move(event, by);
    else if (event.key === 'Enter') press();
    else return;
    event.preventDefault();
    event.stopPropagation();
    repaint();
  };
  overlay.addEventListener('keydown', onKey);
  return () => overlay.removeEventListener('keydown', onKey);
}

export function usePen(canvas: RefObject<HTMLCanvasElement | null>, options: PenOptions): void {
  const latest = useRef(options);
  latest.current = options;
  useEffect(() => {
    const element = canvas.current;
    const overlay = element?.parentElement;
    if (element === null || !overlay) return undefined;
    const read = () => latest.current;
    const stops = [followPointers(element, overlay, read), followKeys(element, overlay, read)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [canvas]);
}
