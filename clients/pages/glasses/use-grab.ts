/** The frame that a video shows now, small and grey. */
import type { RefObject } from 'preact';
import { useCallback, useRef } from 'preact/hooks';
import type { GreyFrame } from '../../../ar-annotations/tracker/types.ts';
import { GreyCanvas } from '../../core/marks/grey.ts';

/** @returns a function that answers undefined before the first frame */
export function useGrab(video: RefObject<HTMLVideoElement | null>): () => GreyFrame | undefined {
  const canvas = useRef<GreyCanvas>(undefined);
  return useCallback(() => {
    const element = video.current;
    if (!element || element.videoWidth === 0) return undefined;
    canvas.current ??= new GreyCanvas();
    return canvas.current.grey(element, element.videoWidth, element.videoHeight);
  }, [video]);
}
