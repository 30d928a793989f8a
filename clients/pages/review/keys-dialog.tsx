/** The shortcuts of the player, under `?`. */
import type { JSX } from 'preact';
import { t } from '../../i18n/index.ts';
import { KeysDialog } from '../../ui/keys-dialog.tsx';

const playerKeys = [
  ['␣', 'space'],
  [',  .', 'frame'],
  ['←  →', 'five'],
  ['⇧ ←  ⇧ →', 'thirty'],
  ['N  P', 'mark'],
  ['[  ]', 'speed'],
  ['1 – 9', 'tile'],
  ['M', 'mute'],
  ['H', 'drawn'],
  ['F', 'full'],
  ['L', 'live'],
  ['?', 'help'],
] as const;

export function PlayerKeysDialog(props: { onClose: () => void }): JSX.Element {
  const keys = playerKeys.map(([names, action]) => [names, t(`reviewKeys.${action}`)] as const);
  return <KeysDialog keys={keys} onClose={props.onClose} />;
}
