/** What concerns two incidents: moving a patient to another one's room, and taking another one into this room. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { RoomSummary } from '../../../signaling/protocol/snapshot.ts';
import { formatShortTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { act, start, tell } from '../../ui/announcer.tsx';
import { Banner } from '../../ui/controls.tsx';
import { SelectField } from '../../ui/fields.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { useRoom } from './live-room.ts';
import { patientTitle } from './names.ts';
import { type OtherRooms, useOtherRooms } from './use-other-rooms.ts';

/** Titles repeat in a large accident: time and patients tell rooms apart. */
function roomWords(room: RoomSummary): string {
  const patients = room.patients.length === 0 ? t('rooms.noPatients') : room.patients.join(', ');
  return [room.drill ? t('drill.short') : undefined, room.title, formatShortTime(room.createdUtc), patients]
    .filter((each) => each !== undefined)
    .join(' · ');
}

function RoomChoice(props: {
  label: string;
  others: OtherRooms;
  value: string;
  onChange: (roomId: string) => void;
}): JSX.Element {
  const { rooms, problem } = props.others;
  const first =
    rooms === undefined ? t('rooms.loading') : rooms.length === 0 ? t('merge.noRoom') : t('merge.choose');
  return (
    <SelectField
      label={props.label}
      error={problem}
      required
      value={props.value}
      onChange={props.onChange}
      options={[
        { value: '', text: first },
        ...(rooms ?? []).map((room) => ({ value: room.roomId, text: roomWords(room) })),
      ]}
    />
  );
}

export function MovePatientDialog(props: { patientId: string; onClose: () => void }): JSX.Element {
  const { session, state } = useRoom();
  const others = useOtherRooms();
  const [toRoomId, setToRoomId] = useState('');
  const [busy, setBusy] = useState(false);
  const { patientId } = props;
  const move = async () => {
    setBusy(true);
    const moved = await act(async () => {
      const there = await session.request('patient.move', { patientId, toRoomId });
      const title = others.rooms?.find((room) => room.roomId === toRoomId)?.title ?? '';
      tell(t('move.done', { patient: patientId, title, now: there.patientId }), 'good');
    });
    setBusy(false);
    if (moved) props.onClose();
  };
  return (
    <FormDialog
      title={t('move.title', { patient: patientTitle(state.value, patientId) ?? patientId })}
      submit={t('move.submit')}
      ready={!busy && toRoomId !== ''}
      onSubmit={() => start(move)}
      onClose={props.onClose}
    >
      <p>{t('move.text')}</p>
      <RoomChoice label={t('move.to')} others={others} value={toRoomId} onChange={setToRoomId} />
    </FormDialog>
  );
}

export function MergeDialog(props: { onClose: () => void }): JSX.Element {
  const { session, state } = useRoom();
  const others = useOtherRooms();
  const [fromRoomId, setFromRoomId] = useState('');
  const [busy, setBusy] = useState(false);
  const merge = async () => {
    setBusy(true);
    const merged = await act(() => session.request('incident.merge', { fromRoomId }, { deadlineMs: 30_000 }));
    setBusy(false);
    if (!merged) return;
    tell(t('merge.done'), 'good');
    props.onClose();
  };
  return (
    <FormDialog
      title={t('merge.title')}
      submit={t('merge.submit')}
      danger
      ready={!busy && fromRoomId !== ''}
      onSubmit={() => start(merge)}
      onClose={props.onClose}
    >
      <RoomChoice label={t('merge.from')} others={others} value={fromRoomId} onChange={setFromRoomId} />
      <Banner kind="warn">{t('merge.text', { title: state.value.title })}</Banner>
    </FormDialog>
  );
}
