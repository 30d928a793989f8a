/** The measure in a thread of its own, so that the page stays quick while it counts. */
import { CprMeasure } from '../../../core/cpr/measure.ts';
import type { FromWorker, ToWorker } from './messages.ts';

const measure = new CprMeasure();

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  const reading = measure.add(data.frame);
  if (reading) postMessage({ reading } satisfies FromWorker);
});
