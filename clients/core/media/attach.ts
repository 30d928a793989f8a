/** Shows a track in an element and watches its frames (browser only; nothing is touched at import). */

export interface Attachment {
  /** Whether frames shown here are seen by `requestVideoFrameCallback`: not in a hidden page, not everywhere. */
  readonly watching: boolean;
  setTrack(track: MediaStreamTrack | undefined): void;
  detach(): void;
}

/** @param onFrame called for each frame the element presents. */
export function attachElement(element: HTMLMediaElement, onFrame: () => void): Attachment {
  const stream = new MediaStream();
  if (element.tagName === 'VIDEO') element.muted = true;
  element.autoplay = true;
  element.setAttribute('playsinline', '');
  element.srcObject = stream;
  const stopFrames = watchFrames(element, onFrame);
  const play = () => {
    element.play().catch(() => {
      // Browsers refuse sound before the first touch; it starts with that touch, which also unlocks the others.
      element.ownerDocument.addEventListener('pointerdown', play, { once: true });
    });
  };
  return {
    get watching() {
      return stopFrames !== undefined && element.ownerDocument.visibilityState === 'visible';
    },
    setTrack(track) {
      // The new track joins before the old one leaves, so that the element keeps its last picture between.
      const old = stream.getTracks().filter((t) => t !== track);
      if (track && !stream.getTracks().includes(track)) stream.addTrack(track);
      for (const gone of old) stream.removeTrack(gone);
      if (track) play();
    },
    detach() {
      stopFrames?.();
      element.ownerDocument.removeEventListener('pointerdown', play);
      if (element.srcObject === stream) element.srcObject = null;
    },
  };
}

function watchFrames(element: HTMLMediaElement, onFrame: () => void): (() => void) | undefined {
  if (!(element instanceof HTMLVideoElement) || !('requestVideoFrameCallback' in element)) return undefined;
  let handle = 0;
  const next = () => {
    onFrame();
    handle = element.requestVideoFrameCallback(next);
  };
  handle = element.requestVideoFrameCallback(next);
  return () => element.cancelVideoFrameCallback(handle);
}
