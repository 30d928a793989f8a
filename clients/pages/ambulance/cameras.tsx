/** All cameras of this device, and a key to add one. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { CaptureDevice } from '../../core/types.ts';
import { t } from '../../i18n/index.ts';
import { act, start } from '../../ui/announcer.tsx';
import { PanelTitle } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icons.tsx';
import type { OwnMarks } from '../marks/own-camera.tsx';
import { CameraCard } from './camera-card.tsx';
import type { Cameras } from './use-cameras.ts';

function AddDialog(props: {
  devices: readonly CaptureDevice[];
  onAdd: (device: CaptureDevice) => void;
  onClose: () => void;
}): JSX.Element {
  return (
    <Dialog title={t('cameras.add')} onClose={props.onClose}>
      {props.devices.length === 0 ? <p>{t('cameras.noMore')}</p> : null}
      <ul class="stack">
        {props.devices.map((device, index) => (
          <li key={device.deviceId} class="stack">
            <button type="button" class="button gloves" onClick={() => props.onAdd(device)}>
              <Icon name="camera" />
              <span class="one-line">
                {device.label === '' ? t('cameras.unnamed', { n: index + 1 }) : device.label}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

export function CamerasSection(props: {
  cameras: Cameras;
  marks: OwnMarks;
  onDraw: (producerId: string) => void;
}): JSX.Element {
  const { cameras, marks, onDraw } = props;
  const [others, setOthers] = useState<readonly CaptureDevice[]>();
  const look = () => act(async () => setOthers(await cameras.others()));
  return (
    <section class="amb-cameras" aria-labelledby="cameras-title">
      <PanelTitle icon="camera" id="cameras-title">
        {t('cameras.title')}
      </PanelTitle>
      {cameras.sources.length === 0 ? (
        <div class="empty card">
          {cameras.busy ? <span class="spinner" aria-hidden="true" /> : <Icon name="camera-off" />}
          <p>{cameras.busy ? t('cameras.opening') : t('cameras.none')}</p>
        </div>
      ) : (
        <ul class="camera-grid">
          {cameras.sources.map((source) => (
            <CameraCard
              key={source.producerId}
              source={source}
              marks={marks.get(source.producerId)}
              onDraw={() => onDraw(source.producerId)}
            />
          ))}
        </ul>
      )}
      <button type="button" class="button gloves" disabled={cameras.busy} onClick={() => start(look)}>
        <Icon name="plus" />
        {t('cameras.add')}
      </button>
      {others === undefined ? null : (
        <AddDialog
          devices={others}
          onClose={() => setOthers(undefined)}
          onAdd={(device) => {
            setOthers(undefined);
            start(() => cameras.add(device));
          }}
        />
      )}
    </section>
  );
}
