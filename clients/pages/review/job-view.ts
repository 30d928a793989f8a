/** What came of a job. Pure. */
import type { Job } from '../../../signaling/protocol/recordings.ts';

export type Verdict =
  | { readonly kind: 'running' }
  | { readonly kind: 'whole' }
  | { readonly kind: 'unsealed' }
  | { readonly kind: 'faults'; readonly count: number }
  | { readonly kind: 'file' }
  | { readonly kind: 'failed'; readonly why: string };

/** A verify that does not say in so many words that all is whole has found faults. */
export function jobVerdict(job: Job): Verdict {
  if (job.state === 'failed') return { kind: 'failed', why: job.step };
  if (job.state !== 'done') return { kind: 'running' };
  if (job.kind === 'export') return { kind: 'file' };
  const { whole, findings } = job.result ?? {};
  const list: readonly unknown[] = Array.isArray(findings) ? findings : [];
  const count = list.length;
  if (count === 1 && isNotSealed(list[0])) return { kind: 'unsealed' };
  return whole === true && count === 0 ? { kind: 'whole' } : { kind: 'faults', count: Math.max(1, count) };
}

/** The recording is as it was written, but nothing proves it yet (`recorder/seal/report.ts`). */
function isNotSealed(finding: unknown): boolean {
  return (
    typeof finding === 'object' && finding !== null && 'code' in finding && finding.code === 'not-sealed'
  );
}
