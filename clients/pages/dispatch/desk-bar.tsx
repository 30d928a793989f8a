/** The dispatcher's own keys: voice, demonstration, telephone line, saving the picture, and the way out. */
import type { JSX } from 'preact';
import { t } from '../../i18n/index.ts';
import { start } from '../../ui/announcer.tsx';
import { IconButton } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import { TelephoneKey } from '../consult/telephone.tsx';
import type { StageTools } from '../consult/use-stage-tools.ts';
import { MicKey } from '../live/mic-key.tsx';
import type { OwnMedia } from '../live/use-own-media.ts';

export function DeskBar(props: {
  voice: OwnMedia;
  demonstration: OwnMedia;
  /** Whether this person may send the telephone line. */
  telephone: boolean;
  tools: StageTools;
  hasPicture: boolean;
  onDevices: () => void;
  onKeys: () => void;
  onLeave: () => void;
}): JSX.Element {
  const { voice, demonstration, tools, hasPicture } = props;
  return (
    <div class="controls-bar" role="toolbar" aria-label={t('controls.label')}>
      <MicKey voice={voice} />
      <IconButton
        icon={demonstration.on ? 'camera' : 'camera-off'}
        label={demonstration.on ? t('demonstration.stop') : t('demonstration.start')}
        pressed={demonstration.on}
        disabled={demonstration.busy}
        shortcut="V"
        onClick={() => start(() => demonstration.set(!demonstration.on))}
      />
      {props.telephone ? <TelephoneKey /> : null}
      <span class="controls-gap grow" />
      <IconButton
        icon="snapshot"
        label={t('snapshot.take')}
        shortcut="S"
        disabled={!hasPicture}
        onClick={tools.snapshot}
      />
      {tools.full === undefined ? null : (
        <IconButton
          icon={tools.isFull ? 'full-exit' : 'full'}
          label={tools.isFull ? t('full.leave') : t('full.enter')}
          shortcut="F"
          onClick={tools.full}
        />
      )}
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
        <span>{t('dispatch.end')}</span>
      </button>
    </div>
  );
}
