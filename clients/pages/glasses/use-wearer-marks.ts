/** The marks on this device's camera, painted on a canvas for as long as both are there. */
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { createPictureLocator, createWearerMarks, type WearerMarks } from '../../core/marks/index.ts';
import { createFrameRing } from '../../core/stills/index.ts';
import type { LocalSource } from '../../core/types.ts';
import { createWorldLocator, type World } from '../../core/xr/index.ts';
import { useChanges } from '../../ui/hooks.ts';
import { useRoom } from '../live/live-room.ts';
import { useImages } from '../marks/use-images.ts';
import { type Layer, paintLayer } from './marks-layer.ts';
import type { Sight } from './sight.ts';

export function useWearerMarks(
  source: LocalSource | undefined,
  canvas: RefObject<HTMLCanvasElement | null>,
  sight: Sight,
  world: World | undefined,
): WearerMarks | undefined {
  const { session } = useRoom();
  const [marks, setMarks] = useState<WearerMarks>();
  const images = useImages();
  const latest = useRef(sight);
  latest.current = sight;
  const layer = useRef<Layer>(undefined);
  useEffect(() => {
    const element = canvas.current;
    if (source === undefined || element === null) return undefined;
    const made = createWearerMarks(
      session,
      source,
      world ? { locator: createWorldLocator(world, createPictureLocator(source)) } : {},
    );
    const ring = createFrameRing(session, source);
    const painted = paintLayer({
      canvas: element,
      source,
      marks: made,
      sight: () => latest.current,
      imageOf: images.get,
    });
    layer.current = painted;
    setMarks(made);
    return () => {
      layer.current = undefined;
      painted.close();
      ring.close();
      made.close();
      setMarks(undefined);
    };
  }, [session, source, canvas, images, world]);
  useEffect(() => layer.current?.update(), [sight.kind]);
  useChanges(marks);
  return marks;
}
