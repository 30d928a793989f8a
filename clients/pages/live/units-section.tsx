/** The units on this incident: who is on it, assigning one more, releasing one, each after a question. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { hasRole, type Role } from '../../../signaling/protocol/roles.ts';
import { t } from '../../i18n/index.ts';
import { act, start } from '../../ui/announcer.tsx';
import { PanelTitle } from '../../ui/controls.tsx';
import type { Directory } from '../../ui/directory.ts';
import { SelectField } from '../../ui/fields.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { Icon } from '../../ui/icons.tsx';
import { MergeDialog } from './incident-dialogs.tsx';
import { useRoom } from './live-room.ts';
import { oversees } from './people-view.ts';

const releasing: readonly Role[] = ['dispatcher', 'coordinator', 'crew'];

function AssignDialog(props: { directory: Directory | undefined; onClose: () => void }): JSX.Element {
  const { session, state } = useRoom();
  const [unitId, setUnitId] = useState('');
  const free = props.directory?.units.filter((unit) => !state.value.unitIds.includes(unit.unitId)) ?? [];
  const assign = async () => {
    if (await act(() => session.request('room.assignUnit', { unitId }))) props.onClose();
  };
  return (
    <FormDialog
      title={t('units.assign')}
      submit={t('units.assignNow')}
      ready={unitId !== ''}
      onSubmit={() => start(assign)}
      onClose={props.onClose}
    >
      <SelectField
        label={t('create.unit')}
        hint={t('create.unitHint')}
        required
        value={unitId}
        onChange={setUnitId}
        options={[
          { value: '', text: free.length === 0 ? t('units.noFree') : t('units.choose') },
          ...free.map((unit) => ({ value: unit.unitId, text: unit.name })),
        ]}
      />
    </FormDialog>
  );
}

function ReleaseDialog(props: { unitId: string; name: string; onClose: () => void }): JSX.Element {
  const { session } = useRoom();
  const release = async () => {
    if (await act(() => session.request('room.releaseUnit', { unitId: props.unitId }))) props.onClose();
  };
  return (
    <FormDialog
      title={t('units.releaseTitle', { name: props.name })}
      submit={t('units.releaseNow')}
      danger
      onSubmit={() => start(release)}
      onClose={props.onClose}
    >
      <p>{t('units.releaseText')}</p>
      <p class="small soft">{t('units.byHandover')}</p>
    </FormDialog>
  );
}

export function UnitsSection(props: { directory: Directory | undefined }): JSX.Element | null {
  const { session, state } = useRoom();
  const [open, setOpen] = useState<'assign' | 'merge'>();
  const [releases, setReleases] = useState<string>();
  const { directory } = props;
  const { unitIds } = state.value;
  const { role } = session;
  const leads = oversees(role);
  const mayRelease = role !== undefined && hasRole(releasing, role);
  const nameOfUnit = (id: string) =>
    directory?.units.find((unit) => unit.unitId === id)?.name ?? t('rooms.unit');
  return (
    <section class="stack">
      <PanelTitle icon="ambulance">{t('units.title')}</PanelTitle>
      {unitIds.length === 0 ? <p class="soft small">{t('units.none')}</p> : null}
      <ul class="stack tight">
        {unitIds.map((id) => (
          <li key={id} class="patient-row">
            <span class="grow">{nameOfUnit(id)}</span>
            {mayRelease ? (
              <button type="button" class="button small-button" onClick={() => setReleases(id)}>
                {t('units.release')}
                <span class="visually-hidden">{nameOfUnit(id)}</span>
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {mayRelease && unitIds.length > 0 ? <p class="small soft">{t('units.byHandover')}</p> : null}
      {leads ? (
        <div class="row">
          <button type="button" class="button grow" onClick={() => setOpen('assign')}>
            <Icon name="plus" />
            {t('units.assign')}
          </button>
          <button type="button" class="button grow" onClick={() => setOpen('merge')}>
            <Icon name="merge" />
            {t('merge.open')}
          </button>
        </div>
      ) : null}
      {open === 'assign' ? <AssignDialog directory={directory} onClose={() => setOpen(undefined)} /> : null}
      {open === 'merge' ? <MergeDialog onClose={() => setOpen(undefined)} /> : null}
      {releases === undefined ? null : (
        <ReleaseDialog unitId={releases} name={nameOfUnit(releases)} onClose={() => setReleases(undefined)} />
      )}
    </section>
  );
}
