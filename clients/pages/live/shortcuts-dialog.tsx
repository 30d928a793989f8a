/** The list of shortcuts, under `?`. */
import type { JSX } from 'preact';
import { t } from '../../i18n/index.ts';
import { checkedOf } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { setShortcutsOn, shortcutsOn } from '../../ui/shortcuts.ts';

const consultKeys = [
  ['1 – 9', 'tile'],
  ['+  –  0', 'zoom'],
  ['← ↑ → ↓', 'pan'],
  ['M', 'mic'],
  ['V', 'camera'],
  ['F', 'full'],
  ['P', 'pip'],
  ['S', 'snapshot'],
  ['C  O  K  U  L', 'panels'],
  ['?', 'help'],
] as const;

export function ShortcutsDialog(props: { onClose: () => void }): JSX.Element {
  return (
    <Dialog title={t('keys.title')} onClose={props.onClose}>
      <dl class="keys">
        {consultKeys.map(([keys, name]) => (
          <div key={name}>
            <dt>
              {keys.split(/ {2}/).map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(`keys.${name}`)}</dd>
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
