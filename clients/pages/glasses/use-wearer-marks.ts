/** The marks on this device's camera, painted on a canvas for as long as both are there. */
import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Matrix3 } from '../../../ar-annotations/geometry/matrix.ts';
import { createPictureLocator, createWearerMarks, type WearerMarks } from '../../core/marks/index.ts';
import { createFrameRing } from '../../core/stills/index.ts';
import type { LocalSource } from '../../core/types.ts';
import { createWorldLocator, type World } from '../../core/xr/index.ts';
import { useChanges } from '../../ui/hooks.ts';
import { useRoom } from '../live/live-room.ts';
import { useImages } from '../marks/use-images.ts';
import { paintLayer } from './marks-layer.ts';

/** @param through camera → display, while the wearer looks through it */
export function useWearerMarks(
  source: LocalSource | undefined,
  canvas: RefObject<HTMLCanvasElement | null>,
  through: Matrix3 | undefined,
  world: World | undefined,
): WearerMarks | undefined {
  const { session } = useRoom();
  const [marks, setMarks] = useState<WearerMarks>();
  const images = useImages();
  const latest = useRef(through);
  latest.current = through;
  useEffect(() => {
    const element = canvas.current;
    if (source === undefined || element === null) return undefined;
    const made = createWearerMarks(
      session,
      source,
      world ? { locator: createWorldLocator(world, createPictureLocator(source)) } : {},
    );
    const ring = createFrameRing(session, source);
    const stop = paintLayer({
      canvas: element,
      source,
      marks: made,
      through: () => latest.current,
      imageOf: images.get,
    });
    setMarks(made);
    return () => {
      stop();
      ring.close();
      made.close();
      setMarks(undefined);
    };
  }, [session, source, canvas, images, world]);
  useChanges(marks);
  return marks;
}
