/** How a link stands, in words. */
import type { LinkProgress } from '../../../signaling/protocol/link-steps.ts';
import type { LinkState } from '../../../signaling/protocol/state-bystander.ts';
import { formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { headlineOf } from './link-view.ts';
import { formatPhone } from './phone.ts';

/** Whom a link is for: the name given, else the number, else its use. */
export function linkName(link: LinkState): string {
  if (link.name !== undefined) return link.name;
  return link.phone === undefined ? t(`link.use.${link.use}`) : formatPhone(link.phone);
}

export function headlineText(link: LinkState, progress: LinkProgress): string {
  const headline = headlineOf(link, progress);
  if (headline === 'ended') return t(`link.ended.${progress.ended ?? 'revoked'}`);
  return t(`link.is.${headline}`);
}

/** Why it failed, with the provider's own code for whoever asks the provider. */
export function failureText({ failure }: LinkProgress): string | undefined {
  if (failure === undefined) return undefined;
  const words = t(`sms.failure.${failure.reason}`);
  return failure.providerCode === undefined
    ? words
    : t('sms.failureCode', { words, code: failure.providerCode });
}

/** What happened between sending and delivery, for the step "sent". */
export function sendingText({ sent, delivery }: LinkState): string {
  if (sent === undefined) return '';
  if (sent.way !== 'sms') return t(`link.way.${sent.way}`);
  return delivery === undefined ? t('sms.state.queued') : t(`sms.state.${delivery.state}`);
}

/** The time of a step; nothing where only a later step proves it. */
export function stepTime(utc: number | undefined): string {
  return utc === undefined ? '' : formatTime(utc);
}
