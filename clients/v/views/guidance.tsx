/** The card for what is needed, or the one that the dispatcher pushed. */
import { useEffect, useRef } from 'preact/hooks';
import { CARD_FOR_NEED, type CardId } from '../../../signaling/protocol/guidance.ts';
import { CardDrawing } from '../../guidance/card-drawing.ts';
import { cardNow, loadAhead } from '../cards.ts';
import type { Help } from '../flow.ts';
import type { Shell } from '../shell.ts';
import { language, t } from '../texts/index.ts';

function ownCard(help: Help): CardId {
  return help.breathes ? 'recovery-position' : CARD_FOR_NEED[help.page.need];
}

export function Guidance(props: { shell: Shell; help: Help }) {
  const { shell, help } = props;
  const pushed = shell.live.value?.card.value;
  const cardId = pushed?.cardId ?? ownCard(help);
  const card = cardNow(cardId);
  const here = useRef<HTMLElement>(null);
  const ready = typeof card === 'object';
  useEffect(() => {
    if (help.page.need === 'arrest') loadAhead('recovery-position');
  }, [help.page.need]);
  useEffect(() => {
    if (!pushed || !ready) return;
    here.current?.scrollIntoView({ block: 'start' });
    shell.live.peek()?.cardShown(pushed.pushId, card.version);
  }, [pushed?.pushId, ready]);
  if (!ready) {
    const key = card === 'failed' ? 'cardFailed' : 'cardLoading';
    return (
      <section class="card">
        <p>{t(key, { phone: help.page.emergencyPhone })}</p>
      </section>
    );
  }
  return (
    <section class="card" ref={here}>
      {pushed && <p class="pushed">{t('cardPushed')}</p>}
      <h2>{card.title[language.value]}</h2>
      <ol>
        {card.steps[language.value].map((step) => (
          <li key={step.text}>
            <CardDrawing drawing={step.drawing} />
            <p>{step.text}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
