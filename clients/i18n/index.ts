/** The language of the pages: typed texts, switched at once, remembered on this device. */
import { signal } from '@preact/signals';
import { readPreference, writePreference } from '../storage/preferences.ts';
import { en } from './en.ts';
import { zhCN } from './zh-CN.ts';

export const LANGUAGES = ['en', 'zh-CN'] as const;
export type Language = (typeof LANGUAGES)[number];
export type Key = keyof typeof en;

/** Names between braces in a text: `'{n} of {all}'` gives `'n' | 'all'`. */
type ParamsOf<S extends string> = S extends `${string}{${infer P}}${infer Rest}` ? P | ParamsOf<Rest> : never;
type Args<K extends Key> = [ParamsOf<(typeof en)[K]>] extends [never]
  ? []
  : [Record<ParamsOf<(typeof en)[K]>, string | number>];

const dictionaries: Record<Language, Readonly<Record<Key, string>>> = { en, 'zh-CN': zhCN };

function isLanguage(value: string | undefined): value is Language {
  return value === 'en' || value === 'zh-CN';
}

/** What was chosen on this device, else what the browser asks for. */
function firstLanguage(): Language {
  const chosen = readPreference('language');
  if (isLanguage(chosen)) return chosen;
  const wanted = typeof navigator === 'undefined' ? 'en' : navigator.language;
  return wanted.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

export const language = signal<Language>(firstLanguage());

export function setLanguage(next: Language): void {
  language.value = next;
  writePreference('language', next);
}

/** The text of a key in the chosen language. Reading it in a component makes the component follow the language. */
export function t<K extends Key>(key: K, ...args: Args<K>): string {
  return fill(dictionaries[language.value][key], args[0]);
}

/** Replaces `{name}` by its value; a name without a value is left as it stands, so that a test sees it. */
export function fill(text: string, params: Record<string, string | number> | undefined): string {
  if (params === undefined) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

/** The text of a key put together from outside, such as an error code; undefined when there is none. */
export function lookUp(key: string): string | undefined {
  const dictionary: Readonly<Record<string, string>> = dictionaries[language.value];
  return Object.hasOwn(dictionary, key) ? dictionary[key] : undefined;
}
