/** The dispatcher's own keys: voice, demonstration, telephone line, saving the picture, and the way out. */
import type { JSX } from 'preact';
import { t } from '../../i18n/index.ts';
import { CameraKey, EndKeys, type EndKeysProps, FullKey, SnapshotKey } from '../consult/bar-keys.tsx';
import { TelephoneKey } from '../consult/telephone.tsx';
import type { StageTools } from '../consult/use-stage-tools.ts';
import { MicKey } from '../live/mic-key.tsx';
import type { OwnMedia } from '../live/use-own-media.ts';

interface DeskBarProps extends EndKeysProps {
  voice: OwnMedia;
  demonstration: OwnMedia;
  /** Whether this person may send the telephone line. */
  telephone: boolean;
  tools: StageTools;
  hasPicture: boolean;
}

export function DeskBar(props: DeskBarProps): JSX.Element {
  const { voice, demonstration, telephone, tools, hasPicture, ...ends } = props;
  return (
    <div class="controls-bar" role="toolbar" aria-label={t('controls.label')}>
      <MicKey voice={voice} />
      <CameraKey
        media={demonstration}
        words={{ on: t('demonstration.start'), off: t('demonstration.stop') }}
      />
      {telephone ? <TelephoneKey /> : null}
      <span class="controls-gap grow" />
      <SnapshotKey tools={tools} hasPicture={hasPicture} />
      <FullKey tools={tools} />
      <EndKeys {...ends} leave={t('dispatch.end')} />
    </div>
  );
}
