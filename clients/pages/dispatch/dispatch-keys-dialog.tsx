/** The keyboard map, under `?`. */
import type { JSX } from 'preact';
import { t } from '../../i18n/index.ts';
import { KeysDialog } from '../../ui/keys-dialog.tsx';
import { KEY_HELP } from './dispatch-keys.ts';

export function DispatchKeysDialog(props: { onClose: () => void }): JSX.Element {
  const keys = KEY_HELP.map(([names, action]) => [names, t(`dispatchKeys.${action}`)] as const);
  return <KeysDialog keys={keys} onClose={props.onClose} />;
}
