/** Phrases of one tap: the crew's own words, and what a dispatcher tells a phone in the phone's language. */
import type { Language } from '../../../signaling/protocol/guidance.ts';
import { GUIDE_PHRASES, type Phrase } from '../../../signaling/protocol/phrases.ts';
import { t } from '../../i18n/index.ts';
import { PHRASE_TEXTS } from '../../v/phrases.ts';

export interface ChatPhrase {
  /** On the key, in the language of who presses it. */
  readonly label: string;
  /** What is sent. */
  readonly text: string;
  /** Set where readers put it into their own language. */
  readonly phrase?: Phrase;
}

const crew = ['stable', 'worse', 'cpr', 'rosc', 'repeat', 'eta', 'cannotHear', 'ready'] as const;

export function crewPhrases(): readonly ChatPhrase[] {
  return crew.map((name) => ({ label: t(`phrase.${name}`), text: t(`phrase.${name}`) }));
}

/** Read by the dispatcher in `own`, sent in the language of the phone. */
export function guidePhrases(own: Language, phones: Language): readonly ChatPhrase[] {
  return GUIDE_PHRASES.map((phrase) => ({
    label: PHRASE_TEXTS[own][phrase],
    text: PHRASE_TEXTS[phones][phrase],
    phrase,
  }));
}

/** A phrase in the reader's language; undefined for free text, which is never guessed at. */
export function inReadersWords(phrase: Phrase | undefined, own: Language): string | undefined {
  return phrase === undefined ? undefined : PHRASE_TEXTS[own][phrase];
}
