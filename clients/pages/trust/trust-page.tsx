/** Helps a device trust this server's own certificate authority, so that the browser lets cameras be used. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type Key, t } from '../../i18n/index.ts';
import { Banner } from '../../ui/controls.tsx';
import { usePageTitle } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { config } from '../../ui/me.ts';
import { Tabs } from '../../ui/tabs.tsx';
import { Shell } from '../shell.tsx';
import { PLATFORMS, type Platform, platformOf } from './platform.ts';

const steps = {
  ios: ['trust.ios.1', 'trust.ios.2', 'trust.ios.3', 'trust.ios.4'],
  android: ['trust.android.1', 'trust.android.2', 'trust.android.3'],
  windows: ['trust.windows.1', 'trust.windows.2', 'trust.windows.3', 'trust.windows.4'],
  macos: ['trust.macos.1', 'trust.macos.2', 'trust.macos.3'],
} as const satisfies Record<Platform, readonly Key[]>;

export function TrustPage(): JSX.Element {
  const heading = usePageTitle(t('trust.title'));
  const [platform, setPlatform] = useState<Platform>(() =>
    platformOf(navigator.userAgent, navigator.maxTouchPoints),
  );
  const caUrl = config.value?.caUrl;
  return (
    <Shell narrow>
      <div class="stack loose">
        <h1 ref={heading} tabIndex={-1}>
          {t('trust.title')}
        </h1>
        <p>{t('trust.why')}</p>
        {window.isSecureContext ? (
          <Banner kind="good">{t('trust.already')}</Banner>
        ) : (
          <Banner kind="warn">{t('trust.notYet')}</Banner>
        )}
        {caUrl === undefined ? (
          <Banner kind="note">{t('trust.noCa')}</Banner>
        ) : (
          <section class="card flush">
            <Tabs
              label={t('trust.choose')}
              items={PLATFORMS.map((name) => ({ name, label: t(`trust.platform.${name}`), icon: 'device' }))}
              current={platform}
              onChange={setPlatform}
            >
              <ol class="steps">
                {steps[platform].map((key, index) => (
                  <li key={key}>
                    {index === 0 ? (
                      <>
                        <span>{t(key)}</span>
                        <a class="button primary" href={caUrl} download>
                          <Icon name="download" />
                          {t('trust.download')}
                        </a>
                      </>
                    ) : (
                      <span>{t(key)}</span>
                    )}
                  </li>
                ))}
              </ol>
            </Tabs>
          </section>
        )}
        <p class="small soft">{t('trust.safe')}</p>
        <div class="row">
          <a class="button" href="/">
            {t('trust.done')}
          </a>
        </div>
      </div>
    </Shell>
  );
}
