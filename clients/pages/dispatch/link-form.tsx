/** Sends a link for an incident that has none, or one more: by SMS where there is a number, else to be shown. */
import type { JSX } from 'preact';
import type { NewLink } from '../../../signaling/protocol/links.ts';
import type { LinkState } from '../../../signaling/protocol/state-bystander.ts';
import { t } from '../../i18n/index.ts';
import { Banner } from '../../ui/controls.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useRoom } from '../live/live-room.ts';
import { HelperChoice, LanguageChoice, NeedChoice, PhoneField } from './link-fields.tsx';
import { rememberUrl } from './link-urls.ts';
import { useWish } from './use-wish.ts';
import { phoneOf, toNewLink } from './wish.ts';

export function LinkForm(props: {
  /** What an earlier link was for. */
  like?: LinkState | undefined;
  onMade: (linkId: string, link: NewLink) => void;
}): JSX.Element {
  const { session } = useRoom();
  const { like } = props;
  const first =
    like === undefined
      ? {}
      : { need: like.need, phone: like.phone ?? '', helpers: like.helpers, language: like.language };
  const form = useWish(first, async (wish) => {
    const link = toNewLink(wish);
    const made = await session.request('link.create', link);
    rememberUrl(made.linkId, made.url);
    props.onMade(made.linkId, link);
  });
  const sends = phoneOf(form.wish) !== undefined;
  return (
    <form
      class="stack link-form"
      onSubmit={(event) => {
        event.preventDefault();
        form.submit();
      }}
    >
      <PhoneField wish={form.wish} onChange={form.setWish} tried={form.tried} />
      <NeedChoice wish={form.wish} onChange={form.setWish} />
      <HelperChoice wish={form.wish} wanted={form.asksHelpers} onAnswer={form.answer} />
      <LanguageChoice wish={form.wish} onChange={form.setWish} />
      {form.problem === undefined ? null : (
        <Banner kind="bad" role="alert">
          {form.problem}
        </Banner>
      )}
      <button type="submit" class="button primary big" disabled={form.busy}>
        <Icon name={sends ? 'send' : 'qr'} />
        {sends ? t('link.send') : t('link.makeShown')}
      </button>
    </form>
  );
}

export function LinkFormDialog(props: {
  like?: LinkState | undefined;
  onClose: () => void;
  /** A link that was not sent has to be shown. */
  onShow: (linkId: string) => void;
}): JSX.Element {
  return (
    <Dialog title={t('link.sendTitle')} onClose={props.onClose}>
      <LinkForm
        like={props.like}
        onMade={(linkId, { phone }) => (phone === undefined ? props.onShow(linkId) : props.onClose())}
      />
    </Dialog>
  );
}
