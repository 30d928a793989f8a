/** What is done with a link that was made: send it again, show or copy it, withdraw it. Problems are told. */
import { useState } from 'preact/hooks';
import { t } from '../../i18n/index.ts';
import { act, tell } from '../../ui/announcer.tsx';
import { copyText } from '../../ui/download.ts';
import { useRoom } from '../live/live-room.ts';
import { rememberUrl, urlOf } from './link-urls.ts';

export interface LinkKeys {
  readonly busy: boolean;
  resend(linkId: string): Promise<void>;
  /** Answers the link whose code can be shown: the same, or a new one where this page does not know the address. */
  show(linkId: string): Promise<string | undefined>;
  copy(linkId: string): Promise<void>;
  revoke(linkId: string): Promise<void>;
}

export function useLinkActions(): LinkKeys {
  const { session } = useRoom();
  const [busy, setBusy] = useState(false);
  const again = async (linkId: string, way: 'sms' | 'qr' | 'copied') => {
    const made = await session.request('link.resend', { linkId, way });
    rememberUrl(made.linkId, made.url);
    return made;
  };
  const doing = async (action: () => Promise<unknown>) => {
    setBusy(true);
    try {
      return await act(action);
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    async resend(linkId) {
      if (await doing(() => again(linkId, 'sms'))) tell(t('link.resent'), 'good');
    },
    async show(linkId) {
      if (urlOf(linkId) !== undefined) return linkId;
      let shown: string | undefined;
      await doing(async () => {
        shown = (await again(linkId, 'qr')).linkId;
      });
      return shown;
    },
    async copy(linkId) {
      await doing(async () => {
        const url = urlOf(linkId) ?? (await again(linkId, 'copied')).url;
        if (await copyText(url)) tell(t('invite.copied'), 'good');
        else tell(t('invite.copyByHand'), 'bad');
      });
    },
    async revoke(linkId) {
      await doing(() => session.request('link.revoke', { linkId }));
    },
  };
}
