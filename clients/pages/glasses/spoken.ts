/**
 * From heard words to a command. Commands are short sentences in two languages; recognisers write them with other spaces,
 * signs and capitals. Only a whole sentence counts: a word in talk with the patient must not switch anything. Pure.
 */

/** Letters and digits alone, in lower case; Chinese has no spaces to lose. */
export function plain(words: string): string {
  return words
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '');
}

/** The command whose sentence was heard; undefined for anything else. */
export function commandIn<C extends string>(
  heard: string,
  sentences: readonly { readonly command: C; readonly says: readonly string[] }[],
): C | undefined {
  const said = plain(heard);
  if (said === '') return undefined;
  return sentences.find(({ says }) => says.some((sentence) => plain(sentence) === said))?.command;
}
