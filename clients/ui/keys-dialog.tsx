/** A page's list of shortcuts, under `?`, and the switch for all of them. */
import type { JSX } from 'preact';
import { t } from '../i18n/index.ts';
import { checkedOf } from './controls.tsx';
import { Dialog } from './dialog.tsx';
import { setShortcutsOn, shortcutsOn } from './shortcuts.ts';

/** @param keys names of keys, two spaces apart, and what they do in words */
export function KeysDialog(props: {
  keys: readonly (readonly [names: string, action: string])[];
  onClose: () => void;
}): JSX.Element {
  return (
    <Dialog title={t('keys.title')} onClose={props.onClose}>
      <dl class="keys">
        {props.keys.map(([names, action]) => (
          <div key={names}>
            <dt>
              {names.split(/ {2}/).map((name) => (
                <kbd key={name}>{name}</kbd>
              ))}
            </dt>
            <dd>{action}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={shortcutsOn.value}
          onChange={(event) => setShortcutsOn(checkedOf(event))}
        />
        <span>{t('keys.on')}</span>
      </label>
    </Dialog>
  );
}
