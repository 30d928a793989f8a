/** Which pictures stand where, and what a tile says about its picture. Pure. */
import type { Rung, SourceInfo } from '../../../signaling/protocol/media.ts';
import type { Freshness } from '../../core/types.ts';

/** What these functions read of a source; local and remote ones fit. */
export interface Picture {
  readonly producerId: string;
  readonly info: SourceInfo;
}

/** Order of worth when nobody has chosen: what shows the patient first. */
const worth: readonly SourceInfo['role'][] = ['patient', 'glasses', 'monitor', 'overview', 'screen', 'face'];

export function isFourK(info: SourceInfo): boolean {
  return (info.height ?? 0) >= 2160;
}

/** Best first: by role, then by lines; equal ones keep their order, so that tiles do not jump. */
export function orderPictures<P extends Picture>(pictures: readonly P[]): readonly P[] {
  const rank = (picture: P) => {
    const index = worth.indexOf(picture.info.role);
    return index === -1 ? worth.length : index;
  };
  return [...pictures].sort((a, b) => rank(a) - rank(b) || (b.info.height ?? 0) - (a.info.height ?? 0));
}

/** The main picture: the person's own choice, else the lead's spotlight, else the most worth. */
export function mainPicture<P extends Picture>(
  pictures: readonly P[],
  chosen: string | undefined,
  spotlight: string | undefined,
): P | undefined {
  const find = (id: string | undefined) => pictures.find((picture) => picture.producerId === id);
  return find(chosen) ?? find(spotlight) ?? orderPictures(pictures)[0];
}

/** What stands over a picture about its age (design section 5). */
export type AgeView =
  | { readonly kind: 'live' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'age'; readonly ageMs: number }
  | { readonly kind: 'not-live'; readonly ageMs: number | undefined }
  | { readonly kind: 'still'; readonly ageMs: number | undefined }
  | { readonly kind: 'none' };

export const SHOW_AGE_AFTER_MS = 1500;
export const NOT_LIVE_AFTER_MS = 3000;

/**
 * The SDK's verdict, made stricter by the age itself: a picture never counts as live because an event came late. A
 * still is one a second by nature, so its age is shown from 3 s on.
 */
export function ageView(freshness: Freshness, ageMs: number | undefined): AgeView {
  if (freshness === 'waiting') return { kind: 'waiting' };
  if (freshness === 'none') return { kind: 'none' };
  if (freshness === 'still') {
    return { kind: 'still', ageMs: ageMs !== undefined && ageMs > NOT_LIVE_AFTER_MS ? ageMs : undefined };
  }
  if (freshness === 'not-live' || (ageMs ?? 0) > NOT_LIVE_AFTER_MS) return { kind: 'not-live', ageMs };
  if (freshness === 'aging' || (ageMs ?? 0) > SHOW_AGE_AFTER_MS) {
    return { kind: 'age', ageMs: ageMs ?? SHOW_AGE_AFTER_MS };
  }
  return { kind: 'live' };
}

/** How many bars of four a rung fills, for the small drawing beside its words. */
export function rungBars(rung: Rung | undefined): number {
  switch (rung) {
    case '2160':
      return 4;
    case '1080':
      return 3;
    case '540':
      return 2;
    case '540-slow':
    case 'still':
      return 1;
    default:
      return 0;
  }
}
