/**
 * Scripts that run in a phone's page before its own: they take a feature of the browser away, or stand in for a device
 * that a machine of tests has not. Everything else stays the browser's own.
 */

/** The camera fails by this name of W3C Media Capture, section 10. */
export function cameraFails(name: 'NotAllowedError' | 'NotFoundError' | 'NotReadableError'): string {
  return `navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '${name}'));`;
}

/** As in an in-app browser that has no camera. */
export const NO_CAMERA_API = `Object.defineProperty(navigator, 'mediaDevices', { value: undefined });`;

/** The engines of older in-app browsers, and phones without the smaller features. */
export const OLD_ENGINE = `
  delete Promise.withResolvers;
  delete AbortSignal.timeout;
  delete Object.hasOwn;
  delete Navigator.prototype.wakeLock;
  delete Navigator.prototype.getBattery;
  delete Navigator.prototype.permissions;
  delete Navigator.prototype.vibrate;
  delete window.ImageCapture;
`;

/** A phone with a light and a zoom; "stuck": its light goes on and not out, as in Chromium (mediacapture-main issue 779). */
export function phoneCamera(stuck: boolean): string {
  return `
    window.controls = [];
    const settings = new WeakMap();
    const track = MediaStreamTrack.prototype;
    const { getCapabilities, getSettings, applyConstraints } = track;
    track.getCapabilities = function () {
      return { ...getCapabilities.call(this), torch: true, zoom: { min: 1, max: 8, step: 0.1 } };
    };
    track.getSettings = function () {
      return { torch: false, zoom: 1, ...getSettings.call(this), ...settings.get(this) };
    };
    track.applyConstraints = function (constraints) {
      const advanced = constraints?.advanced;
      if (!advanced) return applyConstraints.call(this, constraints);
      const now = { ...settings.get(this) };
      for (const { torch, zoom } of advanced) {
        if (torch !== undefined && !(${stuck} && !torch)) now.torch = torch;
        if (zoom !== undefined) now.zoom = zoom;
      }
      settings.set(this, now);
      window.controls.push(JSON.stringify(advanced));
      return Promise.resolve();
    };
  `;
}

/** An accelerometer that rides on compressions of 5 cm at this rate, 60 samples a second. */
export function compressions(perMinute: number): string {
  return `
    const hz = ${perMinute} / 60;
    setInterval(() => {
      const t = performance.now() / 1000;
      const z = 0.025 * (2 * Math.PI * hz) ** 2 * Math.sin(2 * Math.PI * hz * t);
      const acceleration = { x: 0.1 * Math.random(), y: 0.1 * Math.random(), z };
      window.dispatchEvent(new DeviceMotionEvent('devicemotion', { acceleration }));
    }, 1000 / 60);
  `;
}

/** A screen lock that can be taken away, as by a low battery, and a page that another app can cover. */
export const HIDING = `
  const locks = [];
  if (navigator.wakeLock) navigator.wakeLock.request = async () => {
    const lock = new EventTarget();
    lock.release = async () => lock.dispatchEvent(new Event('release'));
    locks.push(lock);
    return lock;
  };
  window.releaseWakeLock = () => locks.at(-1).release();
  window.hidePage = (hidden) => {
    Object.defineProperty(document, 'visibilityState', { value: hidden ? 'hidden' : 'visible', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  };
`;

/** Keeps every track that the page opens, so that a test can take it away and give it back as a phone does for a call. */
export const CALLS = `
  window.opened = [];
  const { getUserMedia } = navigator.mediaDevices;
  navigator.mediaDevices.getUserMedia = async function (constraints) {
    const stream = await getUserMedia.call(navigator.mediaDevices, constraints);
    window.opened.push(...stream.getVideoTracks());
    return stream;
  };
  window.takeAway = (how) => {
    const track = window.opened.at(-1);
    if (how === 'ended') Object.defineProperty(track, 'readyState', { value: 'ended' });
    else Object.defineProperty(track, 'muted', { value: true, configurable: true });
    track.dispatchEvent(new Event(how));
  };
  window.giveBack = () => {
    const track = window.opened.at(-1);
    delete track.muted;
    track.dispatchEvent(new Event('unmute'));
  };
`;
