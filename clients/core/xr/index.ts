/** World tracking where the device has it: headsets and phones with WebXR. */
import { createXrWorld, type World } from './world.ts';

export type { World } from './world.ts';
export { createWorldLocator } from './world-locator.ts';

/** Whether this device could track the world (https://www.w3.org/TR/webxr/, module augmented reality). */
export async function canTrackWorld(): Promise<boolean> {
  if (!('xr' in navigator) || navigator.xr === undefined) return false;
  // A policy of the page or the device forbids it: then there is none.
  return navigator.xr.isSessionSupported('immersive-ar').catch(() => false);
}

/**
 * Begins to track the world, with the page above it. Needs a press of the person; rejects with the browser's reason where the person
 * or the device refuses. `ended` is called when the device ends it.
 */
export async function startWorld(overlay: HTMLElement, ended: () => void): Promise<World> {
  const { xr } = navigator;
  if (xr === undefined) throw new Error('This device tracks no world.');
  const session = await xr.requestSession('immersive-ar', {
    requiredFeatures: ['local', 'hit-test', 'anchors'],
    optionalFeatures: ['dom-overlay'],
    domOverlay: { root: overlay },
  });
  session.addEventListener('end', ended);
  const world = await createXrWorld(session);
  return {
    viewAt: (at) => world.viewAt(at),
    anchor: (ray) => world.anchor(ray),
    close() {
      world.close();
      // It may have ended by itself, which is what is wanted.
      session.end().catch(() => undefined);
    },
  };
}
