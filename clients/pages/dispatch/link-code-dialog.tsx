/** A link as a QR code and as an address to copy. */
import type { JSX } from 'preact';
import { t } from '../../i18n/index.ts';
import { Banner } from '../../ui/controls.tsx';
import { AddressDialog } from '../live/address-dialog.tsx';
import { urlOf } from './link-urls.ts';
import { useLinkActions } from './use-link-actions.ts';

export function LinkCodeDialog(props: { linkId: string; onClose: () => void }): JSX.Element | null {
  const keys = useLinkActions();
  const url = urlOf(props.linkId);
  if (url === undefined) return null;
  return (
    <AddressDialog
      title={t('link.codeTitle')}
      url={url}
      copy={() => keys.copy(props.linkId)}
      onClose={props.onClose}
    >
      <Banner kind="note">{t('link.codeNote')}</Banner>
    </AddressDialog>
  );
}
