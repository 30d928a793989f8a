/** What a picture is called for whoever looks at it. */
import { PHONE_LABEL } from '../../core/phone-label.ts';
import { t } from '../../i18n/index.ts';

/** The label as its owner gave it; a bystander's phone gives a fixed one, which is said in the viewer's language. */
export function sourceName(label: string): string {
  return label === PHONE_LABEL ? t('source.phone') : label;
}
