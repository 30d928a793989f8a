/** One of the vehicle's cameras as the hospital gets it: picture, rung, who receives what, and its patient. */
import type { JSX, RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { WearerMarks } from '../../core/marks/index.ts';
import type { LocalSource } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { act, start } from '../../ui/announcer.tsx';
import { Tag } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { useChanges } from '../../ui/hooks.ts';
import { Icon } from '../../ui/icons.tsx';
import { type LiveRoom, useRoom } from '../live/live-room.ts';
import { patientTitle } from '../live/names.ts';
import { PatientSelect } from '../live/patient-select.tsx';
import { RungTag } from '../live/rung-tag.tsx';
import { isFourK } from '../live/source-view.ts';
import { OwnMarksView } from '../marks/own-camera.tsx';
import { viewersOf } from './viewers.ts';

function SelfView(props: {
  track: MediaStreamTrack;
  video: RefObject<HTMLVideoElement | null>;
}): JSX.Element {
  const { track, video } = props;
  useEffect(() => {
    const element = video.current;
    if (element === null) return undefined;
    element.srcObject = new MediaStream([track]);
    return () => {
      element.srcObject = null;
    };
  }, [track, video]);
  return <video ref={video} class="picture" muted playsInline autoPlay />;
}

/** Who receives this camera now, and at which rung. */
function Viewers(props: { room: LiveRoom; producerId: string }): JSX.Element {
  const { room, producerId } = props;
  const viewers = viewersOf(room.state.value, room.viewerRungs.value, producerId);
  if (viewers.length === 0) {
    return (
      <p class="small soft viewers">
        <Icon name="eye" />
        {t('sees.nobody')}
      </p>
    );
  }
  return (
    <ul class="viewers small" aria-label={t('sees.title')}>
      {viewers.map((viewer) => (
        <li key={viewer.peerId}>
          <Icon name="eye" />
          <span class="grow one-line">{viewer.name}</span>
          <RungTag rung={viewer.rung} compact />
        </li>
      ))}
    </ul>
  );
}

function CameraDialog(props: { source: LocalSource; onClose: () => void }): JSX.Element {
  const { session, state } = useRoom();
  const { source } = props;
  const info = state.value.sources[source.producerId]?.source ?? source.info;
  const [label, setLabel] = useState(info.label);
  const [patientId, setPatientId] = useState(info.patientId);
  const save = async () => {
    const change = { producerId: source.producerId, label: label.trim(), patientId };
    if (await act(() => session.request('source.change', change))) props.onClose();
  };
  return (
    <Dialog title={t('cameras.edit', { name: info.label })} onClose={props.onClose}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          start(save);
        }}
      >
        <TextField
          label={t('cameras.name')}
          attributes={{ required: true }}
          value={label}
          onChange={setLabel}
        />
        <PatientSelect
          value={patientId}
          onChange={setPatientId}
          withScene
          state={state.value}
          label={t('cameras.patient')}
        />
        <div class="dialog-actions">
          <button type="button" class="button gloves" onClick={() => start(() => source.close('stopped'))}>
            <Icon name="camera-off" />
            {t('cameras.stop')}
          </button>
          <button type="submit" class="button primary gloves">
            {t('common.save')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

export function CameraCard(props: {
  source: LocalSource;
  /** The marks on it, as they are followed here. */
  marks: WearerMarks | undefined;
  onDraw: () => void;
}): JSX.Element {
  const room = useRoom();
  const { source, marks, onDraw } = props;
  const video = useRef<HTMLVideoElement>(null);
  const [editing, setEditing] = useState(false);
  useChanges(source);
  const info = room.state.value.sources[source.producerId]?.source ?? source.info;
  const toggle = () => (source.paused ? source.resume() : source.pause());
  const starting = source.status === 'starting';
  return (
    <li class={source.paused ? 'camera-card paused' : 'camera-card'}>
      <div class="camera-view">
        <SelfView track={source.track} video={video} />
        <OwnMarksView source={source} marks={marks} video={video} />
        {source.paused ? (
          <div class="age-label middle not-live">
            <strong>{t('cameras.paused')}</strong>
          </div>
        ) : null}
        <span class="picture-caption">
          <span class="patient-chip one-line">
            {patientTitle(room.state.value, info.patientId) ?? t('patient.scene')}
          </span>
          <span class="caption-name one-line">{info.label}</span>
          {isFourK(info) ? <span class="four-k">4K</span> : null}
        </span>
      </div>
      <div class="row spread camera-state">
        {starting ? (
          <Tag icon="clock">{t('cameras.starting')}</Tag>
        ) : (
          <span class="row">
            <span class="small soft">{t('sees.sent')}</span>
            <RungTag rung={source.rung} />
          </span>
        )}
        {source.rungReason === 'link' || source.rungReason === 'cpu' ? (
          <span class="small warn-text">{t(`rungReason.${source.rungReason}`)}</span>
        ) : null}
      </div>
      <Viewers room={room} producerId={source.producerId} />
      <div class="row camera-keys">
        <button
          type="button"
          class="button gloves grow"
          aria-pressed={source.paused}
          onClick={() => start(toggle)}
        >
          <Icon name={source.paused ? 'camera' : 'camera-off'} />
          {source.paused ? t('cameras.resume') : t('cameras.pause')}
          <span class="visually-hidden">{info.label}</span>
        </button>
        <button type="button" class="button gloves" disabled={source.paused || starting} onClick={onDraw}>
          <Icon name="mark-stroke" />
          {t('marks.draw')}
          <span class="visually-hidden">{info.label}</span>
        </button>
        <button type="button" class="button gloves" onClick={() => setEditing(true)}>
          <Icon name="patient" />
          {t('cameras.assign')}
          <span class="visually-hidden">{info.label}</span>
        </button>
      </div>
      {editing ? <CameraDialog source={source} onClose={() => setEditing(false)} /> : null}
    </li>
  );
}
