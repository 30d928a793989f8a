/** The key over a blurred picture, and the one that blurs it again. */
import type { JSX } from 'preact';
import { t } from '../../i18n/index.ts';
import { Icon } from '../../ui/icons.tsx';
import { KeyCap } from './key-cap.tsx';

export function VeilKey(props: { veiled: boolean; onChange: (veiled: boolean) => void }): JSX.Element {
  if (!props.veiled) {
    return (
      <button
        type="button"
        class="stage-key veil-again"
        aria-keyshortcuts="B"
        aria-label={t('veil.blur')}
        onClick={() => props.onChange(true)}
      >
        <Icon name="eye" />
        <span>{t('veil.blur')}</span>
      </button>
    );
  }
  return (
    <button type="button" class="veil" aria-keyshortcuts="B" onClick={() => props.onChange(false)}>
      <Icon name="eye" />
      <strong>{t('veil.show')}</strong>
      <span>{t('veil.why')}</span>
      <KeyCap name="B" />
    </button>
  );
}
