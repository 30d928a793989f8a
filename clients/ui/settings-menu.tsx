/** Language and light or dark: two small switches for any page. */
import type { JSX } from 'preact';
import { language, setLanguage, t } from '../i18n/index.ts';
import { Icon, type IconName } from './icons.tsx';
import { setTheme, type Theme, theme } from './theme.ts';

const themes: readonly { name: Theme; icon: IconName }[] = [
  { name: 'system', icon: 'system' },
  { name: 'light', icon: 'sun' },
  { name: 'dark', icon: 'moon' },
];

export function ThemeSwitch(): JSX.Element {
  return (
    <fieldset class="segmented bare" aria-label={t('settings.theme')}>
      {themes.map((item) => (
        <button
          type="button"
          key={item.name}
          aria-pressed={theme.value === item.name}
          aria-label={t(`settings.theme.${item.name}`)}
          title={t(`settings.theme.${item.name}`)}
          onClick={() => setTheme(item.name)}
        >
          <Icon name={item.icon} />
        </button>
      ))}
    </fieldset>
  );
}

export function LanguageSwitch(): JSX.Element {
  return (
    <fieldset class="segmented bare" aria-label={t('settings.language')}>
      <button
        type="button"
        lang="zh-CN"
        aria-pressed={language.value === 'zh-CN'}
        onClick={() => setLanguage('zh-CN')}
      >
        {t('language.zh-CN')}
      </button>
      <button
        type="button"
        lang="en"
        aria-pressed={language.value === 'en'}
        onClick={() => setLanguage('en')}
      >
        {t('language.en')}
      </button>
    </fieldset>
  );
}
