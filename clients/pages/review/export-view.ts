/** An export as its form has it, and as the server is asked. Pure. */
import type { Blanking, ExportRequest } from '../../../signaling/protocol/recordings.ts';
import { parseClock } from './timeline-view.ts';

export const AREAS = ['whole', 'left', 'right', 'top', 'bottom', 'middle'] as const;
export type Area = (typeof AREAS)[number];

export interface BlankForm {
  readonly trackId: string;
  readonly from: string;
  readonly to: string;
  readonly area: Area;
}

const rectangles: Record<Exclude<Area, 'whole'>, NonNullable<Blanking['area']>> = {
  left: { x: 0, y: 0, width: 0.5, height: 1 },
  right: { x: 0.5, y: 0, width: 0.5, height: 1 },
  top: { x: 0, y: 0, width: 1, height: 0.5 },
  bottom: { x: 0, y: 0.5, width: 1, height: 0.5 },
  middle: { x: 0.25, y: 0.25, width: 0.5, height: 0.5 },
};

/** A typed span as room time inside the recording; undefined when it is none. */
export function spanOf(
  typed: { readonly from: string; readonly to: string },
  view: { readonly from: number; readonly to: number },
): { from: number; to: number } | undefined {
  const [from, to] = [parseClock(typed.from), parseClock(typed.to)];
  if (from === undefined || to === undefined) return undefined;
  const span = { from: view.from + from, to: Math.min(view.from + to, view.to) };
  return span.from < span.to ? span : undefined;
}

export function blankingOf(
  blank: BlankForm,
  kind: 'video' | 'audio',
  view: { readonly from: number; readonly to: number },
): Blanking | undefined {
  const span = spanOf(blank, view);
  if (span === undefined) return undefined;
  const area = kind === 'audio' || blank.area === 'whole' ? {} : { area: rectangles[blank.area] };
  return { trackId: blank.trackId, ...span, kind, ...area };
}

export interface ExportForm {
  readonly trackIds: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly captions: boolean;
  readonly showMarks: boolean;
  readonly reason: string;
  readonly blank: readonly BlankForm[];
}

/** The request, or which field is wrong. */
export function requestOf(
  form: ExportForm,
  view: { readonly from: number; readonly to: number },
  kindOf: (trackId: string) => 'video' | 'audio',
  language: ExportRequest['language'],
): { request: ExportRequest } | { wrong: 'tracks' | 'time' | 'blank' | 'reason' } {
  const span = spanOf(form, view);
  if (form.trackIds.length === 0 || form.trackIds.length > 9) return { wrong: 'tracks' };
  if (span === undefined) return { wrong: 'time' };
  const blank = form.blank.map((each) => blankingOf(each, kindOf(each.trackId), view));
  const whole = blank.filter((each) => each !== undefined);
  if (whole.length < blank.length) return { wrong: 'blank' };
  if (form.reason.trim() === '') return { wrong: 'reason' };
  const { captions, showMarks, reason, trackIds } = form;
  return {
    request: {
      trackIds: [...trackIds],
      ...span,
      language,
      captions,
      showMarks,
      blank: whole,
      reason: reason.trim(),
    },
  };
}
