/** Light and zoom of a camera track (W3C Image Capture), as far as this phone has them. */
import * as z from 'zod/mini';
import type { PageReport } from '../../../signaling/protocol/events-bystander.ts';

export type Zoom = NonNullable<PageReport['zoom']>;
export const NO_ZOOM: Zoom = { now: 1, least: 1, most: 1, supported: false };

/** Members that TypeScript's own list lacks. Chromium and WebKit say `torch: true`, the newest draft a list. */
const Abilities = z.object({
  torch: z.optional(z.union([z.boolean(), z.array(z.boolean())])),
  zoom: z.optional(z.object({ min: z.number(), max: z.number() })),
});

interface Wanted {
  readonly torch?: boolean | undefined;
  readonly zoom?: number | undefined;
}

function abilitiesOf(track: MediaStreamTrack): z.infer<typeof Abilities> {
  if (!('getCapabilities' in track)) return {};
  const parsed = Abilities.safeParse(track.getCapabilities());
  return parsed.success ? parsed.data : {};
}

export function hasTorch(track: MediaStreamTrack): boolean {
  const { torch } = abilitiesOf(track);
  return Array.isArray(torch) ? torch.includes(true) : torch === true;
}

export function zoomOf(track: MediaStreamTrack): Zoom {
  const { zoom } = abilitiesOf(track);
  if (!zoom || zoom.max <= zoom.min) return NO_ZOOM;
  const now = track.getSettings().zoom ?? zoom.min;
  return { now, least: zoom.min, most: zoom.max, supported: true };
}

/** The factor the device will take for the wanted one. Pure. */
export function withinZoom(zoom: Zoom, wanted: number): number {
  return Math.min(zoom.most, Math.max(zoom.least, wanted));
}

/**
 * Sets both, since each change replaces what was set before. Rejects where the device takes neither.
 *
 * @returns whether the light is now as wanted: Chromium may leave it on (w3c/mediacapture-main issue 779), and then only a
 *   track that is opened anew is dark.
 */
export async function applyControls(track: MediaStreamTrack, wanted: Wanted): Promise<boolean> {
  const advanced: (MediaTrackConstraintSet & { torch?: boolean; zoom?: number })[] = [];
  if (wanted.torch !== undefined) advanced.push({ torch: wanted.torch });
  if (wanted.zoom !== undefined) advanced.push({ zoom: wanted.zoom });
  if (advanced.length > 0) await track.applyConstraints({ advanced });
  const { torch } = track.getSettings();
  return wanted.torch === undefined || torch === undefined || torch === wanted.torch;
}
