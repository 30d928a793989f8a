/** The harness with stills: a device that keeps frames of its camera, and a viewer that puts a pen down on what it sees. */
import { toBase64url } from '../../ar-annotations/frames/base64url.ts';
import { printDistance, printOf } from '../../ar-annotations/frames/print.ts';
import {
  createFrameRing,
  type FrameRing,
  fetchStill,
  type KeptStill,
  keepStill,
  type StillFetch,
} from '../../clients/core/stills/index.ts';
import '../harness/harness.ts';

/** As the tracker reads frames. */
const GREY = { width: 320, height: 180 };

export interface FetchedStill {
  readonly status: StillFetch['status'];
  readonly reason: unknown;
  readonly code: string | undefined;
  readonly timings: StillFetch['timings'];
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly bytes: number;
  readonly progress: number;
  readonly offsetMs: number | undefined;
  /** Difference of prints of the frame that was on the screen and of the fetched picture. */
  readonly unlike: number | undefined;
  /** Mean difference of neighbouring pixels, under the pen and over everything: what was scaled up has little. */
  readonly detail: { readonly pen: number; readonly all: number } | undefined;
}

class StillsPage {
  ring: FrameRing | undefined;
  fetch: StillFetch | undefined;
  readonly warnings: string[] = [];
  #seen: Uint8Array | undefined;

  /** Keeps frames of the camera that this page publishes. */
  keep(): void {
    const { session } = window.harness;
    const camera = session?.localSources.find(({ kind }) => kind === 'video');
    if (!session || !camera) throw new Error('publish a camera first');
    this.ring = createFrameRing(session, camera);
    this.ring.on('warning', (error) => this.warnings.push(String(error)));
  }

  kept() {
    const { ring, warnings } = this;
    return {
      active: ring?.active ?? false,
      frames: ring?.frames ?? 0,
      bytes: ring?.bytes ?? 0,
      rate: ring?.rate ?? 0,
      encodeMs: ring?.encodeMs ?? 0,
      fetches: ring?.fetches ?? 0,
      warnings,
    };
  }

  /** Puts the pen down on the frame that is on the screen now. */
  begin(point: { x: number; y: number }, mediaMs?: number): void {
    const { session } = window.harness;
    const picture = session?.remoteSources.find(({ kind }) => kind === 'video');
    const element = document.querySelector('video');
    if (!session || !picture || !element) throw new Error('there is no picture');
    this.#seen = printFrom(element);
    const frame =
      mediaMs === undefined
        ? { print: toBase64url(this.#seen) }
        : { print: toBase64url(this.#seen), mediaMs };
    this.fetch = fetchStill(session, { producerId: picture.producerId, frame, point });
  }

  /** Keeps what was fetched in the recording; the first `refusals` tries find no recorder. */
  async uploaded(refusals: number): Promise<{ status: KeptStill['status']; error: string; stillId: string }> {
    const { session } = window.harness;
    if (!session || !this.fetch) throw new Error('fetch a still first');
    let left = refusals;
    const flaky: typeof fetch = async (...asked) => {
      left -= 1;
      if (left < 0) return fetch(...asked);
      return Response.json(
        { error: { code: 'media-unavailable', message: 'No recorder.' } },
        { status: 503 },
      );
    };
    const kept = keepStill(session, this.fetch, { fetch: flaky });
    await new Promise<void>((resolve) => {
      const look = () => kept.status !== 'waiting' && resolve();
      kept.on('change', look);
      look();
    });
    return { status: kept.status, error: String(kept.error), stillId: kept.stillId };
  }

  async ended(): Promise<void> {
    await this.fetch?.ended();
  }

  fetched(): FetchedStill | undefined {
    const { fetch } = this;
    if (!fetch) return undefined;
    const { status, error, timings, width, height, bytes, progress, offsetMs, canvas } = fetch;
    return {
      ...{ status, timings, width, height, bytes, progress, offsetMs },
      reason: error?.details.reason,
      code: error?.code,
      unlike: canvas && this.#seen ? printDistance(this.#seen, printFrom(canvas)) : undefined,
      detail: canvas ? { pen: detailOf(canvas, 0.1), all: detailOf(canvas, 1) } : undefined,
    };
  }
}

function printFrom(picture: HTMLVideoElement | HTMLCanvasElement): Uint8Array {
  const canvas = new OffscreenCanvas(GREY.width, GREY.height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, GREY.width, GREY.height);
  return printOf({ ...GREY, luma: lumaOf(context.getImageData(0, 0, GREY.width, GREY.height).data) });
}

/** Of the middle part of the picture. */
function detailOf(canvas: HTMLCanvasElement, part: number): number {
  const width = Math.round(canvas.width * part);
  const height = Math.round(canvas.height * part);
  const x = Math.round((canvas.width - width) / 2);
  const y = Math.round((canvas.height - height) / 2);
  const copy = new OffscreenCanvas(width, height);
  const context = copy.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.drawImage(canvas, -x, -y);
  const luma = lumaOf(context.getImageData(0, 0, width, height).data);
  let sum = 0;
  for (let at = 1; at < luma.length; at += 1) sum += Math.abs((luma[at] ?? 0) - (luma[at - 1] ?? 0));
  return sum / luma.length;
}

function lumaOf(rgba: Uint8ClampedArray): Uint8Array {
  return Uint8Array.from({ length: rgba.length / 4 }, (_, at) => {
    const [red = 0, green = 0, blue = 0] = rgba.subarray(at * 4, at * 4 + 3);
    return (red * 77 + green * 150 + blue * 29) >> 8;
  });
}

declare global {
  interface Window {
    stills: StillsPage;
  }
}

window.stills = new StillsPage();
