/** The volunteer's page: where to go, how far, whether and when; then the card that dispatch shows, and words both ways. */
import { useEffect, useState } from 'preact/hooks';
import { CARD_FOR_NEED } from '../../../../signaling/protocol/guidance.ts';
import type { Params } from '../../../../signaling/protocol/methods.ts';
import { CardDrawing } from '../../../guidance/card-drawing.ts';
import { type Card, loadCard } from '../../../guidance/index.ts';
import { keepComing, keptComing } from '../kept.ts';
import { warn } from '../line.ts';
import { distanceM } from '../location.ts';
import type { Parts } from '../parts.ts';
import { distanceText } from '../texts/index.ts';
import { pictureOf, talkOf } from './views.tsx';

const MINUTES = [2, 5, 10, 15] as const;

export function VolunteerScreen(props: { parts: Parts }) {
  const { parts } = props;
  const [{ Picture, Talk }] = useState(() => ({ Picture: pictureOf(parts), Talk: talkOf(parts) }));
  return (
    <>
      <section class="panel live-volunteer">
        <h1>{parts.say('volunteerTitle')}</h1>
        <Where parts={parts} />
        <Coming parts={parts} />
      </section>
      <Picture />
      <Film parts={parts} />
      <ShownCard parts={parts} />
      <Talk />
    </>
  );
}

function Where({ parts }: { parts: Parts }) {
  const { line, whereabouts, host, say } = parts;
  const { address } = line.state.value.bystander;
  const place = address ?? host.page.place;
  const fix = whereabouts.fix.value;
  if (!place) return <p role="status">{say('volunteerNoWhere')}</p>;
  return (
    <>
      <p>
        {say('volunteerWhere')}: <strong class="live-address">{place.text}</strong>
      </p>
      {place.point && fix && (
        <p>
          {say('volunteerFar', {
            distance: distanceText(host.language.value, distanceM(fix.point, place.point)),
          })}
        </p>
      )}
      {place.point && whereabouts.state.value === 'off' && (
        <button type="button" class="key small" onClick={() => whereabouts.start()}>
          {say('volunteerNear')}
        </button>
      )}
    </>
  );
}

function Coming({ parts }: { parts: Parts }) {
  const { line, say } = parts;
  const { openingId } = line.own;
  const [said, setSaid] = useState(() => keptComing(openingId));
  const answer = (params: Params<'volunteer.answer'>) => {
    setSaid(params.coming);
    keepComing(openingId, params.coming);
    line.insist('volunteer.answer', params).catch((error: unknown) => {
      warn('answer', error);
      setSaid(undefined);
      keepComing(openingId, undefined);
    });
  };
  return (
    <>
      {said === undefined && <h2>{say('volunteerAsk')}</h2>}
      {said !== undefined && <p role="status">{say(said ? 'volunteerSaidYes' : 'volunteerSaidNo')}</p>}
      <p id="live-coming">{say('volunteerComing')}</p>
      <ul class="live-phrases" aria-labelledby="live-coming">
        {MINUTES.map((n) => (
          <li key={n}>
            <button type="button" class="key main" onClick={() => answer({ coming: true, etaMinutes: n })}>
              {say('volunteerMinutes', { n })}
            </button>
          </li>
        ))}
      </ul>
      <button type="button" class="key" onClick={() => answer({ coming: false })}>
        {say('volunteerNo')}
      </button>
      {said === true && <p class="notice">{say('volunteerSafe')}</p>}
    </>
  );
}

/** At the scene a volunteer films like a bystander, after the same notice. */
function Film({ parts }: { parts: Parts }) {
  const { camera, host, say } = parts;
  const state = camera.state.value;
  if (state === 'live' || state === 'paused') {
    return (
      <button type="button" class="key" onClick={() => camera.stop()}>
        {say('volunteerStop')}
      </button>
    );
  }
  return (
    <section class="panel">
      <p class="notice">{say(host.page.recorded ? 'noticeRecorded' : 'noticeNotRecorded')}</p>
      <button
        type="button"
        class="key"
        disabled={state === 'asked'}
        onClick={() => camera.open(host.page.noticeVersion)}
      >
        {say('volunteerFilm')}
      </button>
    </section>
  );
}

function ShownCard({ parts }: { parts: Parts }) {
  const { line, host } = parts;
  const pushed = parts.card.value;
  const cardId = pushed?.cardId ?? CARD_FOR_NEED[host.page.need];
  const [card, setCard] = useState<Card>();
  useEffect(() => {
    let wanted = true;
    loadCard(cardId).then(
      (loaded) => {
        if (!wanted) return;
        setCard(loaded);
        if (pushed) line.later('guidance.shown', { pushId: pushed.pushId, version: loaded.version });
      },
      (error: unknown) => warn('card', error),
    );
    return () => {
      wanted = false;
    };
  }, [cardId, pushed?.pushId]);
  if (!card) return null;
  const language = host.language.value;
  return (
    <section class="card">
      <h2>{card.title[language]}</h2>
      <ol>
        {card.steps[language].map((step) => (
          <li key={step.text}>
            <CardDrawing drawing={step.drawing} />
            <p>{step.text}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
