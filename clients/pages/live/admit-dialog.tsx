/** Lets another organisation into the room: a receiving or a guiding hospital. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { act, start } from '../../ui/announcer.tsx';
import { SelectField } from '../../ui/fields.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
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
    <FormDialog
      title={t('admit.title')}
      submit={t('admit.submit')}
      ready={organisationId !== ''}
      onSubmit={() => start(admit)}
      onClose={props.onClose}
    >
      <p class="small soft">{t('admit.text')}</p>
      <SelectField
        label={t('admit.organisation')}
        required
        value={organisationId}
        onChange={setOrganisationId}
        options={[
          { value: '', text: others.length === 0 ? t('admit.none') : t('admit.choose') },
          ...others.map((each) => ({ value: each.organisationId, text: each.name })),
        ]}
      />
      <SelectField
        label={t('admit.why')}
        value={why}
        onChange={(next) => setWhy(next === 'guiding' ? 'guiding' : 'receiving')}
        options={[
          { value: 'receiving', text: t('admit.receiving') },
          { value: 'guiding', text: t('admit.guiding') },
        ]}
      />
    </FormDialog>
  );
}
