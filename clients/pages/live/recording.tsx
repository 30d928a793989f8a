/** The recording of the room: a calm tag in the top bar, and a bar across the page when it is off or stalls. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { announce } from '../../ui/announcer.tsx';
import { useNow } from '../../ui/hooks.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { useRoom } from './live-room.ts';
import { RecordingDialog } from './recording-dialog.tsx';
import { longText, shortText } from './recording-text.ts';
import { needsRecordingBar, type RecordingView, recordingView } from './recording-view.ts';

const looks: Record<RecordingView['kind'], { readonly tone: string; readonly icon: IconName }> = {
  none: { tone: 'plain', icon: 'record-off' },
  off: { tone: 'warn', icon: 'record-off' },
  starting: { tone: 'note', icon: 'clock' },
  ready: { tone: 'plain', icon: 'record' },
  recording: { tone: 'good', icon: 'record' },
  stalled: { tone: 'bad', icon: 'warn' },
  away: { tone: 'bad', icon: 'warn' },
};

/** Renders again each second, since safety is a matter of age. */
export function useRecording(): RecordingView {
  const { session, state, recorded, connection } = useRoom();
  useNow(1000);
  const linked = connection.value.status === 'live' || connection.value.status === 'weak';
  return recordingView(state.value, recorded.value, session.roomTime, linked);
}

export function RecordingTag(): JSX.Element | null {
  const { state } = useRoom();
  const [open, setOpen] = useState(false);
  const view = useRecording();
  if (state.value.phase !== 'open') return null;
  const { tone, icon } = looks[view.kind];
  const shed = state.value.recording?.on === true ? state.value.recording.shed : 'ok';
  return (
    <>
      <button
        type="button"
        class={`tag recording-tag ${tone}`}
        data-recording={view.kind}
        title={t('recording.open')}
        onClick={() => setOpen(true)}
      >
        <Icon name={icon} />
        <span class="visually-hidden">{t('recording.title')}: </span>
        <span class="one-line figures">{shortText(state.value, view)}</span>
        {shed === 'ok' ? null : <span class="one-line shed">· {t(`recording.shed.${shed}`)}</span>}
      </button>
      {open ? <RecordingDialog view={view} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

/** Said once when it begins and once when it is over. */
function useSpoken(view: RecordingView, text: string): void {
  const before = useRef(view.kind);
  const words = useRef(text);
  words.current = text;
  useEffect(() => {
    const wasAlarm = before.current === 'stalled' || before.current === 'away';
    const isAlarm = view.kind === 'stalled' || view.kind === 'away';
    const wasOff = before.current === 'off';
    before.current = view.kind;
    if (isAlarm && !wasAlarm) announce(words.current, 'urgent');
    else if (view.kind === 'off' && !wasOff) announce(words.current, 'urgent');
    else if ((wasAlarm || wasOff) && !isAlarm) announce(t('recording.saidOn'));
  }, [view.kind]);
}

export function RecordingBar(): JSX.Element | null {
  const { state } = useRoom();
  const view = useRecording();
  const text = longText(state.value, view);
  useSpoken(view, text);
  if (!needsRecordingBar(view) || state.value.phase !== 'open') return null;
  const off = view.kind === 'off';
  return (
    <section
      class={off ? 'link-bar recording-bar' : 'link-bar bad recording-bar'}
      aria-label={t('recording.title')}
    >
      <Icon name={looks[view.kind].icon} />
      <strong class="figures">{shortText(state.value, view)}</strong>
      <span class="grow">{text}</span>
    </section>
  );
}
