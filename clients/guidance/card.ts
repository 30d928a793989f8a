/** Puts a card together from steps that carry their words in each language beside one drawing. */
import { CARDS, type CardId, type Language } from '../../signaling/protocol/guidance.ts';
import type { Card, Drawing, Step } from './types.ts';

export interface CardSource {
  readonly cardId: CardId;
  /** Set here, beside the contents, so that whoever changes them sees it; a test compares it with the contract. */
  readonly version: number;
  readonly title: Readonly<Record<Language, string>>;
  readonly metronome?: boolean;
  readonly steps: readonly (Readonly<Record<Language, string>> & { readonly drawing: Drawing })[];
}

export function makeCard(source: CardSource): Card {
  const inLanguage = (language: Language): Step[] =>
    source.steps.map((step) => ({ text: step[language], drawing: step.drawing }));
  return {
    cardId: source.cardId,
    version: source.version,
    guideline: CARDS[source.cardId].guideline,
    title: source.title,
    metronome: source.metronome === true,
    steps: { 'zh-CN': inLanguage('zh-CN'), en: inLanguage('en') },
  };
}
