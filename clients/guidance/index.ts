/**
 * The cards of guidance. Each is a chunk of its own of a few kilobytes, so that a page loads the one it shows first and
 * the rest when there is time. Draw them with `CardDrawing` (`card-drawing.ts`) and load `guidance.css` beside.
 */
import type { CardId } from '../../signaling/protocol/guidance.ts';
import type { Card } from './types.ts';

export type { Card, Drawing, Shape, Step } from './types.ts';

const loaders: Readonly<Record<CardId, () => Promise<{ readonly card: Card }>>> = {
  'cpr-adult': () => import('./cards/cpr-adult.ts'),
  'cpr-child': () => import('./cards/cpr-child.ts'),
  'cpr-infant': () => import('./cards/cpr-infant.ts'),
  aed: () => import('./cards/aed.ts'),
  choking: () => import('./cards/choking.ts'),
  bleeding: () => import('./cards/bleeding.ts'),
  'recovery-position': () => import('./cards/recovery-position.ts'),
  birth: () => import('./cards/birth.ts'),
  burns: () => import('./cards/burns.ts'),
  'wait-for-help': () => import('./cards/wait-for-help.ts'),
};

const loaded = new Map<CardId, Promise<Card>>();

/**
 * The newest version of a card (`CARDS` in the contract). Once loaded it stays in memory and needs no network. Rejects
 * when its chunk cannot be fetched; the next call tries again.
 */
export function loadCard(cardId: CardId): Promise<Card> {
  const known = loaded.get(cardId);
  if (known !== undefined) return known;
  const card = loaders[cardId]().then((module) => module.card);
  loaded.set(cardId, card);
  card.catch(() => loaded.delete(cardId));
  return card;
}
