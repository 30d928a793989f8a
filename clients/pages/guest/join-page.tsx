/** The door of an invitation. Opening the address changes nothing; only the tap does (design section 8). */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { Banner } from '../../ui/controls.tsx';
import { errorFacts, errorText } from '../../ui/error-text.ts';
import { usePageTitle } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { config, me } from '../../ui/me.ts';
import type { Route } from '../../ui/route.ts';
import { homeOf } from '../../ui/route.ts';
import { go } from '../../ui/router.ts';
import { useServices } from '../../ui/services.ts';
import { Shell } from '../shell.tsx';

/** A link that is over, as opposed to one that failed for now. */
function isOver(code: string): boolean {
  return ['not-found', 'closed', 'unauthenticated', 'forbidden', 'bad-request', 'conflict'].includes(code);
}

export function JoinPage(props: { route: Route }): JSX.Element {
  const services = useServices();
  const heading = usePageTitle(t('join.title'));
  const [state, setState] = useState<'ready' | 'opening' | 'over'>('ready');
  const [problem, setProblem] = useState<string>();
  const secret = props.route.page === 'join' ? props.route.secret : '';
  const open = async () => {
    setState('opening');
    setProblem(undefined);
    try {
      const guest = await services.http.openInvite(secret);
      me.value = guest;
      go(homeOf(guest), 'replace');
    } catch (error) {
      setState(isOver(errorFacts(error).code) ? 'over' : 'ready');
      setProblem(errorText(error));
    }
  };
  const over = state === 'over' || secret === '';
  return (
    <Shell narrow>
      <div class="card stack loose">
        <h1 ref={heading} tabIndex={-1}>
          {over ? t('join.overTitle') : t('join.title')}
        </h1>
        {over ? (
          <>
            <p>{t('join.over')}</p>
            <Banner kind="note" icon="phone">
              {t('join.overCall')}
            </Banner>
          </>
        ) : (
          <>
            <p class="lead-text">{t('join.from', { name: config.value?.name ?? t('app.name') })}</p>
            <ul class="shared-list">
              <li>
                <Icon name="eye" />
                <span>{t('join.see')}</span>
              </li>
              <li>
                <Icon name="mic-off" />
                <span>{t('join.share')}</span>
              </li>
              <li>
                <Icon name="lock" />
                <span>{t('join.recorded')}</span>
              </li>
            </ul>
            {problem === undefined ? null : (
              <Banner kind="bad" role="alert">
                {problem}
              </Banner>
            )}
            <button
              type="button"
              class="button primary big"
              disabled={state === 'opening'}
              onClick={() => void open()}
            >
              {state === 'opening' ? <span class="spinner" aria-hidden="true" /> : null}
              {state === 'opening' ? t('join.opening') : t('join.enter')}
            </button>
            <p class="small soft">{t('join.leaveAnyTime')}</p>
          </>
        )}
      </div>
    </Shell>
  );
}
