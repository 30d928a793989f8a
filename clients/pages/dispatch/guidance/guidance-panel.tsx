/** Guidance on the phone: the metronome, what is shown there now, and the cards that one key pushes. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { CardId } from '../../../../signaling/protocol/guidance.ts';
import { CardDrawing } from '../../../guidance/card-drawing.ts';
import '../../../guidance/guidance.css';
import { formatDateTime } from '../../../i18n/format.ts';
import { language, t } from '../../../i18n/index.ts';
import { start } from '../../../ui/announcer.tsx';
import { Banner, PanelTitle, Tag } from '../../../ui/controls.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Icon } from '../../../ui/icons.tsx';
import { useRoom } from '../../live/live-room.ts';
import { KeyCap } from '../key-cap.tsx';
import { type Phone, phonesOf } from '../phones.ts';
import type { CardRow, Showing } from './guidance-view.ts';
import { showingNow } from './guidance-view.ts';
import { MetronomeKeys } from './metronome-keys.tsx';
import { ShownNow } from './shown-now.tsx';
import { type Guidance, useCard, useGuidance } from './use-guidance.ts';

/** The drawing that tells one card from the others at the size of a thumb. */
const FACE: Readonly<Record<CardId, number>> = {
  'cpr-adult': 3,
  'cpr-child': 2,
  'cpr-infant': 2,
  aed: 2,
  choking: 1,
  bleeding: 1,
  'recovery-position': 4,
  birth: 3,
  burns: 1,
  'wait-for-help': 1,
};

function StandingTag(props: { row: CardRow }): JSX.Element | null {
  const { standing, approval } = props.row;
  if (standing === 'unknown') return null;
  if (standing === 'approved' && approval !== undefined) {
    const title = t('guidance.approvedBy', { approver: approval.approver, at: formatDateTime(approval.at) });
    return (
      <Tag kind="good" icon="check" title={title}>
        {t('guidance.approved')}
      </Tag>
    );
  }
  if (standing === 'refused') {
    return (
      <Tag kind="bad" icon="lock" title={t('guidance.refusedText')}>
        {t('guidance.refused')}
      </Tag>
    );
  }
  return (
    <Tag kind="warn" icon="warn">
      {t('guidance.unapproved')}
    </Tag>
  );
}

function CardTile(props: {
  row: CardRow;
  current: boolean;
  onPush: () => void;
  onLook: () => void;
}): JSX.Element {
  const { row } = props;
  const card = useCard(row.cardId);
  const title = card?.title[language.value] ?? t(`card.${row.cardId}`);
  const face = card?.steps[language.value][FACE[row.cardId]];
  return (
    <li class={props.current ? 'card-tile current' : 'card-tile'}>
      <button
        type="button"
        class="card-push"
        aria-pressed={props.current}
        aria-keyshortcuts={row.key}
        title={t('guidance.push', { card: title })}
        disabled={row.standing === 'refused'}
        onClick={props.onPush}
      >
        <span class="card-face still">
          {face === undefined ? null : <CardDrawing drawing={face.drawing} />}
        </span>
        <span class="card-name">
          <KeyCap name={row.key} />
          <span>{title}</span>
        </span>
      </button>
      <div class="card-foot">
        <StandingTag row={row} />
        <button
          type="button"
          class="button quiet icon-only small-button"
          aria-label={t('guidance.look', { card: title })}
          title={t('guidance.look', { card: title })}
          onClick={props.onLook}
        >
          <Icon name="eye" />
        </button>
      </div>
    </li>
  );
}

