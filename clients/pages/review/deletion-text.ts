/** Who deleted a recording, when and why, in one sentence. */
import type { RecordingSummary } from '../../../signaling/protocol/recordings.ts';
import { formatDateTime } from '../../i18n/format.ts';
import { lookUp, t } from '../../i18n/index.ts';

/** Names of rules are `retention-` and the class whose time had run out. */
export function deletionText({ utc, by, rule, reason }: NonNullable<RecordingSummary['deletion']>): string {
  const time = formatDateTime(utc);
  if (rule !== undefined) {
    const name = lookUp(`retention.${rule.replace(/^retention-/, '')}`) ?? rule;
    return t('review.deletedRule', { time, rule: name });
  }
  const name = by ?? '';
  return reason === undefined
    ? t('review.deletedBy', { time, name })
    : t('review.deletedWhy', { time, name, reason });
}
