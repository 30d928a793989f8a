/** Turns whatever went wrong into one sentence that says what to do, in the chosen language. */
import { formatSpan } from '../i18n/format.ts';
import { lookUp, t } from '../i18n/index.ts';

export interface ErrorFacts {
  readonly code: string;
  readonly retryAfterMs?: number;
}

/** Reads the code of a coded error without trusting that it is one. */
export function errorFacts(error: unknown): ErrorFacts {
  if (typeof error !== 'object' || error === null) return { code: 'internal' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'internal';
  const wait =
    'retryAfterMs' in error && typeof error.retryAfterMs === 'number' ? error.retryAfterMs : undefined;
  return wait === undefined ? { code } : { code, retryAfterMs: wait };
}

export function errorText(error: unknown): string {
  const { code, retryAfterMs } = errorFacts(error);
  if (code === 'too-many' && retryAfterMs !== undefined) {
    return t('error.too-many-wait', { wait: formatSpan(retryAfterMs) });
  }
  return lookUp(`error.${code}.${reasonOf(error)}`) ?? lookUp(`error.${code}`) ?? t('error.internal');
}

/** The short word that some refusals carry beside their code. */
function reasonOf(error: unknown): string {
  const details = typeof error === 'object' && error && 'details' in error ? error.details : undefined;
  const reason = typeof details === 'object' && details && 'reason' in details ? details.reason : undefined;
  return typeof reason === 'string' ? reason : '';
}
