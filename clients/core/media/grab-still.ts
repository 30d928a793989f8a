/** Takes a picture from a live track in the browser and compresses it as JPEG. */
import type { StillGrabber } from './engine.ts';

const QUALITY = 0.5;

/** One hidden video element per track, kept while the track lives: starting one takes longer than a still may. */
const elements = new WeakMap<MediaStreamTrack, HTMLVideoElement>();

export const grabStill: StillGrabber = async (track, lines) => {
  const video = elementFor(track);
  if (track.readyState !== 'live' || video.videoWidth === 0) return undefined;
  const startedAt = performance.now();
  const height = Math.min(lines, video.videoHeight);
  const width = Math.round((video.videoWidth * height) / video.videoHeight / 2) * 2;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.drawImage(video, 0, 0, width, height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
  if (!blob) return undefined;
  const jpeg = new Uint8Array(await blob.arrayBuffer());
  return { jpeg, width, height, ageMs: performance.now() - startedAt };
};

function elementFor(track: MediaStreamTrack): HTMLVideoElement {
  const known = elements.get(track);
  if (known) return known;
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  video.play().catch(() => {
    // Without playback `videoWidth` stays 0 and no still is sent; the next second tries again.
    elements.delete(track);
  });
  elements.set(track, video);
  return video;
}
