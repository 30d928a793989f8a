/** Dialogs of the list: start a room, break the glass. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { RoomSummary } from '../../../signaling/protocol/snapshot.ts';
import type { RoomList } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { Banner, checkedOf, Field, inputValue } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { errorText } from '../../ui/error-text.ts';
import { config, signedIn } from '../../ui/me.ts';

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

export function CreateRoomDialog(props: {
  list: RoomList;
  onClose: () => void;
  onCreated: (roomId: string) => void;
}): JSX.Element {
  const who = signedIn();
  const drillsOnly = config.value?.drillsOnly === true;
  const [title, setTitle] = useState('');
  const [unitId, setUnitId] = useState(who?.unitId ?? '');
  const [drill, setDrill] = useState(drillsOnly);
  const { busy, problem, run } = useSubmit(async () => {
    const unit = unitId.trim();
    const roomId = await props.list.create({
      title: title.trim(),
      drill,
      organisations: [],
      ...(unit === '' ? {} : { unitId: unit }),
    });
    props.onCreated(roomId);
  });
  return (
    <Dialog title={t('create.title')} onClose={props.onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <Field label={t('create.name')} hint={t('create.nameHint')} error={problem}>
          {(ids) => (
            <input
              {...ids}
              class="input"
              required
              maxLength={120}
              value={title}
              onInput={(event) => setTitle(inputValue(event))}
            />
          )}
        </Field>
        <Field label={t('create.unit')} hint={t('create.unitHint')}>
          {(ids) => (
            <input
              {...ids}
              class="input"
              pattern="[A-Za-z0-9][A-Za-z0-9_\-]{0,63}"
              value={unitId}
              onInput={(event) => setUnitId(inputValue(event))}
            />
          )}
        </Field>
        <label class="check">
          <input
            type="checkbox"
            checked={drill}
            disabled={drillsOnly}
            onChange={(event) => setDrill(checkedOf(event))}
          />
          <span>{t('create.drill')}</span>
        </label>
        <div class="dialog-actions">
          <button type="button" class="button" onClick={props.onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" class="button primary" disabled={busy}>
            {t('create.submit')}
          </button>
        </div>
      </form>
    </Dialog>
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
    <Dialog title={t('glass.title')} onClose={props.onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
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
        <div class="dialog-actions">
          <button type="button" class="button" onClick={props.onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" class="button danger" disabled={busy || reason.trim() === ''}>
            {t('glass.submit')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
