/** Cameras, microphones and screens of the browser, with errors as codes. Nothing is touched at import. */
import { CaptureError } from './errors.ts';
import type {
  CameraOptions,
  CaptureDevice,
  Captured,
  CaptureErrorCode,
  MicrophoneOptions,
} from './types-media.ts';

const HEIGHTS = [2160, 1080, 720] as const;

/** Opens a camera in the wanted size or the next smaller it has. Rejects with `CaptureError`. */
export async function openCamera(options: CameraOptions = {}): Promise<Captured> {
  const wanted = options.height ?? 2160;
  const heights = [...HEIGHTS.filter((height) => height <= wanted), undefined];
  for (const height of heights) {
    try {
      return await openVideo(options, height);
    } catch (error) {
      // Only a size the camera does not have is worth another try; a refusal stays one.
      if (height === undefined || !isOverconstrained(error)) throw captureError(error);
    }
  }
  throw new CaptureError('constraints-failed', 'No camera offers any of the wanted sizes.');
}

export async function openMicrophone(options: MicrophoneOptions = {}): Promise<Captured> {
  try {
    const stream = await mediaDevices().getUserMedia({
      audio: {
        ...(options.deviceId ? { deviceId: { exact: options.deviceId } } : {}),
        echoCancellation: options.echoCancellation ?? true,
        // A patient may be near any microphone of a room, and what a gate takes for noise may be a breath.
        noiseSuppression: options.noiseSuppression ?? false,
        autoGainControl: options.autoGainControl ?? true,
        channelCount: 1,
      },
    });
    const captured = capturedOf(stream.getAudioTracks()[0]);
    captured.track.contentHint = 'speech';
    return captured;
  } catch (error) {
    throw captureError(error);
  }
}

/** Shares a screen, a window or a tab; the person chooses in the browser's own dialogue. */
export async function openScreen(): Promise<Captured> {
  try {
    const stream = await mediaDevices().getDisplayMedia({ video: { frameRate: { max: 30 } }, audio: false });
    const captured = capturedOf(stream.getVideoTracks()[0]);
    captured.track.contentHint = 'text';
    return captured;
  } catch (error) {
    throw captureError(error);
  }
}

/** Labels are empty until a permission was given once. */
export async function listDevices(): Promise<readonly CaptureDevice[]> {
  const devices = await mediaDevices().enumerateDevices();
  return devices.map(deviceOf).filter((device) => device !== undefined);
}

/** Calls back with the new list when devices come and go. Returns the function that stops it. */
export function onDevicesChanged(listener: (devices: readonly CaptureDevice[]) => void): () => void {
  const devices = mediaDevices();
  const changed = () => {
    listDevices().then(listener, () => listener([]));
  };
  devices.addEventListener('devicechange', changed);
  return () => devices.removeEventListener('devicechange', changed);
}

async function openVideo(options: CameraOptions, height: number | undefined): Promise<Captured> {
  const { deviceId, facing, frameRate = 30 } = options;
  const stream = await mediaDevices().getUserMedia({
    video: {
      ...(deviceId ? { deviceId: { exact: deviceId } } : facing ? { facingMode: { ideal: facing } } : {}),
      frameRate: { ideal: frameRate },
      // A smaller picture scaled up by the browser would cost the link of a 4K one and show nothing more.
      ...(height === undefined
        ? {}
        : { height: { min: Math.round(height * 0.9), ideal: height }, width: { ideal: (height * 16) / 9 } }),
    },
  });
  const captured = capturedOf(stream.getVideoTracks()[0]);
  captured.track.contentHint = options.contentHint ?? 'motion';
  return captured;
}

function capturedOf(track: MediaStreamTrack | undefined): Captured {
  if (!track) throw new CaptureError('no-device', 'The device gave no track; choose another one.');
  const { deviceId, width, height, frameRate } = track.getSettings();
  return {
    track,
    deviceId: deviceId ?? '',
    label: track.label,
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(frameRate === undefined ? {} : { frameRate }),
  };
}

const KINDS: Readonly<Record<MediaDeviceKind, CaptureDevice['kind']>> = {
  videoinput: 'camera',
  audioinput: 'microphone',
  audiooutput: 'loudspeaker',
};

function deviceOf(device: MediaDeviceInfo): CaptureDevice | undefined {
  if (device.deviceId === '' && device.label === '' && device.kind === 'audiooutput') return undefined;
  const abilities =
    'getCapabilities' in device && typeof device.getCapabilities === 'function'
      ? device.getCapabilities()
      : {};
  const facing = facingOf(abilities, device.label);
  const maxHeight = maxHeightOf(abilities);
  return {
    deviceId: device.deviceId,
    kind: KINDS[device.kind],
    label: device.label,
    ...(facing ? { facing } : {}),
    ...(maxHeight === undefined ? {} : { maxHeight }),
  };
}

/** Browsers that do not tell the side write it into the label. */
function facingOf(abilities: MediaTrackCapabilities, label: string): CaptureDevice['facing'] {
  const side = abilities.facingMode?.[0];
  if (side === 'environment' || side === 'user') return side;
  if (/back|rear|environment|后置/i.test(label)) return 'environment';
  return /front|user|face|前置/i.test(label) ? 'user' : undefined;
}

function maxHeightOf(abilities: MediaTrackCapabilities): number | undefined {
  return abilities.height?.max;
}

function mediaDevices(): MediaDevices {
  if (globalThis.isSecureContext === false) {
    throw new CaptureError('insecure-context', 'Cameras need https; open the https address of this page.');
  }
  const devices = globalThis.navigator?.mediaDevices;
  if (!devices) throw new CaptureError('not-supported', 'This browser gives no access to cameras.');
  return devices;
}

const CODES: Readonly<Record<string, CaptureErrorCode>> = {
  NotAllowedError: 'permission-denied',
  SecurityError: 'permission-denied',
  NotFoundError: 'no-device',
  NotReadableError: 'device-busy',
  OverconstrainedError: 'constraints-failed',
  AbortError: 'aborted',
  NotSupportedError: 'not-supported',
  TypeError: 'not-supported',
};

/** Turns what `getUserMedia` rejects with (W3C Media Capture, section 10) into a code. */
export function captureError(error: unknown): CaptureError {
  if (error instanceof CaptureError) return error;
  const name = error instanceof Error ? error.name : '';
  return new CaptureError(
    CODES[name] ?? 'aborted',
    `The device could not be opened: ${name || 'unknown'}.`,
    error,
  );
}

function isOverconstrained(error: unknown): boolean {
  return error instanceof Error && error.name === 'OverconstrainedError';
}
