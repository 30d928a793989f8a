/** Every link of the incident with its steps, what to do about it, and the way to one more. */
import type { JSX } from 'preact';
import type { LinkState } from '../../../signaling/protocol/state-bystander.ts';
import { t } from '../../i18n/index.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icons.tsx';
import { useRoom } from '../live/live-room.ts';
import { LinkHints, LinkKeyRow, type ShowLink } from './link-board.tsx';
import { LinkSteps } from './link-steps.tsx';
import { linksInOrder } from './link-view.ts';
import { headlineText, linkName } from './link-words.ts';
import { useProgress } from './use-progress.ts';

function LinkRow(props: { link: LinkState; show: ShowLink }): JSX.Element {
  const { link } = props;
  const progress = useProgress(link);
  return (
    <li class="link-row stack tight">
      <div class="row spread">
        <strong class="one-line figures">{linkName(link)}</strong>
        <span class="small soft">
          {t(`need.${link.need}`)} · {t(`helpers.${link.helpers}`)} · {t(`language.${link.language}`)}
        </span>
      </div>
      <p>{headlineText(link, progress)}</p>
      <LinkSteps link={link} progress={progress} />
      <LinkHints link={link} />
      <LinkKeyRow link={link} show={props.show} small />
    </li>
  );
}

export function LinksDialog(props: { show: ShowLink; onClose: () => void }): JSX.Element {
  const { state } = useRoom();
  return (
    <Dialog title={t('link.title')} onClose={props.onClose} wide>
      <button type="button" class="button primary" onClick={() => props.show.another(undefined)}>
        <Icon name="plus" />
        {t('link.another')}
      </button>
      <ul class="stack loose">
        {linksInOrder(state.value).map((link) => (
          <LinkRow key={link.linkId} link={link} show={props.show} />
        ))}
      </ul>
    </Dialog>
  );
}
