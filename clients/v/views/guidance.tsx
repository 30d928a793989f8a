/** The card for what is needed, or the one that the dispatcher pushed. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { CARD_FOR_NEED, type CardId } from '../../../signaling/protocol/guidance.ts';
import { CardDrawing } from '../../guidance/card-drawing.ts';
import type { Step } from '../../guidance/index.ts';
import { cardNow, loadAhead } from '../cards.ts';
import type { Help } from '../flow.ts';
import type { Shell } from '../shell.ts';
import { language, t } from '../texts/index.ts';

function ownCard(help: Help): CardId {
  return help.breathes ? 'recovery-position' : CARD_FOR_NEED[help.page.need];
}

/** `between` stands behind the first step, where nothing above the card has helped yet: help comes before a question. */
export function Guidance(props: { shell: Shell; help: Help; between?: ComponentChildren }) {
  const { shell, help, between } = props;
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
        {between}
      </section>
    );
  }
  const steps = card.steps[language.value];
  return (
    <section class="card" ref={here}>
      {pushed && <p class="pushed">{t('cardPushed')}</p>}
      <h2>{card.title[language.value]}</h2>
      {between ? (
        <>
          <Steps steps={steps.slice(0, 1)} from={1} />
          {between}
          <Steps steps={steps.slice(1)} from={2} />
        </>
      ) : (
        <Steps steps={steps} from={1} />
      )}
    </section>
  );
}

function Steps(props: { steps: readonly Step[]; from: number }) {
  return (
    <ol start={props.from}>
      {props.steps.map((step) => (
        <li key={step.text}>
          <CardDrawing drawing={step.drawing} />
          <p>{step.text}</p>
        </li>
      ))}
    </ol>
  );
}
