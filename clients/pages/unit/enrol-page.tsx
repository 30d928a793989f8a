/** Enrols a device of a unit once, by the code in the address (QR) or typed in. Afterwards it signs in by itself. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { writePreference } from '../../storage/preferences.ts';
import { Banner } from '../../ui/controls.tsx';
import { errorText } from '../../ui/error-text.ts';
import { TextField } from '../../ui/fields.tsx';
import { usePageTitle } from '../../ui/hooks.ts';
import { me } from '../../ui/me.ts';
import { homeOf, type Route } from '../../ui/route.ts';
import { go } from '../../ui/router.ts';
import { useServices } from '../../ui/services.ts';
import { Shell } from '../shell.tsx';

export function EnrolPage(props: { route: Route }): JSX.Element {
  const services = useServices();
  const heading = usePageTitle(t('enrol.title'));
  const [code, setCode] = useState(props.route.page === 'enrol' ? props.route.code : '');
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      const enrolled = await services.http.enrolDevice(code.trim(), name.trim());
      me.value = enrolled;
      writePreference('deviceName', name.trim());
      go(homeOf(enrolled), 'replace');
    } catch (error) {
      setProblem(errorText(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Shell narrow>
      <form
        class="card stack loose"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h1 ref={heading} tabIndex={-1}>
          {t('enrol.title')}
        </h1>
        <p>{t('enrol.text')}</p>
        <TextField
          label={t('enrol.code')}
          hint={t('enrol.codeHint')}
          error={problem}
          class="figures"
          attributes={{
            autocomplete: 'one-time-code',
            autocapitalize: 'characters',
            spellcheck: false,
            required: true,
          }}
          value={code}
          onChange={setCode}
        />
        <TextField
          label={t('enrol.name')}
          hint={t('enrol.nameHint')}
          attributes={{ required: true }}
          value={name}
          onChange={setName}
        />
        <Banner kind="note">{t('enrol.note')}</Banner>
        <button type="submit" class="button primary big" disabled={busy}>
          {t('enrol.submit')}
        </button>
      </form>
    </Shell>
  );
}
