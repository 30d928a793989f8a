/** What stands on the phones now, by what they said themselves. */
import type { JSX } from 'preact';
import { formatTime } from '../../../i18n/format.ts';
import { language, t } from '../../../i18n/index.ts';
import { start } from '../../../ui/announcer.tsx';
import { PanelTitle, Tag } from '../../../ui/controls.tsx';
import { pushStanding, type Showing } from './guidance-view.ts';
import { type Guidance, useCard } from './use-guidance.ts';

const kinds = { 'by-itself': 'note', nobody: 'warn', waiting: 'warn', some: 'warn', all: 'good' } as const;

function Phones(props: { showing: Showing }): JSX.Element | null {
  const { phones } = props.showing;
  if (phones.length < 2) return null;
  return (
    <ul class="plain-list row">
      {phones.map((phone) => (
        <li key={phone.peerId}>
          <Tag kind={phone.shown ? 'good' : 'warn'} icon={phone.shown ? 'check' : 'clock'}>
            {t(phone.shown ? 'guidance.phoneShows' : 'guidance.phoneWaits', { n: phone.number })}
          </Tag>
        </li>
      ))}
    </ul>
  );
}

export function ShownNow(props: { showing: Showing | undefined; guidance: Guidance }): JSX.Element {
  const { showing, guidance } = props;
  const card = useCard(showing?.cardId);
  if (showing === undefined) return <p class="soft">{t('guidance.nobody')}</p>;
  const { pushed } = showing;
  const standing = pushStanding(showing);
  const title = card?.title[language.value] ?? t(`card.${showing.cardId}`);
  return (
    <section class="stack shown-now" aria-label={t('guidance.now')}>
      <PanelTitle icon="device">{t('guidance.now')}</PanelTitle>
      <p class="shown-card">
        <strong>{title}</strong>
        {pushed === undefined ? null : (
          <span class="small soft figures">
            {t('guidance.version', { n: pushed.version })} · {formatTime(pushed.utc)}
          </span>
        )}
      </p>
      <div class="row" role="status">
        <Tag kind={kinds[standing]} icon={standing === 'all' ? 'check' : 'clock'}>
          {t(`guidance.is.${standing}`)}
        </Tag>
        {pushed?.approved === false ? (
          <Tag kind="warn" icon="warn">
            {t('guidance.unapproved')}
          </Tag>
        ) : null}
        {pushed === undefined ? null : (
          <button
            type="button"
            class="button small-button"
            onClick={() => start(() => guidance.clear(pushed.pushId))}
          >
            {t('guidance.clear')}
          </button>
        )}
      </div>
      <Phones showing={showing} />
    </section>
  );
}
