/** What the page and the worker that measures say to each other. */
import type { GreyFrame } from '../../../core/cpr/frames.ts';
import type { CprReading } from '../../../core/cpr/measure.ts';

/** `fresh` begins a new measure: another camera is shown. */
export type ToWorker = { readonly kind: 'frame'; readonly frame: GreyFrame } | { readonly kind: 'fresh' };
export interface FromWorker {
  readonly reading: CprReading;
}
