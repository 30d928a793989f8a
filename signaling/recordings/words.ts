/**
 * Words by which recordings are found. They are kept as keyed hashes only, so that the table tells nothing without the
 * master key. Compared after NFKC (UAX #15) and in lower case. Chinese and Japanese names have no spaces: their
 * characters and pairs of characters are words of their own, so that 小明 and 王 find 王小明, and 明王 does not.
 */
import type { Keyring } from '../people/keyring.ts';

export type WordKind = 'patient' | 'person';

const RUN = /[\p{L}\p{N}\p{M}]+/gu;
const PIECE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu;
const WITHOUT_SPACES = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** Words of one recording and kind: more than the names of any room have. */
const MAX_WORDS = 2000;

/** Words under which a text is found. */
export function indexedWords(text: string): string[] {
  return piecesOf(text).flatMap((piece) => {
    if (!WITHOUT_SPACES.test(piece)) return [piece];
    const letters = [...piece];
    return [...letters, ...pairsOf(letters)];
  });
}

/** Words that a query asks for, all of which must be there. Empty when the text has no letter and no digit. */
export function queriedWords(text: string): string[] {
  return piecesOf(text).flatMap((piece) => {
    const letters = [...piece];
    return WITHOUT_SPACES.test(piece) && letters.length > 1 ? pairsOf(letters) : [piece];
  });
}

/** The stored form of a word. */
export function wordHash(keyring: Keyring, kind: WordKind, word: string): string {
  return keyring.mac(`recording ${kind}\n${word}`);
}

/** The stored forms of all words of some texts, each once. */
export function wordHashes(keyring: Keyring, kind: WordKind, texts: readonly string[]): string[] {
  const words = new Set(texts.flatMap(indexedWords));
  return [...words].slice(0, MAX_WORDS).map((word) => wordHash(keyring, kind, word));
}

function piecesOf(text: string): string[] {
  const runs = text.normalize('NFKC').toLowerCase().match(RUN) ?? [];
  return runs.flatMap((run) => run.match(PIECE) ?? []);
}

function pairsOf(letters: readonly string[]): string[] {
  return letters.slice(1).map((letter, index) => `${letters[index]}${letter}`);
}
