/**
 * A page with an emulated headset (iwer) in a room with one wall, two metres before it. The test moves the head and asks where a
 * place of the wall is seen.
 */
import { metaQuest3, XRDevice } from 'iwer';
import { acrossPlane, meet, project, rayThrough } from '../plane.ts';
import { createXrWorld, type World, type WorldAnchor } from '../world.ts';

const WALL_Z = -2;
const CORNERS = [
  [0.45, 0.45],
  [0.55, 0.45],
  [0.55, 0.55],
  [0.45, 0.55],
] as const;

/** The environment that the emulator asks about: answers where a ray meets the wall, Y axis away from it. */
class OneWall {
  readonly trackedPlanes = new Set();
  readonly trackedMeshes = new Set();
  render(): void {}
  computeHitTestResults(ray: ArrayLike<number>): Float32Array[] {
    const at = (index: number) => ray[index] ?? 0;
    // The ray of an XRRay points along -Z of its matrix.
    const [dx, dy, dz] = [-at(8), -at(9), -at(10)];
    const step = (WALL_Z - at(14)) / dz;
    if (!(step > 0)) return [];
    const [x, y] = [at(12) + dx * step, at(13) + dy * step];
    return [new Float32Array([1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, x, y, WALL_Z, 1])];
  }
}

const device = new XRDevice(metaQuest3);
// Chromium has WebXR of its own, without a device behind it here.
device.installRuntime({ forceInstall: true });
Reflect.apply(Reflect.get(device, 'installSEM'), device, [OneWall]);

let world: World;
let session: XRSession;
let anchor: WorldAnchor | undefined;

const frames = (count: number) =>
  new Promise<void>((resolve) => {
    const next = (left: number) =>
      left === 0 ? resolve() : session.requestAnimationFrame(() => next(left - 1));
    next(count);
  });
const viewNow = () => {
  const view = world.viewAt(performance.now());
  if (!view) throw new Error('there is no view');
  return view;
};

Object.assign(globalThis, {
  xrPage: {
    async begin(): Promise<void> {
      const { xr } = navigator;
      if (!xr) throw new Error('the emulator is not there');
      session = await xr.requestSession('immersive-ar', {
        requiredFeatures: ['local', 'hit-test', 'anchors'],
      });
      world = await createXrWorld(session);
      await frames(3);
    },
    /** Anchors what lies in the middle of the view; answers whether there was something. */
    async anchorMiddle(): Promise<boolean> {
      anchor = await world.anchor(rayThrough(viewNow(), 0.5, 0.5));
      await frames(3);
      return anchor !== undefined;
    },
    /** Moves the head; answers where the map of the plane and the world itself say the middle is now. */
    async move(x: number, y: number): Promise<{ mapped?: number[]; seen?: { x: number; y: number } }> {
      const before = viewNow();
      const plane = anchor?.plane();
      device.position.set(x, y, 0);
      await frames(4);
      const now = viewNow();
      if (!plane) return {};
      const map = acrossPlane(before, now, plane, CORNERS);
      const place = meet(rayThrough(before, 0.5, 0.5), plane);
      const seen = place && project(now, place);
      if (!map || !seen) return {};
      const [a, b, c, d, e, f, g, h, i] = map;
      const w = g * 0.5 + h * 0.5 + i;
      return { mapped: [(a * 0.5 + b * 0.5 + c) / w, (d * 0.5 + e * 0.5 + f) / w], seen };
    },
    hasPlane: () => anchor?.plane() !== undefined,
    end(): boolean {
      world.close();
      return world.viewAt(performance.now()) === undefined && anchor?.plane() === undefined;
    },
  },
});
