/** The frame of the pages outside a room: top bar, drill notice, one main area. */
import type { ComponentChildren, JSX } from 'preact';
import { hasRole } from '../../signaling/protocol/roles.ts';
import { t } from '../i18n/index.ts';
import { start } from '../ui/announcer.tsx';
import { BrandMark } from '../ui/brand.tsx';
import { Icon } from '../ui/icons.tsx';
import { endedBecause, me, signedIn } from '../ui/me.ts';
import { OUTSIDE_ROLES } from '../ui/route.ts';
import { followLink, go, route } from '../ui/router.ts';
import { useServices } from '../ui/services.ts';
import { LanguageSwitch, ThemeSwitch } from '../ui/settings-menu.tsx';

export function DrillBanner(): JSX.Element {
  return (
    <section class="drill-banner" aria-label={t('drill.short')}>
      <Icon name="flag" />
      <span>{t('drill.banner')}</span>
    </section>
  );
}

/** The first thing the keyboard meets on a page. */
export function SkipLink(): JSX.Element {
  return (
    <a class="skip-link" href="#main">
      {t('common.skip')}
    </a>
  );
}

function Account(): JSX.Element | null {
  const services = useServices();
  const who = signedIn();
  if (who === undefined) return null;
  const signOut = async () => {
    await services.http.signOut();
    endedBecause.value = 'signed-out';
    me.value = 'nobody';
    go('/');
  };
  return (
    <div class="account">
      <div class="account-name">
        <strong class="one-line">{who.name}</strong>
        <span class="small soft one-line">{who.organisationName}</span>
      </div>
      <button type="button" class="button quiet" onClick={() => start(signOut)}>
        <Icon name="leave" />
        <span class="wide-only">{t('account.signOut')}</span>
        <span class="visually-hidden narrow-only">{t('account.signOut')}</span>
      </button>
    </div>
  );
}

/** The ways between the pages of who may see more than the rooms; a single way needs no signs. */
function Ways(): JSX.Element | null {
  const who = signedIn();
  const here = route.value.page;
  const roles = who?.kind === 'person' ? who.roles : [];
  const ways = [
    {
      page: 'rooms',
      path: '/rooms',
      icon: 'rooms',
      may: !roles.every((role) => hasRole(OUTSIDE_ROLES, role)),
    },
    {
      page: 'dispatch',
      path: '/dispatch',
      icon: 'phone',
      may: roles.includes('dispatcher') || roles.includes('coordinator'),
    },
    { page: 'review', path: '/review', icon: 'film', may: roles.includes('reviewer') },
    { page: 'audit', path: '/audit', icon: 'lock', may: roles.includes('auditor') },
  ] as const;
  const mine = ways.filter(({ may }) => may);
  if (mine.length < 2) return null;
  return (
    <nav class="ways" aria-label={t('nav.label')}>
      {mine.map(({ page, path, icon }) => (
        <a
          key={page}
          class="button quiet"
          href={path}
          aria-current={page === here ? 'page' : undefined}
          onClick={(event) => followLink(event, path)}
        >
          <Icon name={icon} />
          {t(`nav.${page}`)}
        </a>
      ))}
    </nav>
  );
}

export function Shell(props: { children: ComponentChildren; narrow?: boolean }): JSX.Element {
  return (
    <>
      <SkipLink />
      <header class="top-bar">
        <div class="brand">
          <BrandMark />
          <strong>{t('app.name')}</strong>
        </div>
        <Ways />
        <div class="top-tools">
          <Account />
          <ThemeSwitch />
          <LanguageSwitch />
        </div>
      </header>
      <main id="main" class={props.narrow === true ? 'page narrow' : 'page'} tabIndex={-1}>
        {props.children}
      </main>
    </>
  );
}
