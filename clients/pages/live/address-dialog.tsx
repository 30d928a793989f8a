/** An address to hand to somebody: as a code to scan, as text to select, and by a key that copies it. */
import type { JSX } from 'preact';
import { t } from '../../i18n/index.ts';
import { start } from '../../ui/announcer.tsx';
import { Field } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icons.tsx';
import { QrCode } from './qr.tsx';

/** @param children what more there is to say, below the address */
export function AddressDialog(props: {
  title: string;
  url: string;
  copy: () => Promise<void>;
  onClose: () => void;
  children?: JSX.Element;
}): JSX.Element {
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <QrCode text={props.url} />
      <Field label={t('invite.address')} hint={t('invite.once')}>
        {(ids) => (
          <input
            {...ids}
            class="input"
            readOnly
            value={props.url}
            onFocus={(event) => event.currentTarget.select()}
          />
        )}
      </Field>
      {props.children}
      <div class="dialog-actions">
        <button type="button" class="button primary" onClick={() => start(props.copy)}>
          <Icon name="copy" />
          {t('invite.copy')}
        </button>
        <button type="button" class="button" onClick={props.onClose}>
          {t('common.done')}
        </button>
      </div>
    </Dialog>
  );
}
