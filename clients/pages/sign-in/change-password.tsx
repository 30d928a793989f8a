/** First sign-in with a password that someone else made: a new one must be chosen before anything else. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { tell } from '../../ui/announcer.tsx';
import { Banner, Field, inputValue } from '../../ui/controls.tsx';
import { errorFacts, errorText } from '../../ui/error-text.ts';
import { me } from '../../ui/me.ts';
import { useServices } from '../../ui/services.ts';
import { passwordProblem } from './password-rule.ts';

export function ChangePassword(): JSX.Element {
  const services = useServices();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [problem, setProblem] = useState<string>();
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const rule = passwordProblem(current, next, again);
  const submit = async () => {
    setTried(true);
    setProblem(undefined);
    if (rule !== undefined) return;
    setBusy(true);
    try {
      await services.http.changePassword(current, next);
      tell(t('password.changed'), 'good');
      me.value = (await services.http.me()) ?? 'nobody';
    } catch (error) {
      const wrong = ['unauthenticated', 'forbidden'].includes(errorFacts(error).code);
      setProblem(wrong ? t('password.wrongCurrent') : errorText(error));
    } finally {
      setBusy(false);
    }
  };
  const ruleText = tried && rule !== undefined ? t(`password.rule.${rule}`) : undefined;
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Banner kind="note">{t('password.why')}</Banner>
      <Field label={t('password.current')} error={problem}>
        {(ids) => (
          <input
            {...ids}
            class="input"
            type="password"
            autocomplete="current-password"
            required
            value={current}
            onInput={(event) => setCurrent(inputValue(event))}
          />
        )}
      </Field>
      <Field label={t('password.next')} hint={t('password.hint')} error={ruleText}>
        {(ids) => (
          <input
            {...ids}
            class="input"
            type="password"
            autocomplete="new-password"
            required
            maxLength={256}
            value={next}
            onInput={(event) => setNext(inputValue(event))}
          />
        )}
      </Field>
      <Field label={t('password.again')}>
        {(ids) => (
          <input
            {...ids}
            class="input"
            type="password"
            autocomplete="new-password"
            required
            maxLength={256}
            value={again}
            onInput={(event) => setAgain(inputValue(event))}
          />
        )}
      </Field>
      <button type="submit" class="button primary big" disabled={busy}>
        {t('password.submit')}
      </button>
    </form>
  );
}
