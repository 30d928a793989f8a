/** What this browser can do, found by trying and never by its name: names lie, and in-app browsers change monthly. */

export type CameraFeature = 'ready' | 'unsupported' | 'insecure';

/** Whether a camera could be asked for at all. Asks nothing. */
export function cameraFeature(from: typeof globalThis = globalThis): CameraFeature {
  const devices: Partial<MediaDevices> | undefined = from.navigator.mediaDevices;
  if (typeof devices?.getUserMedia === 'function' && 'RTCPeerConnection' in from) return 'ready';
  // Browsers hide the camera from pages without TLS: then a better address helps, not another browser.
  return from.isSecureContext === false ? 'insecure' : 'unsupported';
}

/** One line for the dispatcher, such as `camera, sound, vibration`. */
export function describeBrowser(from: typeof globalThis = globalThis): string {
  const features = {
    camera: cameraFeature(from) === 'ready',
    sound: 'AudioContext' in from || 'webkitAudioContext' in from,
    vibration: 'vibrate' in from.navigator,
    'wake lock': 'wakeLock' in from.navigator,
    location: 'geolocation' in from.navigator,
  };
  const present = Object.entries(features).flatMap(([name, has]) => (has ? [name] : []));
  const absent = Object.entries(features).flatMap(([name, has]) => (has ? [] : [`no ${name}`]));
  return [...present, ...absent].join(', ');
}
