/** Reads the enrolment code from a QR code before the camera, where the browser can (W3C Barcode Detection). */
import type { CaptureApi } from '../../core/types.ts';
import { codeIn } from './code-wheel.ts';

const LOOK_EVERY_MS = 250;

interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
type DetectorClass = new (options: { formats: readonly string[] }) => Detector;

function isDetectorClass(value: unknown): value is DetectorClass {
  return typeof value === 'function';
}

/**
 * Looks until a code is seen or `signal` aborts. Answers undefined without a reader of codes; rejects with `CaptureError`
 * without a camera.
 */
export async function scanCode(
  capture: Pick<CaptureApi, 'openCamera'>,
  signal: AbortSignal,
  looking: () => void,
): Promise<string | undefined> {
  const found: unknown = Reflect.get(globalThis, 'BarcodeDetector');
  if (!isDetectorClass(found)) return undefined;
  const detector = new found({ formats: ['qr_code'] });
  const { track } = await capture.openCamera({ facing: 'environment', height: 720 });
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = new MediaStream([track]);
  try {
    await video.play();
    looking();
    while (!signal.aborted) {
      const codes = await detector.detect(video);
      const code = codes.map(({ rawValue }) => codeIn(rawValue)).find((each) => each !== undefined);
      if (code !== undefined) return code;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
    return undefined;
  } finally {
    track.stop();
    video.srcObject = null;
  }
}
