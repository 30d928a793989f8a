/** Makes an invitation: a role, a name, an end. The address is shown once, to copy or to scan. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { INVITABLE_ROLES } from '../../../signaling/protocol/roles.ts';
import { t } from '../../i18n/index.ts';
import { act, start, tell } from '../../ui/announcer.tsx';
import { Banner, Field, inputValue } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { copyText } from '../../ui/download.ts';
import { Icon } from '../../ui/icons.tsx';
import { useRoom } from './live-room.ts';
import { QrCode } from './qr.tsx';

const spans = [15, 60, 240, 1440] as const;

function Made(props: { url: string; onClose: () => void }): JSX.Element {
  const copy = async () => {
    if (await copyText(props.url)) tell(t('invite.copied'), 'good');
    else tell(t('invite.copyByHand'), 'bad');
  };
  return (
    <div class="stack">
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
      <div class="dialog-actions">
        <button type="button" class="button primary" onClick={() => start(copy)}>
          <Icon name="copy" />
          {t('invite.copy')}
        </button>
        <button type="button" class="button" onClick={props.onClose}>
          {t('common.done')}
        </button>
      </div>
    </div>
  );
}

export function InviteDialog(props: { onClose: () => void }): JSX.Element {
  const { session } = useRoom();
  const [role, setRole] = useState<(typeof INVITABLE_ROLES)[number]>('specialist');
  const [name, setName] = useState('');
  const [minutes, setMinutes] = useState<number>(60);
  const [url, setUrl] = useState<string>();
  const make = () =>
    act(async () => {
      const made = await session.request('room.invite', { role, name: name.trim(), minutes });
      setUrl(made.url);
    });
  return (
    <Dialog title={t('invite.title')} onClose={props.onClose}>
      {url === undefined ? (
        <form
          class="stack"
          onSubmit={(event) => {
            event.preventDefault();
            start(make);
          }}
        >
          <Field label={t('invite.name')} hint={t('invite.nameHint')}>
            {(ids) => (
              <input
                {...ids}
                class="input"
                required
                maxLength={120}
                value={name}
                onInput={(event) => setName(inputValue(event))}
              />
            )}
          </Field>
          <Field label={t('invite.role')}>
            {(ids) => (
              <select
                {...ids}
                class="input"
                value={role}
                onChange={(event) => {
                  const next = inputValue(event);
                  setRole(INVITABLE_ROLES.find((each) => each === next) ?? 'observer');
                }}
              >
                {INVITABLE_ROLES.map((each) => (
                  <option key={each} value={each}>
                    {t(`role.${each}`)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label={t('invite.span')}>
            {(ids) => (
              <select
                {...ids}
                class="input"
                value={String(minutes)}
                onChange={(event) => setMinutes(Number(inputValue(event)))}
              >
                {spans.map((span) => (
                  <option key={span} value={String(span)}>
                    {t(`invite.span.${span}`)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Banner kind="note">{t('invite.note')}</Banner>
          <div class="dialog-actions">
            <button type="button" class="button" onClick={props.onClose}>
              {t('common.cancel')}
            </button>
            <button type="submit" class="button primary" disabled={name.trim() === ''}>
              {t('invite.make')}
            </button>
          </div>
        </form>
      ) : (
        <Made url={url} onClose={props.onClose} />
      )}
    </Dialog>
  );
}
