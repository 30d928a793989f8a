/** The language of the page: the phone's own at first, the bystander's choice from then on. */
import { signal } from '@preact/signals';
import type { Language } from '../../../signaling/protocol/guidance.ts';
import { en, type Texts } from './en.ts';
import { zh } from './zh.ts';

export type Key = keyof Texts;
const texts: Readonly<Record<Language, Texts>> = { en, 'zh-CN': zh };
const STORED = 'goldenhour.v.language';

/** Names between braces in a text: `'{n} of {all}'` gives `'n' | 'all'`. */
export type Values = Readonly<Record<string, string | number>>;

function stored(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    // A private window may refuse storage: the language then lasts as long as the page.
    return null;
  }
}

function first(): Language {
  const chosen = stored();
  if (chosen === 'en' || chosen === 'zh-CN') return chosen;
  const wanted = typeof navigator === 'undefined' ? '' : navigator.language;
  return wanted === '' || wanted.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

export const language = signal<Language>(first());

export function setLanguage(next: Language): void {
  language.value = next;
  try {
    localStorage.setItem(STORED, next);
  } catch {
    // See `stored`.
  }
}

/** The text of a key in one language; a name without a value is left as it stands, so that a test sees it. */
export function textOf(chosen: Language, key: Key, values: Values = {}): string {
  return texts[chosen][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The text of a key in the chosen language; a component that calls it follows the language. */
export function t(key: Key, values?: Values): string {
  return textOf(language.value, key, values);
}
