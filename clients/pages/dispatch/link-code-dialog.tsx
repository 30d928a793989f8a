/** A link as a QR code and as an address to copy. */
import type { JSX } from 'preact';
import { t } from '../../i18n/index.ts';
import { start } from '../../ui/announcer.tsx';
import { Banner, Field } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icons.tsx';
import { QrCode } from '../live/qr.tsx';
import { urlOf } from './link-urls.ts';
import { useLinkActions } from './use-link-actions.ts';

export function LinkCodeDialog(props: { linkId: string; onClose: () => void }): JSX.Element | null {
  const keys = useLinkActions();
  const url = urlOf(props.linkId);
  if (url === undefined) return null;
  return (
    <Dialog title={t('link.codeTitle')} onClose={props.onClose}>
      <QrCode text={url} />
      <Field label={t('invite.address')} hint={t('invite.once')}>
        {(ids) => (
          <input
            {...ids}
            class="input"
            readOnly
            value={url}
            onFocus={(event) => event.currentTarget.select()}
          />
        )}
      </Field>
      <Banner kind="note">{t('link.codeNote')}</Banner>
      <div class="dialog-actions">
        <button type="button" class="button primary" onClick={() => start(() => keys.copy(props.linkId))}>
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
