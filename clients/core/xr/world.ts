/** A device that tracks the world around it (WebXR): its views as they were, and places of the world that stay where they are. */
import type { Plane, Vector, View } from './plane.ts';

/** One place of the world that the device keeps following. */
export interface WorldAnchor {
  /** The surface there, now; undefined while the device has lost it. */
  plane(): Plane | undefined;
  close(): void;
}

export interface World {
  /** The view at a time of `performance.now()`, for as long as views are kept; undefined where there was none. */
  viewAt(at: number): View | undefined;
  /** Anchors the surface that a ray meets first; undefined where it meets none. */
  anchor(ray: { readonly origin: Vector; readonly direction: Vector }): Promise<WorldAnchor | undefined>;
  close(): void;
}

/** Views are kept for as long as somebody may draw on a frame of the past. */
const KEPT_MS = 3000;
/** The nearest kept view may be this far in time: half of a frame at 30 a second. */
const NEAR_MS = 25;
/** Without a surface after this, there is none. */
const HIT_MS = 1500;

interface Kept {
  readonly at: number;
  readonly view: View;
}

/** The world of a running `immersive-ar` session with the features `hit-test` and `anchors`. Rejects where the session lacks them. */
export async function createXrWorld(session: XRSession): Promise<World> {
  // A session gives no frames without a layer (https://www.w3.org/TR/webxr/#xrsession-interface); nothing is drawn on this one.
  const gl = document.createElement('canvas').getContext('webgl', { xrCompatible: true });
  if (!gl) throw new Error('This browser has no WebGL, which WebXR needs.');
  await session.updateRenderState({ baseLayer: new XRWebGLLayer(session, gl) });
  const space = await session.requestReferenceSpace('local');
  return new XrWorld(session, space);
}

class XrWorld implements World {
  readonly #session: XRSession;
  readonly #space: XRReferenceSpace;
  readonly #views: Kept[] = [];
  readonly #anchors = new Set<Followed>();
  readonly #waiting = new Set<(frame: XRFrame) => boolean>();
  #handle: number;
  #closed = false;

  constructor(session: XRSession, space: XRReferenceSpace) {
    this.#session = session;
    this.#space = space;
    const next: XRFrameRequestCallback = (time, frame) => {
      if (this.#closed) return;
      this.#handle = session.requestAnimationFrame(next);
      this.#look(time, frame);
    };
    this.#handle = session.requestAnimationFrame(next);
  }

  viewAt(at: number): View | undefined {
    const nearest = this.#views.reduce<Kept | undefined>(
      (best, kept) => (best && Math.abs(best.at - at) <= Math.abs(kept.at - at) ? best : kept),
      undefined,
    );
    return nearest && Math.abs(nearest.at - at) <= NEAR_MS ? nearest.view : undefined;
  }

  async anchor(ray: { origin: Vector; direction: Vector }): Promise<WorldAnchor | undefined> {
    const [x, y, z] = ray.direction;
    const [ox, oy, oz] = ray.origin;
    const source = await this.#session.requestHitTestSource?.({
      space: this.#space,
      offsetRay: new XRRay({ x: ox, y: oy, z: oz, w: 1 }, { x, y, z, w: 0 }),
    });
    if (!source) return undefined;
    try {
      const anchor = await this.#firstHit(source);
      if (!anchor) return undefined;
      const followed = new Followed(anchor, ray.origin, () => this.#anchors.delete(followed));
      this.#anchors.add(followed);
      return followed;
    } finally {
      source.cancel();
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#session.cancelAnimationFrame(this.#handle);
    for (const anchor of [...this.#anchors]) anchor.close();
    this.#views.length = 0;
  }

  /** Hits are told in the frames that follow. */
  #firstHit(source: XRHitTestSource): Promise<XRAnchor | undefined> {
    return new Promise((resolve) => {
      const give = (anchor: XRAnchor | undefined) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(anchor);
      };
      const look = (frame: XRFrame): boolean => {
        const [hit] = frame.getHitTestResults(source);
        if (!hit?.createAnchor) return false;
        hit.createAnchor().then(give, () => give(undefined));
        return true;
      };
      const timer = setTimeout(() => give(undefined), HIT_MS);
      this.#waiting.add(look);
    });
  }

  #look(time: number, frame: XRFrame): void {
    const [view] = frame.getViewerPose(this.#space)?.views ?? [];
    if (view) {
      // The browser reuses its matrices: kept ones are copies.
      const kept = { pose: [...view.transform.matrix], projection: [...view.projectionMatrix] };
      this.#views.push({ at: time, view: kept });
    }
    while ((this.#views[0]?.at ?? time) < time - KEPT_MS) this.#views.shift();
    for (const look of [...this.#waiting]) if (look(frame)) this.#waiting.delete(look);
    for (const anchor of this.#anchors) anchor.look(frame, this.#space);
  }
}

class Followed implements WorldAnchor {
  readonly #anchor: XRAnchor;
  readonly #seenFrom: Vector;
  readonly #closed: () => void;
  #plane: Plane | undefined;

  constructor(anchor: XRAnchor, seenFrom: Vector, closed: () => void) {
    this.#anchor = anchor;
    this.#seenFrom = seenFrom;
    this.#closed = closed;
  }

  plane(): Plane | undefined {
    return this.#plane;
  }

  close(): void {
    this.#plane = undefined;
    this.#anchor.delete();
    this.#closed();
  }

  /** The Y axis of a hit points away from the surface (https://immersive-web.github.io/hit-test/#hit-test-result-interface). */
  look(frame: XRFrame, space: XRReferenceSpace): void {
    const pose = frame.trackedAnchors?.has(this.#anchor)
      ? frame.getPose(this.#anchor.anchorSpace, space)
      : undefined;
    const m = pose?.transform.matrix;
    if (!m) {
      this.#plane = undefined;
      return;
    }
    const point: Vector = [m[12] ?? 0, m[13] ?? 0, m[14] ?? 0];
    const up: Vector = [m[4] ?? 0, m[5] ?? 0, m[6] ?? 0];
    const towards = up.reduce(
      (sum, value, axis) => sum + value * ((this.#seenFrom[axis] ?? 0) - (point[axis] ?? 0)),
      0,
    );
    this.#plane = { point, normal: towards < 0 ? [-up[0], -up[1], -up[2]] : up };
  }
}
