/** First sign-in with a password that someone else made: a new one must be chosen before anything else. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { tell } from '../../ui/announcer.tsx';
import { Banner } from '../../ui/controls.tsx';
import { errorFacts, errorText } from '../../ui/error-text.ts';
import { me } from '../../ui/me.ts';
import { useServices } from '../../ui/services.ts';
import { PasswordField } from './password-field.tsx';
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
      <PasswordField
        label={t('password.current')}
        error={problem}
        attributes={{ name: 'current' }}
        value={current}
        onChange={setCurrent}
      />
      <PasswordField
        label={t('password.next')}
        hint={t('password.hint')}
        error={ruleText}
        chosen
        attributes={{ name: 'next' }}
        value={next}
        onChange={setNext}
      />
      <PasswordField
        label={t('password.again')}
        chosen
        attributes={{ name: 'again' }}
        value={again}
        onChange={setAgain}
      />
      <button type="submit" class="button primary big" disabled={busy}>
        {t('password.submit')}
      </button>
    </form>
  );
}
