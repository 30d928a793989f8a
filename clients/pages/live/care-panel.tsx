/** Patients, time nodes, drugs given and device settings: the course of the case in one place. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatShortTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { act, start } from '../../ui/announcer.tsx';
import { PanelTitle } from '../../ui/controls.tsx';
import { TextField } from '../../ui/fields.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { Icon } from '../../ui/icons.tsx';
import { COMMON_SETTINGS } from './dose.ts';
import { DrugFields, doseOf, doseWords, emptyDose } from './drug-fields.tsx';
import { useRoom } from './live-room.ts';
import { patientTitle } from './names.ts';
import { PatientSelect, PatientsList } from './patient-select.tsx';
import { TimeNodeList } from './time-nodes.tsx';

function DrugDialog(props: { patientId: string; onClose: () => void }): JSX.Element {
  const { session, state } = useRoom();
  const [draft, setDraft] = useState(emptyDose);
  const [patientId, setPatientId] = useState(props.patientId);
  const drug = doseOf(draft);
  const ready = drug !== undefined && patientId !== 'scene';
  const save = async () => {
    if (drug === undefined) return;
    if (await act(() => session.request('drug.record', { drug, patientId }))) props.onClose();
  };
  return (
    <FormDialog
      title={t('drug.title')}
      submit={drug === undefined ? t('drug.save') : t('drug.saveWhat', { drug: doseWords(drug) })}
      ready={ready}
      gloves
      onSubmit={() => start(save)}
      onClose={props.onClose}
    >
      <PatientSelect value={patientId} onChange={setPatientId} withScene={false} state={state.value} />
      <DrugFields draft={draft} onChange={setDraft} />
    </FormDialog>
  );
}

function SettingDialog(props: { patientId: string; onClose: () => void }): JSX.Element {
  const { session, state } = useRoom();
  const [device, setDevice] = useState('');
  const [setting, setSetting] = useState('');
  const [patientId, setPatientId] = useState(props.patientId);
  const ready = device.trim() !== '' && setting.trim() !== '' && patientId !== 'scene';
  const save = async () => {
    const fact = { device: device.trim(), setting: setting.trim(), patientId };
    if (await act(() => session.request('device.record', fact))) props.onClose();
  };
  return (
    <FormDialog
      title={t('setting.title')}
      submit={t('common.save')}
      ready={ready}
      gloves
      onSubmit={() => start(save)}
      onClose={props.onClose}
    >
      <PatientSelect value={patientId} onChange={setPatientId} withScene={false} state={state.value} />
      <fieldset class="phrases bare" aria-label={t('setting.device')}>
        {COMMON_SETTINGS.map((name) => (
          <button
            type="button"
            key={name}
            class="button phrase"
            aria-pressed={device === t(`setting.${name}`)}
            onClick={() => setDevice(t(`setting.${name}`))}
          >
            {t(`setting.${name}`)}
          </button>
        ))}
      </fieldset>
      <TextField label={t('setting.device')} value={device} onChange={setDevice} />
      <TextField
        label={t('setting.value')}
        hint={t('setting.valueHint')}
        attributes={{ maxLength: 4000 }}
        value={setting}
        onChange={setSetting}
      />
    </FormDialog>
  );
}

/** Drugs and settings so far, newest first. */
export function GivenList(): JSX.Element {
  const { state } = useRoom();
  const rows = [
    ...state.value.drugs.map((each) => ({
      id: each.drugId,
      icon: 'drug' as const,
      at: each.at,
      text: doseWords(each.drug),
      patientId: each.patientId,
    })),
    ...state.value.settings.map((each) => ({
      id: each.settingId,
      icon: 'device' as const,
      at: each.at,
      text: `${each.device}: ${each.setting}`,
      patientId: each.patientId,
    })),
  ].sort((a, b) => b.at - a.at);
  if (rows.length === 0) return <p class="soft small">{t('given.none')}</p>;
  return (
    <ol class="timeline">
      {rows.map((row) => (
        <li key={row.id}>
          <time class="figures">{formatShortTime(row.at)}</time>
          <Icon name={row.icon} />
          <span class="grow">
            {row.text} <span class="small soft">{patientTitle(state.value, row.patientId)}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

/** The two keys that open the quick entries. */
export function GivenKeys(props: { patientId: string; gloves?: boolean }): JSX.Element {
  const [open, setOpen] = useState<'drug' | 'setting'>();
  const size = props.gloves === true ? 'button gloves grow' : 'button grow';
  return (
    <div class="row">
      <button type="button" class={size} onClick={() => setOpen('drug')}>
        <Icon name="drug" />
        {t('drug.open')}
      </button>
      <button type="button" class={size} onClick={() => setOpen('setting')}>
        <Icon name="device" />
        {t('setting.open')}
      </button>
      {open === 'drug' ? <DrugDialog patientId={props.patientId} onClose={() => setOpen(undefined)} /> : null}
      {open === 'setting' ? (
        <SettingDialog patientId={props.patientId} onClose={() => setOpen(undefined)} />
      ) : null}
    </div>
  );
}

export function CarePanel(props: { patientId: string; mayWrite: boolean }): JSX.Element {
  return (
    <div class="panel stack loose">
      <section>
        <PanelTitle icon="patient">{t('patient.title')}</PanelTitle>
        <PatientsList />
      </section>
      <section>
        <PanelTitle icon="clock">{t('node.title')}</PanelTitle>
        <TimeNodeList />
      </section>
      <section class="stack">
        <PanelTitle icon="drug">{t('given.title')}</PanelTitle>
        {props.mayWrite ? <GivenKeys patientId={props.patientId} /> : null}
        <GivenList />
      </section>
    </div>
  );
}
