/** One picture at the camera's full resolution, beside the live one, by the best way this browser has. */

import { PHOTO_BYTES } from '../../../signaling/protocol/links.ts';
import { systemClock, withDeadline } from '../../core/clock.ts';

const SHUTTER_MS = 6000;
const GROW_MS = 2500;
const QUALITY = 0.92;
/** What the door takes as it is; everything else is drawn again as JPEG. */
const TAKEN = ['image/jpeg', 'image/png', 'image/webp'] as const;
/** More than any phone has: the browser gives what is nearest. */
const LARGEST = { width: { ideal: 4608 }, height: { ideal: 3456 } };

/** Rejects when no way gives a picture. The live picture may stand still for a moment. */
export async function takePhoto(track: MediaStreamTrack): Promise<Blob> {
  if ('ImageCapture' in window) {
    try {
      const shot = new ImageCapture(track).takePhoto();
      return await withDeadline(
        systemClock,
        shot,
        SHUTTER_MS,
        () => new Error('The shutter did not answer.'),
      );
    } catch {
      // Some phones promise a photo and fail: the picture itself is the next best.
    }
  }
  return largestFrame(track);
}

/** Lets the camera deliver as much as it can for one frame, where there is no shutter (WebKit, Firefox). */
async function largestFrame(track: MediaStreamTrack): Promise<Blob> {
  const before = track.getConstraints();
  const { width } = track.getSettings();
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  try {
    await video.play();
    await track.applyConstraints(LARGEST);
    if (track.getSettings().width !== width) await grown(video, video.videoWidth);
    return await drawn(video, video.videoWidth, video.videoHeight);
  } finally {
    video.srcObject = null;
    await track.applyConstraints(before);
  }
}

/** Resolves when frames of another size come, or after a while with those there are. */
function grown(video: HTMLVideoElement, from: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      if (video.videoWidth === from) return;
      cancel();
      video.removeEventListener('resize', done);
      resolve();
    };
    const cancel = systemClock.after(GROW_MS, () => {
      video.removeEventListener('resize', done);
      resolve();
    });
    video.addEventListener('resize', done);
  });
}

/** A file of the phone's own camera app, as the door takes it. Rejects for what is no picture. */
export async function asPhoto(file: Blob): Promise<Blob> {
  const fits = TAKEN.some((type) => type === file.type) && file.size <= PHOTO_BYTES;
  if (fits) return file;
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const scale = Math.min(1, 4096 / Math.max(image.naturalWidth, image.naturalHeight));
    return await drawn(
      image,
      Math.round(image.naturalWidth * scale),
      Math.round(image.naturalHeight * scale),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

async function drawn(source: CanvasImageSource, width: number, height: number): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.drawImage(source, 0, 0, width, height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
  if (!blob || width === 0) throw new Error('The camera gave no picture.');
  return blob;
}
