/** Telephone numbers to tap. */
import { signal } from '@preact/signals';
import { readPhone } from '../door.ts';
import { t } from '../texts/index.ts';

/** The number of the site; the one that stands in the page until the door has told it. */
export const emergencyPhone = signal('120');

/** Reads the site's number. A page that does not hear it in time says the one it has. */
export function learnPhone(): void {
  readPhone((phone) => {
    emergencyPhone.value = phone;
  });
}

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
