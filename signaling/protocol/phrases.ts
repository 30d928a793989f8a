/**
 * Phrases that travel by id beside their text, so that each side reads them in its own language: the quick answers of
 * someone with one free hand, and what a dispatcher tells again and again. Texts stand in `clients/v/phrases.ts`.
 */
import * as z from 'zod/mini';

/** Said by the page on the phone with one tap. */
export const ANSWER_PHRASES = [
  'yes',
  'no',
  'not-understood',
  'too-tired',
  'need-help',
  'breathes',
  'not-breathing',
  'someone-else-here',
  'alone',
  'cannot-hear',
] as const;

/** Said by the dispatcher, shown large on the phone. */
export const GUIDE_PHRASES = [
  'help-is-coming',
  'keep-going',
  'push-harder',
  'push-faster',
  'push-slower',
  'let-it-rise',
  'swap-now',
  'show-hands',
  'hold-still',
  'speaker-on',
  'open-the-door',
] as const;

export const Phrase = z.enum([...ANSWER_PHRASES, ...GUIDE_PHRASES]);
export type Phrase = z.infer<typeof Phrase>;
