/** Lets another organisation into the room: a receiving or a guiding hospital. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { act, start } from '../../ui/announcer.tsx';
import { Field, inputValue } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { useDirectory } from '../../ui/use-directory.ts';
import { useRoom } from './live-room.ts';

export function AdmitDialog(props: { onClose: () => void }): JSX.Element {
  const { session, state } = useRoom();
  const directory = useDirectory();
  const [organisationId, setOrganisationId] = useState('');
  const [why, setWhy] = useState<'receiving' | 'guiding'>('receiving');
  const inside = new Set(state.value.organisations.map((each) => each.organisationId));
  const others = directory?.organisations.filter((each) => !inside.has(each.organisationId)) ?? [];
  const admit = async () => {
    if (await act(() => session.request('room.admit', { organisationId, why }))) props.onClose();
  };
  return (
    <Dialog title={t('admit.title')} onClose={props.onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          start(admit);
        }}
      >
        <p class="small soft">{t('admit.text')}</p>
        <Field label={t('admit.organisation')}>
          {(ids) => (
            <select
              {...ids}
              class="input"
              required
              value={organisationId}
              onChange={(event) => setOrganisationId(inputValue(event))}
            >
              <option value="">{others.length === 0 ? t('admit.none') : t('admit.choose')}</option>
              {others.map((each) => (
                <option key={each.organisationId} value={each.organisationId}>
                  {each.name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t('admit.why')}>
          {(ids) => (
            <select
              {...ids}
              class="input"
              value={why}
              onChange={(event) => setWhy(inputValue(event) === 'guiding' ? 'guiding' : 'receiving')}
            >
              <option value="receiving">{t('admit.receiving')}</option>
              <option value="guiding">{t('admit.guiding')}</option>
            </select>
          )}
        </Field>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={props.onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" class="button primary" disabled={organisationId === ''}>
            {t('admit.submit')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
