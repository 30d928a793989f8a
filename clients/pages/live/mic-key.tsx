/** The microphone key. On, off and muted-by-the-lead differ in words, drawing, fill and border, never by colour alone. */
import type { JSX } from 'preact';
import { t } from '../../i18n/index.ts';
import { start } from '../../ui/announcer.tsx';
import { Icon } from '../../ui/icons.tsx';
import type { OwnMedia } from './use-own-media.ts';

export function MicKey(props: { voice: OwnMedia; large?: boolean }): JSX.Element {
  const { voice } = props;
  const heard = voice.on && !voice.mutedByLead;
  const words = voice.watches
    ? t('mic.watches')
    : voice.mutedByLead
      ? t('mic.mutedByLead')
      : voice.on
        ? t('mic.on')
        : t('mic.off');
  const size = props.large === true ? ' gloves' : '';
  return (
    <button
      type="button"
      class={`button mic-key${size}${heard ? ' heard' : ' unheard'}`}
      aria-pressed={voice.on}
      aria-keyshortcuts="m"
      aria-label={`${t('mic.label')}: ${words}`}
      title={voice.on ? t('mic.turnOff') : t('mic.turnOn')}
      disabled={voice.busy}
      onClick={() => start(() => voice.set(!voice.on))}
    >
      <Icon name={heard ? 'mic' : 'mic-off'} />
      <span>{words}</span>
    </button>
  );
}
