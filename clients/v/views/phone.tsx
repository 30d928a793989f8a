/** Telephone numbers to tap. */
import { t } from '../texts/index.ts';

/** The number that stands in the page before the door has told the site's own. */
export const EMERGENCY_PHONE = '120';

export function phoneHref(phone: string): string {
  return `tel:${phone.replace(/[^\d+*#]/g, '')}`;
}

export function CallKey(props: { phone: string; first?: boolean; class?: string }) {
  const { phone } = props;
  return (
    <a class={`key call ${props.class ?? ''}`} href={phoneHref(phone)}>
      {t(props.first ? 'callFirst' : 'callNumber', { phone })}
    </a>
  );
}
