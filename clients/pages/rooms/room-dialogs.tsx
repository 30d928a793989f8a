/** Dialogs of the list: start a room, break the glass. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { RoomSummary } from '../../../signaling/protocol/snapshot.ts';
import type { RoomList } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { Banner, checkedOf, Field, inputValue } from '../../ui/controls.tsx';
import type { Directory } from '../../ui/directory.ts';
import { errorText } from '../../ui/error-text.ts';
import { SelectField, TextField } from '../../ui/fields.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { signedIn } from '../../ui/me.ts';
import { useDirectory } from '../../ui/use-directory.ts';

/** Runs a submit with its busy and error state. */
function useSubmit(action: () => Promise<void>): {
  busy: boolean;
  problem: string | undefined;
  run: () => void;
} {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const submit = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await action();
    } catch (error) {
      setProblem(errorText(error));
      setBusy(false);
    }
  };
  return { busy, problem, run: () => void submit() };
}

/** Hospitals that see the room from the start, beside the centre and the unit's own organisation. */
function HospitalChoice(props: {
  directory: Directory | undefined;
  chosen: readonly string[];
  onChange: (chosen: readonly string[]) => void;
}): JSX.Element | null {
  const own = signedIn()?.organisationId;
  const hospitals =
    props.directory?.organisations.filter(
      (each) => each.organisationId !== own && (each.kind === 'hospital' || each.kind === 'partner'),
    ) ?? [];
  if (hospitals.length === 0) return null;
  return (
    <fieldset class="bare">
      <legend class="field-label">{t('create.hospitals')}</legend>
      {hospitals.map((each) => (
        <label key={each.organisationId} class="check">
          <input
            type="checkbox"
            checked={props.chosen.includes(each.organisationId)}
            onChange={(event) => {
              const others = props.chosen.filter((id) => id !== each.organisationId);
              props.onChange(checkedOf(event) ? [...others, each.organisationId] : others);
            }}
          />
          <span>{each.name}</span>
        </label>
      ))}
    </fieldset>
  );
}

function UnitChoice(props: {
  directory: Directory | undefined;
  value: string;
  onChange: (unitId: string) => void;
}): JSX.Element | null {
  const units = props.directory?.units ?? [];
  if (units.length === 0) return null;
  return (
    <SelectField
      label={t('create.unit')}
      hint={t('create.unitHint')}
      value={props.value}
      onChange={props.onChange}
      options={[
        { value: '', text: t('create.noUnit') },
        ...units.map((unit) => ({ value: unit.unitId, text: unit.name })),
      ]}
    />
  );
}

function DrillChoice(props: { drill: boolean; onChange: (drill: boolean) => void }): JSX.Element {
  return (
    <label class="check">
      <input type="checkbox" checked={props.drill} onChange={(event) => props.onChange(checkedOf(event))} />
      <span>{t('create.drill')}</span>
    </label>
  );
}

export function CreateRoomDialog(props: {
  list: RoomList;
  onClose: () => void;
  onCreated: (roomId: string) => void;
}): JSX.Element {
  const directory = useDirectory();
  const [title, setTitle] = useState('');
  const [unitId, setUnitId] = useState(signedIn()?.unitId ?? '');
  const [drill, setDrill] = useState(false);
  const [hospitals, setHospitals] = useState<readonly string[]>([]);
  const { busy, problem, run } = useSubmit(async () => {
    const roomId = await props.list.create({
      title: title.trim(),
      drill,
      organisations: [...hospitals],
      ...(unitId === '' ? {} : { unitId }),
    });
    props.onCreated(roomId);
  });
  return (
    <FormDialog
      title={t('create.title')}
      submit={t('create.submit')}
      ready={!busy}
      onSubmit={run}
      onClose={props.onClose}
    >
      <TextField
        label={t('create.name')}
        hint={t('create.nameHint')}
        error={problem}
        attributes={{ required: true }}
        value={title}
        onChange={setTitle}
      />
      <UnitChoice directory={directory} value={unitId} onChange={setUnitId} />
      <HospitalChoice directory={directory} chosen={hospitals} onChange={setHospitals} />
      <DrillChoice drill={drill} onChange={setDrill} />
    </FormDialog>
  );
}

export function BreakGlassDialog(props: {
  list: RoomList;
  room: RoomSummary;
  onClose: () => void;
  onOpened: () => void;
}): JSX.Element {
  const [reason, setReason] = useState('');
  const { busy, problem, run } = useSubmit(async () => {
    await props.list.breakGlass(props.room.roomId, reason.trim());
    props.onOpened();
  });
  return (
    <FormDialog
      title={t('glass.title')}
      submit={t('glass.submit')}
      danger
      ready={!busy && reason.trim() !== ''}
      onSubmit={run}
      onClose={props.onClose}
    >
      <p>
        <strong>{props.room.title}</strong>
      </p>
      <Banner kind="warn" icon="glass">
        {t('glass.text')}
      </Banner>
      <Field label={t('glass.reason')} error={problem}>
        {(ids) => (
          <textarea
            {...ids}
            class="input"
            required
            maxLength={500}
            value={reason}
            onInput={(event) => setReason(inputValue(event))}
          />
        )}
      </Field>
    </FormDialog>
  );
}
