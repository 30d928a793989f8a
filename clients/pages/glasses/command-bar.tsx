/**
 * The commands of the wearer. One stands large; the others are there for the recogniser of the device and for screen readers. Each
 * says the words it listens to.
 */
import type { JSX } from 'preact';
import { t } from '../../i18n/index.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';

export interface Key {
  readonly command: string;
  readonly icon: IconName;
  /** What stands on it, which is also what is said. */
  readonly text: string;
  readonly tone?: 'danger' | 'primary' | 'quiet';
  readonly pressed?: boolean;
  run(): void;
}

export function CommandBar(props: {
  keys: readonly Key[];
  current: string;
  onNext: () => void;
}): JSX.Element {
  const { keys, current } = props;
  const place = keys.findIndex((key) => key.command === current) + 1;
  return (
    <nav class="glasses-commands" aria-label={t('glasses.commands')}>
      {keys.map((key) => (
        <button
          key={key.command}
          type="button"
          class={`button glasses-key ${key.tone ?? 'quiet'}${key.command === current ? ' current' : ' aside'}`}
          data-command={key.command}
          data-wml-speech-command={key.text}
          aria-current={key.command === current}
          {...(key.pressed === undefined ? {} : { 'aria-pressed': key.pressed })}
          onClick={() => key.run()}
        >
          <Icon name={key.icon} />
          <span>{key.text}</span>
        </button>
      ))}
      <button
        type="button"
        class="button quiet glasses-next"
        data-wml-speech-command={t('glasses.say.next')}
        onClick={props.onNext}
      >
        <span class="figures">
          {place}/{keys.length}
        </span>
        <Icon name="step-on" />
        <span>{t('glasses.say.next')}</span>
      </button>
    </nav>
  );
}
