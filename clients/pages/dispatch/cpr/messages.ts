/** What the page and the worker that measures say to each other. Another camera has another worker, and so a measure anew. */
import type { GreyFrame } from '../../../core/cpr/frames.ts';
import type { CprReading } from '../../../core/cpr/measure.ts';

export interface ToWorker {
  readonly frame: GreyFrame;
}
export interface FromWorker {
  readonly reading: CprReading;
}
