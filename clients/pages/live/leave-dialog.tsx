/** Leaving, and for the lead: closing the room for everyone. */
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { act, start } from '../../ui/announcer.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { Icon } from '../../ui/icons.tsx';
import { me, signedIn } from '../../ui/me.ts';
import { homeOf } from '../../ui/route.ts';
import { go } from '../../ui/router.ts';
import { useServices } from '../../ui/services.ts';
import { useRoom } from './live-room.ts';

export function LeaveDialog(props: {
  onClose: () => void;
  /** Said or done before leaving, above it. */
  children?: ComponentChildren;
  /** Path of the page that follows; the person's own home unless told. */
  home?: string;
}): JSX.Element {
  const services = useServices();
  const { session, state } = useRoom();
  const [reason, setReason] = useState('');
  const leads = state.value.leadPeerId === session.peerId;
  const who = signedIn();
  const leave = async () => {
    await session.leave();
    if (who?.kind === 'guest') {
      // A guest has only this room: leaving it is the end of the visit.
      await services.http.signOut();
      me.value = 'nobody';
      go('/');
    } else go(props.home ?? (who === undefined ? '/' : homeOf(who)));
  };
  const close = async () => {
    if (await act(() => session.request('room.close', { reason: reason.trim() }))) props.onClose();
  };
  return (
    <Dialog title={t('leave.title')} onClose={props.onClose}>
      {props.children}
      <p>{t('leave.text')}</p>
      <button type="button" class="button primary big" onClick={() => start(leave)}>
        <Icon name="leave" />
        {t('leave.now')}
      </button>
      {leads ? (
        <form
          class="stack close-room"
          onSubmit={(event) => {
            event.preventDefault();
            start(close);
          }}
        >
          <h3>{t('leave.closeTitle')}</h3>
          <p class="small soft">{t('leave.closeText')}</p>
          <TextField
            label={t('leave.reason')}
            attributes={{ required: true, maxLength: 500 }}
            value={reason}
            onChange={setReason}
          />
          <button type="submit" class="button danger" disabled={reason.trim() === ''}>
            {t('leave.close')}
          </button>
        </form>
      ) : null}
    </Dialog>
  );
}
