/** What a device says of itself: seen or hidden, screen kept awake, battery. Each watcher answers how it is stopped. */
import type { PageReport } from '../../../signaling/protocol/events-bystander.ts';

type Say = (report: PageReport) => void;

export function watchVisible(say: Say): () => void {
  const tell = () => say({ visible: document.visibilityState === 'visible' });
  document.addEventListener('visibilitychange', tell);
  window.addEventListener('pagehide', tell);
  tell();
  return () => {
    document.removeEventListener('visibilitychange', tell);
    window.removeEventListener('pagehide', tell);
  };
}

/**
 * Keeps the screen awake (W3C Screen Wake Lock). The browser takes the lock back whenever the page is hidden or the
 * battery is low, so it is asked for again each time the page is seen, and at each touch while it is missing.
 */
export function keepAwake(say: Say): () => void {
  if (!('wakeLock' in navigator)) {
    say({ wakeLock: 'unsupported' });
    return () => undefined;
  }
  let lock: WakeLockSentinel | undefined;
  let asking = false;
  let stopped = false;
  const ask = () => {
    if (stopped || asking || lock || document.visibilityState !== 'visible') return;
    asking = true;
    navigator.wakeLock
      .request('screen')
      .then((held) => {
        if (stopped) return held.release();
        lock = held;
        say({ wakeLock: 'held' });
        held.addEventListener('release', () => {
          lock = undefined;
          if (!stopped) say({ wakeLock: 'lost' });
        });
      })
      // Low battery or a hidden page: the next look or touch asks again.
      .catch(() => say({ wakeLock: 'lost' }))
      .finally(() => {
        asking = false;
      });
  };
  document.addEventListener('visibilitychange', ask);
  document.addEventListener('pointerdown', ask);
  ask();
  return () => {
    stopped = true;
    document.removeEventListener('visibilitychange', ask);
    document.removeEventListener('pointerdown', ask);
    lock?.release().catch(() => {
      // Released by the browser already.
    });
  };
}

/** The Battery Status API, of which only Chromium has kept a part. */
interface Battery extends EventTarget {
  readonly level: number;
  readonly charging: boolean;
}

function isBattery(value: unknown): value is Battery {
  return value instanceof EventTarget && 'level' in value && 'charging' in value;
}

/** In steps of five percent: each step is a fact of the room. */
export function batteryReport({ level, charging }: { level: number; charging: boolean }): PageReport {
  return { battery: { level: Math.round(level * 20) / 20, charging } };
}

export function watchBattery(say: Say): () => void {
  if (!('getBattery' in navigator) || typeof navigator.getBattery !== 'function') return () => undefined;
  let battery: Battery | undefined;
  let stopped = false;
  const tell = () => {
    if (battery) say(batteryReport(battery));
  };
  const asked: unknown = navigator.getBattery();
  Promise.resolve(asked)
    .then((found) => {
      if (stopped || !isBattery(found)) return;
      battery = found;
      tell();
      for (const name of ['levelchange', 'chargingchange']) found.addEventListener(name, tell);
    })
    // Policy of the page or the browser forbids it: nothing is said of the battery then.
    .catch(() => undefined);
  return () => {
    stopped = true;
    for (const name of ['levelchange', 'chargingchange']) battery?.removeEventListener(name, tell);
  };
}
