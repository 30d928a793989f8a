/** Chooses a patient or the scene; patients are added and named here too. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { RoomState } from '../../../signaling/protocol/state.ts';
import { t } from '../../i18n/index.ts';
import { act, start } from '../../ui/announcer.tsx';
import { Field, inputValue } from '../../ui/controls.tsx';
import { SelectField, TextField } from '../../ui/fields.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { Icon } from '../../ui/icons.tsx';
import { MovePatientDialog } from './incident-dialogs.tsx';
import { useRoom } from './live-room.ts';
import { movedIds, patientIds, patientName, patientTitle } from './names.ts';
import { oversees } from './people-view.ts';

export function PatientSelect(props: {
  value: string;
  onChange: (patientId: string) => void;
  withScene: boolean;
  state: RoomState;
  label?: string;
}): JSX.Element {
  const ids = patientIds(props.state);
  const none = ids.length === 0 && !props.withScene;
  return (
    <Field label={props.label ?? t('patient.about')} {...(none ? { hint: t('patient.addFirst') } : {})}>
      {(field) => (
        <select
          {...field}
          class="input"
          value={props.value}
          disabled={none}
          onChange={(event) => props.onChange(inputValue(event))}
        >
          {props.withScene ? <option value="scene">{t('patient.scene')}</option> : null}
          {none ? <option value="scene">{t('patient.none')}</option> : null}
          {!props.withScene && props.value === 'scene' && !none ? (
            <option value="scene">{t('patient.choose')}</option>
          ) : null}
          {ids.map((id) => (
            <option key={id} value={id}>
              {patientTitle(props.state, id)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

const sexes = ['unknown', 'female', 'male', 'other'] as const;

function IdentifyDialog(props: { patientId: string; onClose: () => void }): JSX.Element {
  const { session, state } = useRoom();
  const known = state.value.patients[props.patientId]?.identity;
  const [name, setName] = useState(known?.name ?? '');
  const [birthDate, setBirthDate] = useState(known?.birthDate ?? '');
  const [sex, setSex] = useState(known?.sex ?? 'unknown');
  const save = async () => {
    const identity = {
      sex,
      ...(name.trim() === '' ? {} : { name: name.trim() }),
      ...(birthDate === '' ? {} : { birthDate }),
    };
    if (await act(() => session.request('patient.identify', { patientId: props.patientId, identity }))) {
      props.onClose();
    }
  };
  return (
    <FormDialog
      title={t('patient.identifyTitle', { patient: props.patientId })}
      submit={t('common.save')}
      onSubmit={() => start(save)}
      onClose={props.onClose}
    >
      <TextField label={t('patient.name')} value={name} onChange={setName} />
      <TextField label={t('patient.birthDate')} kind="date" value={birthDate} onChange={setBirthDate} />
      <SelectField
        label={t('patient.sex')}
        value={sex}
        onChange={(next) => setSex(sexes.find((each) => each === next) ?? 'unknown')}
        options={sexes.map((each) => ({ value: each, text: t(`sex.${each}`) }))}
      />
    </FormDialog>
  );
}

/** The patients of the room with keys to add and to identify. */
export function PatientsList(props: { gloves?: boolean }): JSX.Element {
  const { session, state } = useRoom();
  const [identifying, setIdentifying] = useState<string>();
  const [moving, setMoving] = useState<string>();
  const mayMove = oversees(session.role);
  const size = props.gloves === true ? 'button gloves' : 'button';
  const ids = patientIds(state.value);
  return (
    <div class="stack">
      {ids.length === 0 ? <p class="soft small">{t('patient.noneYet')}</p> : null}
      <ul class="stack tight">
        {ids.map((id) => (
          <li key={id} class="patient-row">
            <span class="patient-chip">{id}</span>
            <span class="grow one-line">{patientName(state.value, id) ?? t('patient.unknown')}</span>
            <button type="button" class="button small-button" onClick={() => setIdentifying(id)}>
              {t('patient.identify')}
              <span class="visually-hidden">{id}</span>
            </button>
            {mayMove ? (
              <button type="button" class="button small-button" onClick={() => setMoving(id)}>
                {t('move.open')}
                <span class="visually-hidden">{id}</span>
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {movedIds(state.value).map((id) => (
        <p key={id} class="small soft">
          {t('patient.movedAway', { patient: id })}
        </p>
      ))}
      <button type="button" class={size} onClick={() => start(() => session.request('patient.add', {}))}>
        <Icon name="plus" />
        {t('patient.add')}
      </button>
      {moving === undefined ? null : (
        <MovePatientDialog patientId={moving} onClose={() => setMoving(undefined)} />
      )}
      {identifying === undefined ? null : (
        <IdentifyDialog patientId={identifying} onClose={() => setIdentifying(undefined)} />
      )}
    </div>
  );
}
