/** The line above every screen: how the link stands, in words, and the language. */
import type { Trouble } from '../flow.ts';
import type { Shell } from '../shell.ts';
import { type Key, language, setLanguage, t } from '../texts/index.ts';
import { CallKey, emergencyPhone } from './phone.tsx';

function linkKey(shell: Shell): Key | undefined {
  const flow = shell.flow.value;
  if (flow.at !== 'help') return undefined;
  if (!shell.online.value) return 'linkOffline';
  const { opening } = flow.help;
  if (opening !== 'open' && opening !== 'live') return undefined;
  switch (shell.live.value?.link.value) {
    case 'on':
      return 'linkOn';
    case 'weak':
      return 'linkWeak';
    case 'offline':
      return 'linkOffline';
    default:
      return 'linkConnecting';
  }
}

export function Top(props: { shell: Shell }) {
  const { shell } = props;
  const key = linkKey(shell);
  const flow = shell.flow.value;
  const other = language.value === 'en' ? 'zh-CN' : 'en';
  return (
    <header class="top">
      <p class="state" data-link={key}>
        {key ? t(key) : ''}
      </p>
      {flow.at === 'help' && flow.help.page.drill && <p class="drill">{t('drill')}</p>}
      <button
        type="button"
        class="key small"
        lang={other}
        aria-label={`${t('languageOther')} (${t('languageSwitch')})`}
        onClick={() => setLanguage(other)}
      >
        {t('languageOther')}
      </button>
    </header>
  );
}

const TROUBLES = {
  weak: 'openingWeak',
  offline: 'openingOffline',
  busy: 'openingBusy',
} as const satisfies Record<Trouble, Key>;

export function Opening(props: { trouble: Trouble | undefined; retry(): void }) {
  const { trouble } = props;
  const phone = emergencyPhone.value;
  return (
    <main class="tap">
      <h1>{t('opening')}</h1>
      {trouble && <p role="alert">{t(TROUBLES[trouble], { phone })}</p>}
      {trouble === 'offline' && (
        <button type="button" class="key" onClick={props.retry}>
          {t('retry')}
        </button>
      )}
      <CallKey phone={phone} />
    </main>
  );
}
