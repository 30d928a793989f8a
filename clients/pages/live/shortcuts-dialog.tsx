/** The list of shortcuts, under `?`. */
import type { JSX } from 'preact';
import { t } from '../../i18n/index.ts';
import { KeysDialog } from '../../ui/keys-dialog.tsx';

const consultKeys = [
  ['1 – 9', 'tile'],
  ['+  –  0', 'zoom'],
  ['← ↑ → ↓', 'pan'],
  ['M', 'mic'],
  ['V', 'camera'],
  ['F', 'full'],
  ['P', 'pip'],
  ['S', 'snapshot'],
  ['X  D  A  E  T  N', 'draw'],
  ['I  R  W  Q', 'drawMore'],
  ['← ↑ → ↓  Enter', 'cross'],
  ['Ctrl+Z  Ctrl+Shift+Z', 'undo'],
  ['Delete', 'clear'],
  ['Z  Esc', 'freeze'],
  ['H', 'hide'],
  ['J', 'marks'],
  ['C  O  K  U  L', 'panels'],
  ['?', 'help'],
] as const;

export function ShortcutsDialog(props: { onClose: () => void }): JSX.Element {
  const keys = consultKeys.map(([names, action]) => [names, t(`keys.${action}`)] as const);
  return <KeysDialog keys={keys} onClose={props.onClose} />;
}
