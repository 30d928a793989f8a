/** Keys that the bars under the pictures of the consulting and the dispatching page have in common. */
import type { JSX } from 'preact';
import { t } from '../../i18n/index.ts';
import { start } from '../../ui/announcer.tsx';
import { IconButton } from '../../ui/controls.tsx';
import { Icon } from '../../ui/icons.tsx';
import type { OwnMedia } from '../live/use-own-media.ts';
import type { StageTools } from './use-stage-tools.ts';

/** Switches a camera of this person's own; `on` and `off` are what the key then does. */
export function CameraKey(props: { media: OwnMedia; words: { on: string; off: string } }): JSX.Element {
  const { media, words } = props;
  return (
    <IconButton
      icon={media.on ? 'camera' : 'camera-off'}
      label={media.on ? words.off : words.on}
      pressed={media.on}
      disabled={media.busy}
      shortcut="V"
      onClick={() => start(() => media.set(!media.on))}
    />
  );
}

export function SnapshotKey(props: { tools: StageTools; hasPicture: boolean }): JSX.Element {
  return (
    <IconButton
      icon="snapshot"
      label={t('snapshot.take')}
      shortcut="S"
      disabled={!props.hasPicture}
      onClick={props.tools.snapshot}
    />
  );
}

/** Nothing where the browser has no full screen. */
export function FullKey(props: { tools: StageTools }): JSX.Element | null {
  const { full, isFull } = props.tools;
  if (full === undefined) return null;
  return (
    <IconButton
      icon={isFull ? 'full-exit' : 'full'}
      label={isFull ? t('full.leave') : t('full.enter')}
      shortcut="F"
      onClick={full}
    />
  );
}

/** What stands at the end of each bar. */
export interface EndKeysProps {
  readonly onDevices: () => void;
  readonly onKeys: () => void;
  readonly onLeave: () => void;
}

export function EndKeys(props: EndKeysProps & { leave: string }): JSX.Element {
  return (
    <>
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
        <span>{props.leave}</span>
      </button>
    </>
  );
}
