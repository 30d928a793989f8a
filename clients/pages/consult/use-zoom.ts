/** Wheel, drag, pinch, double tap and keys on the main picture. */
import type { RefObject } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import {
  type Point,
  panBy,
  type Size,
  UNZOOMED,
  wheelFactor,
  ZOOM_STEP,
  type Zoom,
  zoomAt,
  zoomByKey,
} from './zoom.ts';

export interface ZoomControl {
  readonly zoom: Zoom;
  readonly step: (direction: 'in' | 'out') => void;
  readonly reset: () => void;
  /** Answers whether the key was for the zoom. */
  readonly onKey: (key: string) => boolean;
}

/** A point of an event from the centre of the element. */
function fromCentre(element: HTMLElement, clientX: number, clientY: number): Point {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
}

function boxOf(element: HTMLElement): Size {
  return { width: element.clientWidth, height: element.clientHeight };
}

type Picture = { readonly current: HTMLVideoElement | HTMLImageElement | null };

/** The picture's own size; 16:9 until there is one. */
function pictureOf({ current }: Picture): Size {
  const width = current instanceof HTMLImageElement ? current.naturalWidth : (current?.videoWidth ?? 0);
  if (current === null || width === 0) return { width: 16, height: 9 };
  return { width, height: current instanceof HTMLImageElement ? current.naturalHeight : current.videoHeight };
}

function followPointers(
  element: HTMLElement,
  change: (turn: (zoom: Zoom) => Zoom) => void,
  picture: () => Size,
): () => void {
  const pointers = new Map<number, { x: number; y: number }>();
  const spread = () => {
    const [a, b] = [...pointers.values()];
    return a === undefined || b === undefined ? undefined : Math.hypot(a.x - b.x, a.y - b.y);
  };
  const onDown = (event: PointerEvent) => {
    if (event.target instanceof Element && event.target.closest('button, a') !== null) return;
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    element.setPointerCapture(event.pointerId);
  };
  const onMove = (event: PointerEvent) => {
    const old = pointers.get(event.pointerId);
    if (old === undefined) return;
    const before = spread();
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    const after = spread();
    if (before !== undefined && after !== undefined && before > 0) {
      const all = [...pointers.values()];
      const middleX = all.reduce((sum, each) => sum + each.x, 0) / all.length;
      const middleY = all.reduce((sum, each) => sum + each.y, 0) / all.length;
      const point = fromCentre(element, middleX, middleY);
      change((zoom) => zoomAt(zoom, after / before, point, boxOf(element), picture()));
      return;
    }
    const by = { x: event.clientX - old.x, y: event.clientY - old.y };
    change((zoom) => panBy(zoom, by, boxOf(element), picture()));
  };
  const onUp = (event: PointerEvent) => {
    pointers.delete(event.pointerId);
  };
  element.addEventListener('pointerdown', onDown);
  element.addEventListener('pointermove', onMove);
  element.addEventListener('pointerup', onUp);
  element.addEventListener('pointercancel', onUp);
  return () => {
    element.removeEventListener('pointerdown', onDown);
    element.removeEventListener('pointermove', onMove);
    element.removeEventListener('pointerup', onUp);
    element.removeEventListener('pointercancel', onUp);
  };
}

export function useZoom(stage: RefObject<HTMLElement | null>, picture: Picture, of: string): ZoomControl {
  const [zoom, setZoom] = useState<Zoom>(UNZOOMED);
  const latest = useRef(zoom);
  latest.current = zoom;
  const change = useCallback((turn: (zoom: Zoom) => Zoom) => setZoom((old) => turn(old)), []);
  useEffect(() => setZoom(UNZOOMED), [of]);
  useEffect(() => {
    const element = stage.current;
    if (element === null) return undefined;
    const size = () => pictureOf(picture);
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const point = fromCentre(element, event.clientX, event.clientY);
      change((old) => zoomAt(old, wheelFactor(event.deltaY, event.deltaMode), point, boxOf(element), size()));
    };
    const onDouble = (event: MouseEvent) => {
      if (event.target instanceof Element && event.target.closest('button, a') !== null) return;
      const point = fromCentre(element, event.clientX, event.clientY);
      change((old) => (old.scale > 1 ? UNZOOMED : zoomAt(old, 2.5, point, boxOf(element), size())));
    };
    const sizes = new ResizeObserver(() =>
      change((old) => panBy(old, { x: 0, y: 0 }, boxOf(element), size())),
    );
    sizes.observe(element);
    element.addEventListener('wheel', onWheel, { passive: false });
    element.addEventListener('dblclick', onDouble);
    const stopPointers = followPointers(element, change, size);
    return () => {
      sizes.disconnect();
      element.removeEventListener('wheel', onWheel);
      element.removeEventListener('dblclick', onDouble);
      stopPointers();
    };
    // The view is another element for each picture.
  }, [stage, picture, change, of]);
  return {
    zoom,
    step: (direction) => {
      const element = stage.current;
      if (element === null) return;
      const factor = direction === 'in' ? ZOOM_STEP : 1 / ZOOM_STEP;
      change((old) => zoomAt(old, factor, { x: 0, y: 0 }, boxOf(element), pictureOf(picture)));
    },
    reset: () => setZoom(UNZOOMED),
    onKey: (key) => {
      const element = stage.current;
      if (element === null) return false;
      const next = zoomByKey(key, latest.current, boxOf(element), pictureOf(picture));
      if (next === undefined) return false;
      setZoom(next);
      return true;
    },
  };
}
