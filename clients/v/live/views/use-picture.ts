/** Shows a track in a video element that makes no sound. */
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** WebKit starts only when `play()` is said (webrtc/samples issue 1565). */
export function usePicture(track: MediaStreamTrack | undefined): RefObject<HTMLVideoElement | null> {
  const element = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = element.current;
    if (!video || !track) return;
    video.muted = true;
    video.srcObject = new MediaStream([track]);
    video.play().catch(() => {
      // The own picture is for orientation; it is sent whether it plays here or not.
    });
    return () => {
      video.srcObject = null;
    };
  }, [track]);
  return element;
}
