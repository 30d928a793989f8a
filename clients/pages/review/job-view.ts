/** What came of a job. Pure. */
import type { Job } from '../../../signaling/protocol/recordings.ts';

export type Verdict =
  | { readonly kind: 'running' }
  | { readonly kind: 'whole' }
  | { readonly kind: 'faults'; readonly count: number }
  | { readonly kind: 'file' }
  | { readonly kind: 'failed'; readonly why: string };

/** A verify that does not say in so many words that all is whole has found faults. */
export function jobVerdict(job: Job): Verdict {
  if (job.state === 'failed') return { kind: 'failed', why: job.step };
  if (job.state !== 'done') return { kind: 'running' };
  if (job.kind === 'export') return { kind: 'file' };
  const { whole, findings } = job.result ?? {};
  const count = Array.isArray(findings) ? findings.length : 0;
  return whole === true && count === 0 ? { kind: 'whole' } : { kind: 'faults', count: Math.max(1, count) };
}
