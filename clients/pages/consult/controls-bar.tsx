/** The keys under the picture. */
import type { JSX } from 'preact';
import { t } from '../../i18n/index.ts';
import { IconButton } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import { MicKey } from '../live/mic-key.tsx';
import type { OwnMedia } from '../live/use-own-media.ts';
import { CameraKey, EndKeys, type EndKeysProps, FullKey, SnapshotKey } from './bar-keys.tsx';
import { TelephoneKey } from './telephone.tsx';
import type { StageTools } from './use-stage-tools.ts';
import type { ZoomControl } from './use-zoom.ts';

interface ControlsBarProps extends EndKeysProps {
  voice: OwnMedia | undefined;
  face: OwnMedia | undefined;
  zoom: ZoomControl;
  tools: StageTools;
  hasPicture: boolean;
  /** The tools of drawing, beside the picture; absent where there is nothing to draw on. */
  draw: { readonly isOpen: boolean; readonly toggle: () => void } | undefined;
  /** Whether this person may send the telephone line. */
  telephone: boolean;
}

export function ControlsBar(props: ControlsBarProps): JSX.Element {
  const { voice, face, zoom, tools, hasPicture, draw, telephone, ...ends } = props;
  return (
    <div class="controls-bar" role="toolbar" aria-label={t('controls.label')}>
      {voice === undefined ? null : <MicKey voice={voice} />}
      {face === undefined ? null : (
        <CameraKey media={face} words={{ on: t('camera.turnOn'), off: t('camera.turnOff') }} />
      )}
      {telephone ? <TelephoneKey /> : null}
      {draw === undefined ? null : (
        <button type="button" class="button" aria-pressed={draw.isOpen} onClick={draw.toggle}>
          <Icon name="mark-stroke" />
          <span>{t('marks.draw')}</span>
        </button>
      )}
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
      <SnapshotKey tools={tools} hasPicture={hasPicture} />
      {tools.pip === undefined ? null : (
        <IconButton
          icon="pip"
          label={t('pip.open')}
          shortcut="P"
          disabled={!hasPicture}
          onClick={tools.pip}
        />
      )}
      <FullKey tools={tools} />
      <span class="controls-gap grow" />
      <EndKeys {...ends} leave={t('leave.open')} />
    </div>
  );
}
