/** Brings glasses into this device's unit: a QR code to look at and six digits to say, once and for ten minutes. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { GlassesCode } from '../../../signaling/protocol/http.ts';
import { t } from '../../i18n/index.ts';
import { act, start } from '../../ui/announcer.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useServices } from '../../ui/services.ts';
import { QrCode } from '../live/qr.tsx';

export function BringGlasses(props: { unitId: string }): JSX.Element {
  const services = useServices();
  const [made, setMade] = useState<GlassesCode>();
  const make = () => act(async () => setMade(await services.http.glassesCode(props.unitId)));
  const address = `${location.origin}/glasses`;
  return (
    <>
      <button type="button" class="button gloves" onClick={() => start(make)}>
        <Icon name="glasses" />
        {t('glasses.bring')}
      </button>
      {made === undefined ? null : (
        <Dialog title={t('glasses.bring.title')} onClose={() => setMade(undefined)}>
          <QrCode text={`${address}#${made.secret}`} />
          <p class="glasses-digits figures" data-digits={made.code}>
            {made.code.replace(/(\d{3})(\d{3})/, '$1 $2')}
          </p>
          <p>{t('glasses.bring.text', { address: `${location.host}/glasses` })}</p>
          <div class="dialog-actions">
            <button type="button" class="button primary" onClick={() => setMade(undefined)}>
              {t('common.done')}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
