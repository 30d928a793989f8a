/** Brings in the worker that keeps the page for a reload without the network. */
import { effect, type ReadonlySignal } from '@preact/signals';
import type { Flow } from './flow.ts';

/** Not in the first seconds of help: the link is for the camera's first picture then. */
const LATER_MS = 5000;

/** Registers once, some time after help stands on the screen. In-app browsers often have no such workers: a reload then needs the network. */
export function keepForOffline(flow: ReadonlySignal<Flow>): void {
  if (!('serviceWorker' in navigator)) return;
  const stop = effect(() => {
    if (flow.value.at !== 'help') return;
    setTimeout(register, LATER_MS);
    queueMicrotask(() => stop());
  });
}

function register(): void {
  // The page stands at `/v`, which is outside of the folder of the worker: the door allows it (Service-Worker-Allowed).
  navigator.serviceWorker.register('/v/sw.js', { scope: '/v' }).catch((error: unknown) => {
    console.info('the page is not kept for offline', error instanceof Error ? error.name : 'unknown');
  });
}