/** The whole card, to be read aloud to the caller. */
function CardDialog(props: { row: CardRow; guidance: Guidance; onClose: () => void }): JSX.Element {
  const { row, guidance } = props;
  const card = useCard(row.cardId);
  const push = async () => {
    await guidance.push(row);
    props.onClose();
  };
  return (
    <Dialog title={card?.title[language.value] ?? t(`card.${row.cardId}`)} onClose={props.onClose} wide>
      <p class="small soft">{t('guidance.follows', { version: row.version, guideline: row.guideline })}</p>
      <ol class="card-steps">
        {card?.steps[language.value].map((step) => (
          <li key={step.text}>
            <CardDrawing drawing={step.drawing} />
            <p>{step.text}</p>
          </li>
        ))}
      </ol>
      {row.standing === 'refused' ? <Banner kind="bad">{t('guidance.refusedText')}</Banner> : null}
      <div class="dialog-actions">
        <button
          type="button"
          class="button primary"
          disabled={row.standing === 'refused'}
          onClick={() => start(push)}
        >
          <Icon name="send" />
          {t('guidance.pushNow')}
        </button>
      </div>
    </Dialog>
  );
}

function Cards(props: {
  guidance: Guidance;
  showing: Showing | undefined;
  peerId: string | undefined;
}): JSX.Element {
  const { guidance, showing, peerId } = props;
  const [looked, setLooked] = useState<CardRow>();
  const push = (row: CardRow) => start(() => guidance.push(row, peerId));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const row = guidance.rows.find(({ key }) => key === event.key);
    if (row === undefined || row.standing === 'refused') return;
    // Digits outside this panel choose pictures.
    event.preventDefault();
    push(row);
  };
  return (
    <section aria-label={t('guidance.cards')} class="stack" data-guidance-cards onKeyDown={onKeyDown}>
      <p class="small soft">{t('guidance.keysHint')}</p>
      <ul class="card-tiles">
        {guidance.rows.map((row) => (
          <CardTile
            key={row.cardId}
            row={row}
            current={showing?.pushed !== undefined && showing.cardId === row.cardId}
            onPush={() => push(row)}
            onLook={() => setLooked(row)}
          />
        ))}
      </ul>
      {looked === undefined ? null : (
        <CardDialog row={looked} guidance={guidance} onClose={() => setLooked(undefined)} />
      )}
    </section>
  );
}

function Target(props: {
  phones: readonly Phone[];
  chosen: string | undefined;
  onChoose: (peerId: string | undefined) => void;
}): JSX.Element | null {
  if (props.phones.length < 2) return null;
  return (
    <fieldset class="choice-row">
      <legend>{t('guidance.to')}</legend>
      {[undefined, ...props.phones].map((phone) => (
        <button
          key={phone?.peerId ?? 'all'}
          type="button"
          class="button small-button"
          aria-pressed={props.chosen === phone?.peerId}
          onClick={() => props.onChoose(phone?.peerId)}
        >
          {phone === undefined ? t('guidance.toAll') : t('phone.line', { n: phone.number })}
        </button>
      ))}
    </fieldset>
  );
}

/** Stands in a panel of the dispatcher's page; needs the room around it. */
export function GuidancePanel(): JSX.Element {
  const { state } = useRoom();
  const guidance = useGuidance();
  const [chosen, setChosen] = useState<string>();
  const phones = phonesOf(state.value).filter(({ link }) => link?.use !== 'chest');
  const peerId = phones.some((phone) => phone.peerId === chosen) ? chosen : undefined;
  const showing = showingNow(state.value.bystander, phones);
  return (
    <div class="panel-body guidance-panel">
      <MetronomeKeys />
      <ShownNow showing={showing} guidance={guidance} />
      <PanelTitle icon="order">{t('guidance.cards')}</PanelTitle>
      {guidance.problem === undefined ? null : (
        <Banner
          kind="warn"
          action={
            <button type="button" class="button small-button" onClick={guidance.reload}>
              {t('guidance.again')}
            </button>
          }
        >
          {t('guidance.standingUnknown', { why: guidance.problem })}
        </Banner>
      )}
      <Target phones={phones} chosen={peerId} onChoose={setChosen} />
      <Cards guidance={guidance} showing={showing} peerId={peerId} />
    </div>
  );
}
