/** Sign-in for people. Says why a session ended, why a sign-in failed, and how long to wait when it is throttled. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { BrandMark } from '../../ui/brand.tsx';
import { Banner } from '../../ui/controls.tsx';
import { errorFacts, errorText } from '../../ui/error-text.ts';
import { TextField } from '../../ui/fields.tsx';
import { usePageTitle } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { config, endedBecause, me, signedIn } from '../../ui/me.ts';
import { followLink } from '../../ui/router.ts';
import { useServices } from '../../ui/services.ts';
import { Shell } from '../shell.tsx';
import { ChangePassword } from './change-password.tsx';
import { PasswordField } from './password-field.tsx';
import { useCapsLock, useWait } from './sign-in-hooks.ts';

/** The sentence for a failed sign-in. A wrong password must not read like "your session ended". */
function signInError(error: unknown): string {
  return errorFacts(error).code === 'unauthenticated' ? t('signIn.wrong') : errorText(error);
}

function SignInForm(): JSX.Element {
  const services = useServices();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const caps = useCapsLock();
  const wait = useWait();
  const submit = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const who = await services.http.signIn(username.trim(), password);
      endedBecause.value = undefined;
      me.value = who;
    } catch (error) {
      const { retryAfterMs } = errorFacts(error);
      if (retryAfterMs === undefined) setProblem(signInError(error));
      else wait.startFor(retryAfterMs);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <TextField
        label={t('signIn.username')}
        attributes={{
          name: 'username',
          autocomplete: 'username',
          autocapitalize: 'none',
          spellcheck: false,
          required: true,
          maxLength: 64,
        }}
        value={username}
        onChange={setUsername}
      />
      <PasswordField
        label={t('signIn.password')}
        error={problem}
        attributes={{ name: 'password', onKeyDown: caps.onKey, onKeyUp: caps.onKey }}
        value={password}
        onChange={setPassword}
      />
      <p class="caps-hint" role="status">
        {caps.on ? (
          <>
            <Icon name="warn" />
            {t('signIn.capsLock')}
          </>
        ) : null}
      </p>
      {wait.left === undefined ? null : (
        <Banner kind="warn" icon="clock" role="alert">
          {t('signIn.throttled', { wait: wait.left })}
        </Banner>
      )}
      <button type="submit" class="button primary big" disabled={busy || wait.left !== undefined}>
        {busy ? <span class="spinner" aria-hidden="true" /> : null}
        {busy ? t('signIn.busy') : t('signIn.submit')}
      </button>
    </form>
  );
}

export function SignInPage(): JSX.Element {
  const heading = usePageTitle(t('signIn.title'));
  const ended = endedBecause.value;
  const mustChange = signedIn()?.mustChangePassword === true;
  return (
    <Shell narrow>
      <div class="sign-in">
        <div class="sign-in-intro">
          <BrandMark class="brand-mark large" />
          <h1 ref={heading} tabIndex={-1}>
            {mustChange ? t('password.title') : t('signIn.title')}
          </h1>
          <p class="soft">{config.value?.name ?? t('app.tagline')}</p>
        </div>
        <div class="card stack">
          {ended === undefined || mustChange ? null : (
            <Banner kind={ended === 'signed-out' ? 'good' : 'warn'} role="status">
              {t(`ended.${ended}`)}
            </Banner>
          )}
          {mustChange ? <ChangePassword /> : <SignInForm />}
        </div>
        <p class="small soft sign-in-foot">
          <Icon name="lock" />
          <span>{t('signIn.trustHint')}</span>{' '}
          <a href="/trust" onClick={(event) => followLink(event, '/trust')}>
            {t('signIn.trustLink')}
          </a>
        </p>
      </div>
    </Shell>
  );
}
