/** The keys under the picture. */
import type { JSX } from 'preact';
import { t } from '../../i18n/index.ts';
import { start } from '../../ui/announcer.tsx';
import { IconButton } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import { MicKey } from '../live/mic-key.tsx';
import type { OwnMedia } from '../live/use-own-media.ts';
import { TelephoneKey } from './telephone.tsx';
import type { StageTools } from './use-stage-tools.ts';
import type { ZoomControl } from './use-zoom.ts';

export function ControlsBar(props: {
  voice: OwnMedia | undefined;
  face: OwnMedia | undefined;
  zoom: ZoomControl;
  tools: StageTools;
  hasPicture: boolean;
  /** Whether this person may send the telephone line. */
  telephone: boolean;
  onDevices: () => void;
  onKeys: () => void;
  onLeave: () => void;
}): JSX.Element {
  const { voice, face, zoom, tools, hasPicture } = props;
  return (
    <div class="controls-bar" role="toolbar" aria-label={t('controls.label')}>
      {voice === undefined ? null : <MicKey voice={voice} />}
      {face === undefined ? null : (
        <IconButton
          icon={face.on ? 'camera' : 'camera-off'}
          label={face.on ? t('camera.turnOff') : t('camera.turnOn')}
          pressed={face.on}
          disabled={face.busy}
          shortcut="V"
          onClick={() => start(() => face.set(!face.on))}
        />
      )}
      {props.telephone ? <TelephoneKey /> : null}
      <span class="controls-gap" />
      <IconButton
        icon="zoom-out"
        label={t('zoom.out')}
        shortcut="-"
        disabled={!hasPicture}
        onClick={() => zoom.step('out')}
      />
      <IconButton
        icon="zoom-reset"
        label={t('zoom.reset')}
        shortcut="0"
        disabled={!hasPicture}
        onClick={zoom.reset}
      />
      <IconButton
        icon="zoom-in"
        label={t('zoom.in')}
        shortcut="+"
        disabled={!hasPicture}
        onClick={() => zoom.step('in')}
      />
      <span class="controls-gap" />
      <IconButton
        icon="snapshot"
        label={t('snapshot.take')}
        shortcut="S"
        disabled={!hasPicture}
        onClick={tools.snapshot}
      />
      {tools.pip === undefined ? null : (
        <IconButton
          icon="pip"
          label={t('pip.open')}
          shortcut="P"
          disabled={!hasPicture}
          onClick={tools.pip}
        />
      )}
      {tools.full === undefined ? null : (
        <IconButton
          icon={tools.isFull ? 'full-exit' : 'full'}
          label={tools.isFull ? t('full.leave') : t('full.enter')}
          shortcut="F"
          onClick={tools.full}
        />
      )}
      <span class="controls-gap grow" />
      <IconButton icon="settings" label={t('devices.title')} onClick={props.onDevices} />
      <IconButton
        class="wide-only-inline"
        icon="keyboard"
        label={t('keys.title')}
        shortcut="?"
        onClick={props.onKeys}
      />
      <button type="button" class="button danger" onClick={props.onLeave}>
        <Icon name="leave" />
        <span>{t('leave.open')}</span>
      </button>
    </div>
  );
}
