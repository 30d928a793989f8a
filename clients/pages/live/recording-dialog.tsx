/** What is recorded and how far it is safe, source by source; who switched it and why; the switch for who may. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatTime } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { act, start } from '../../ui/announcer.tsx';
import { Banner } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useRoom } from './live-room.ts';
import { nameOf, utcOf } from './names.ts';
import { longText, reasonGiven, switchedBy } from './recording-text.ts';
import { type RecordingView, recordingRights } from './recording-view.ts';

/** Every source of the room that this peer may see, with what is safe of it. */
function Tracks(): JSX.Element {
  const { state, recorded } = useRoom();
  const { sources, recording } = state.value;
  const told = [...recorded.value.values()].filter(({ producerId }) => sources[producerId] !== undefined);
  if (told.length === 0) return <p class="soft">{t('recording.noTracks')}</p>;
  return (
    <ul class="recording-tracks">
      {told.map(({ producerId, durableUntil, state: is }) => {
        const source = sources[producerId];
        const stalls = recording?.stalled[producerId] !== undefined;
        return (
          <li key={producerId} class="row spread">
            <span class="grow one-line">
              {source?.source.label}
              <span class="small soft"> {nameOf(state.value, source?.peerId ?? '') ?? ''}</span>
            </span>
            <span class={stalls ? 'small figures warn-text' : 'small figures'}>
              {stalls ? t('recording.track.stalled') : t(`recording.track.${is}`)}
              {' · '}
              {t('recording.trackSafe', { time: formatTime(utcOf(state.value, durableUntil)) })}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** Off and on again, with a reason that everyone in the room reads and the log keeps. */
function Switch(props: { on: boolean; onDone: () => void }): JSX.Element {
  const { session } = useRoom();
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const given = reason.trim();
  const flip = async () => {
    setBusy(true);
    const method = props.on ? 'recording.stop' : 'recording.start';
    if (await act(() => session.request(method, { reason: given }))) props.onDone();
    setBusy(false);
  };
  return (
    <form
      class="stack recording-switch"
      onSubmit={(event) => {
        event.preventDefault();
        if (given !== '' && !busy) start(flip);
      }}
    >
      <h3>{props.on ? t('recording.stopTitle') : t('recording.startTitle')}</h3>
      <TextField
        label={t('recording.reason')}
        hint={props.on ? t('recording.stopHint') : t('recording.startHint')}
        attributes={{ required: true, maxLength: 500 }}
        value={reason}
        onChange={setReason}
      />
      <button
        type="submit"
        class={`button ${props.on ? 'danger' : 'primary'}`}
        disabled={given === '' || busy}
      >
        <Icon name={props.on ? 'record-off' : 'record'} />
        {props.on ? t('recording.stop') : t('recording.start')}
      </button>
    </form>
  );
}

export function RecordingDialog(props: { view: RecordingView; onClose: () => void }): JSX.Element {
  const { session, state } = useRoom();
  const { recording } = state.value;
  const { start: mayStart, stop: mayStop } = recordingRights(session.role);
  const on = recording?.on === true;
  const problem = longText(state.value, props.view);
  return (
    <Dialog title={t('recording.title')} onClose={props.onClose}>
      {problem === '' ? null : <Banner kind={props.view.kind === 'off' ? 'warn' : 'bad'}>{problem}</Banner>}
      {on && recording.shed !== 'ok' ? (
        <Banner kind="warn">{t(`recording.shedLong.${recording.shed}`)}</Banner>
      ) : null}
      {recording === undefined ? <p>{t('recording.noneLong')}</p> : null}
      {on ? (
        <>
          <p class="small soft">
            {t('recording.onLong', {
              name: switchedBy(state.value, recording.by),
              time: formatTime(utcOf(state.value, recording.since)),
              reason: reasonGiven(recording.reason),
            })}
          </p>
          <Tracks />
        </>
      ) : null}
      {(on && mayStop) || (!on && mayStart) ? (
        <Switch key={String(on)} on={on} onDone={props.onClose} />
      ) : null}
    </Dialog>
  );
}
