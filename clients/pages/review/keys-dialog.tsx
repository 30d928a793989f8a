/** The shortcuts of the player, under `?`. */
import type { JSX } from 'preact';
import { t } from '../../i18n/index.ts';
import { checkedOf } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { setShortcutsOn, shortcutsOn } from '../../ui/shortcuts.ts';

const keys = [
  ['␣', 'space'],
  [',  .', 'frame'],
  ['←  →', 'five'],
  ['⇧ ←  ⇧ →', 'thirty'],
  ['N  P', 'mark'],
  ['[  ]', 'speed'],
  ['1 – 9', 'tile'],
  ['M', 'mute'],
  ['F', 'full'],
  ['L', 'live'],
  ['?', 'help'],
] as const;

export function KeysDialog(props: { onClose: () => void }): JSX.Element {
  return (
    <Dialog title={t('keys.title')} onClose={props.onClose}>
      <dl class="keys">
        {keys.map(([names, action]) => (
          <div key={action}>
            <dt>
              {names.split(/ {2}/).map((name) => (
                <kbd key={name}>{name}</kbd>
              ))}
            </dt>
            <dd>{t(`reviewKeys.${action}`)}</dd>
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
