/** All cards, one below the other, in the language of the fragment (`#zh-CN`): for the browser test and for looking at them. */
import { h, render } from 'preact';
import { CARD_IDS, type Language } from '../../../signaling/protocol/guidance.ts';
import { CardDrawing } from '../card-drawing.ts';
import { type Card, loadCard } from '../index.ts';
import '../guidance.css';
import './page.css';

function article(card: Card, language: Language) {
  const steps = card.steps[language].map((step) =>
    h('li', { key: step.text }, h(CardDrawing, { drawing: step.drawing }), h('p', {}, step.text)),
  );
  return h(
    'section',
    { key: card.cardId, id: card.cardId },
    h('h1', {}, card.title[language]),
    h('ol', {}, steps),
  );
}

const language: Language = location.hash === '#zh-CN' ? 'zh-CN' : 'en';
document.documentElement.lang = language;
const cards = await Promise.all(CARD_IDS.map(loadCard));
const root = document.getElementById('cards');
if (root === null) throw new Error('The page has no element with the id "cards".');
render(
  cards.map((card) => article(card, language)),
  root,
);
