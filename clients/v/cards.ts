/** The cards of the page: the one of chest compressions comes with the first code, the others when they are needed. */
import { signal } from '@preact/signals';
import type { CardId } from '../../signaling/protocol/guidance.ts';
import { card as firstCard } from '../guidance/cards/cpr-adult.ts';
import { type Card, loadCard } from '../guidance/index.ts';

export { firstCard };

export type Shown = Card | 'loading' | 'failed';

const RETRY_MS = 3000;
const loaded = signal<Readonly<Partial<Record<CardId, Shown>>>>({ 'cpr-adult': firstCard });
const wanted = new Set<CardId>();

/** The card as it stands; asking for it loads it, and loads it again until the link carries it. */
export function cardNow(cardId: CardId): Shown {
  const known = loaded.value[cardId];
  if (known === undefined) loadAhead(cardId);
  return known ?? 'loading';
}

/** Loads a card before it is needed, so that it works without the network. */
export function loadAhead(cardId: CardId): void {
  if (cardId === 'cpr-adult' || wanted.has(cardId)) return;
  wanted.add(cardId);
  const put = (shown: Shown) => {
    loaded.value = { ...loaded.peek(), [cardId]: shown };
  };
  loadCard(cardId).then(put, () => {
    put('failed');
    setTimeout(() => {
      wanted.delete(cardId);
      loadAhead(cardId);
    }, RETRY_MS);
  });
}
