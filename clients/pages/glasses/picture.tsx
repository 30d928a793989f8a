/** The camera of the glasses, as it is sent: never mirrored. */
import type { ComponentChildren, JSX, RefObject } from 'preact';
import { useEffect } from 'preact/hooks';

export function Picture(props: {
  track: MediaStreamTrack | undefined;
  video: RefObject<HTMLVideoElement | null>;
  children?: ComponentChildren;
}): JSX.Element {
  const { track, video } = props;
  useEffect(() => {
    const element = video.current;
    if (element === null || track === undefined) return undefined;
    element.srcObject = new MediaStream([track]);
    return () => {
      element.srcObject = null;
    };
  }, [track, video]);
  return (
    <div class="glasses-picture">
      <video ref={video} muted playsInline autoPlay />
      {props.children}
    </div>
  );
}
