/** The app: asks once who is signed in, follows the address, and loads each page's code when it is first needed. */
import { useSignalEffect } from '@preact/signals';
import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { language, t } from '../i18n/index.ts';
import { Announcer } from '../ui/announcer.tsx';
import { errorText } from '../ui/error-text.ts';
import { config, endedBecause, me } from '../ui/me.ts';
import { homeOf, type Route } from '../ui/route.ts';
import { followAddress, go, route } from '../ui/router.ts';
import { type Services, ServicesContext } from '../ui/services.ts';
import { followTheme } from '../ui/theme.ts';
import { Shell } from './shell.tsx';
import { SignInPage } from './sign-in/sign-in-page.tsx';

type PageProps = { readonly route: Route };
type Loader = () => Promise<ComponentType<PageProps>>;

const loaders: Record<Exclude<Route['page'], 'sign-in' | 'not-found'>, Loader> = {
  rooms: async () => (await import('./rooms/rooms-page.tsx')).RoomsPage,
  unit: async () => (await import('./unit/unit-page.tsx')).UnitPage,
  enrol: async () => (await import('./unit/enrol-page.tsx')).EnrolPage,
  glasses: async () => (await import('./glasses/glasses-page.tsx')).GlassesPage,
  trust: async () => (await import('./trust/trust-page.tsx')).TrustPage,
  join: async () => (await import('./guest/join-page.tsx')).JoinPage,
  ambulance: async () => (await import('./ambulance/ambulance-page.tsx')).AmbulancePage,
  dispatch: async () => (await import('./dispatch/dispatch-page.tsx')).DispatchPage,
  consult: async () => (await import('./consult/consult-page.tsx')).ConsultPage,
  review: async () => (await import('./review/review-page.tsx')).ReviewPage,
  audit: async () => (await import('./audit/audit-page.tsx')).AuditPage,
};

const openPages: readonly Route['page'][] = ['sign-in', 'trust', 'join', 'enrol', 'glasses', 'not-found'];

function Waiting(props: { text: string }): JSX.Element {
  return (
    <div class="waiting" role="status">
      <span class="spinner" aria-hidden="true" />
      <span>{props.text}</span>
    </div>
  );
}

function NotFound(): JSX.Element {
  return (
    <Shell narrow>
      <div class="card stack">
        <h1>{t('notFound.title')}</h1>
        <p>{t('notFound.text')}</p>
        <a class="button primary" href="/">
          {t('notFound.home')}
        </a>
      </div>
    </Shell>
  );
}

/** Loads a page's code; a failed load offers to try again instead of a white page. */
function Lazy(props: { page: keyof typeof loaders; route: Route }): JSX.Element {
  const [loaded, setLoaded] = useState<{ page: string; Page: ComponentType<PageProps> }>();
  const [failed, setFailed] = useState(false);
  const { page } = props;
  useEffect(() => {
    let wanted = true;
    loaders[page]().then(
      (Page) => {
        if (wanted) setLoaded({ page, Page });
      },
      () => {
        if (wanted) setFailed(true);
      },
    );
    return () => {
      wanted = false;
    };
  }, [page]);
  if (failed) {
    return (
      <Shell narrow>
        <div class="card stack" role="alert">
          <h1>{t('load.failed')}</h1>
          <p>{t('load.failedText')}</p>
          <button type="button" class="button primary" onClick={() => location.reload()}>
            {t('common.tryAgain')}
          </button>
        </div>
      </Shell>
    );
  }
  if (loaded?.page !== page) return <Waiting text={t('load.page')} />;
  return <loaded.Page route={props.route} />;
}

/** Asks the server for its public configuration and who is signed in, and asks again while it does not answer. */
function useStart(services: Services): string | undefined {
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    const ask = async () => {
      try {
        const [newConfig, signedIn] = await Promise.all([services.http.config(), services.http.me()]);
        // An enrolled device of a unit signs in by itself after power-on.
        const who = signedIn ?? (await services.http.signInDevice());
        if (stopped) return;
        config.value = newConfig;
        me.value = who ?? 'nobody';
        setProblem(undefined);
      } catch (error) {
        if (stopped) return;
        setProblem(errorText(error));
        timer = setTimeout(() => void ask(), 3000);
      }
    };
    void ask();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [services]);
  return problem;
}

function Current(): JSX.Element {
  const here = route.value;
  const who = me.value;
  useSignalEffect(() => {
    const person = me.value;
    const at = route.value;
    if (person === 'nobody' && !openPages.includes(at.page)) {
      const moment = at.page === 'review' ? location.search : '';
      go(`/?next=${encodeURIComponent(`${location.pathname}${moment}`)}`, 'replace');
    }
    if (typeof person !== 'string' && at.page === 'sign-in' && !person.mustChangePassword) {
      endedBecause.value = undefined;
      go(at.next ?? homeOf(person), 'replace');
    }
  });
  if (here.page === 'not-found') return <NotFound />;
  if (here.page === 'sign-in') return <SignInPage />;
  if (who === 'unknown' && !openPages.includes(here.page)) return <Waiting text={t('load.who')} />;
  if (typeof who !== 'string' && who.mustChangePassword && !openPages.includes(here.page))
    return <SignInPage />;
  return <Lazy page={here.page} route={here} />;
}

export function App(props: { services: Services }): JSX.Element {
  const problem = useStart(props.services);
  useEffect(() => followAddress(), []);
  useEffect(() => followTheme(), []);
  useSignalEffect(() => {
    document.documentElement.lang = language.value;
  });
  return (
    <ServicesContext.Provider value={props.services}>
      {problem === undefined ? null : (
        <div class="server-problem" role="alert">
          <span class="spinner" aria-hidden="true" />
          <span>{problem}</span>
        </div>
      )}
      <Current />
      <Announcer />
    </ServicesContext.Provider>
  );
}
