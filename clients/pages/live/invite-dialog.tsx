/** Makes an invitation: a role, a name, an end. The address is shown once, to copy or to scan. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { INVITABLE_ROLES } from '../../../signaling/protocol/roles.ts';
import { t } from '../../i18n/index.ts';
import { act, start, tell } from '../../ui/announcer.tsx';
import { Banner } from '../../ui/controls.tsx';
import { copyText } from '../../ui/download.ts';
import { SelectField, TextField } from '../../ui/fields.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { AddressDialog } from './address-dialog.tsx';
import { useRoom } from './live-room.ts';

const spans = [15, 60, 240, 1440] as const;

function Made(props: { url: string; onClose: () => void }): JSX.Element {
  const copy = async () => {
    if (await copyText(props.url)) tell(t('invite.copied'), 'good');
    else tell(t('invite.copyByHand'), 'bad');
  };
  return <AddressDialog title={t('invite.title')} url={props.url} copy={copy} onClose={props.onClose} />;
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
  if (url !== undefined) return <Made url={url} onClose={props.onClose} />;
  return (
    <FormDialog
      title={t('invite.title')}
      submit={t('invite.make')}
      ready={name.trim() !== ''}
      onSubmit={() => start(make)}
      onClose={props.onClose}
    >
      <TextField
        label={t('invite.name')}
        hint={t('invite.nameHint')}
        attributes={{ required: true }}
        value={name}
        onChange={setName}
      />
      <SelectField
        label={t('invite.role')}
        value={role}
        onChange={(next) => setRole(INVITABLE_ROLES.find((each) => each === next) ?? 'observer')}
        options={INVITABLE_ROLES.map((each) => ({ value: each, text: t(`role.${each}`) }))}
      />
      <SelectField
        label={t('invite.span')}
        value={String(minutes)}
        onChange={(next) => setMinutes(Number(next))}
        options={spans.map((span) => ({ value: String(span), text: t(`invite.span.${span}`) }))}
      />
      <Banner kind="note">{t('invite.note')}</Banner>
    </FormDialog>
  );
}
