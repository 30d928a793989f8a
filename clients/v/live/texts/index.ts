/** The words of the live part in the language that the shell has. */
import type { ReadonlySignal } from '@preact/signals';
import type { Language } from '../../../../signaling/protocol/guidance.ts';
import type { Phrase } from '../../../../signaling/protocol/phrases.ts';
import { PHRASE_TEXTS } from '../../phrases.ts';
import { en, type Texts } from './en.ts';
import { zh } from './zh.ts';

export type Key = keyof Texts;
export type Say = (key: Key, values?: Readonly<Record<string, string | number>>) => string;

const texts: Readonly<Record<Language, Texts>> = { en, 'zh-CN': zh };

/** Says in the language of now: a component that calls it follows the language. */
export function sayIn(language: ReadonlySignal<Language>): Say {
  return (key, values = {}) =>
    texts[language.value][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function phraseIn(language: Language, phrase: Phrase): string {
  return PHRASE_TEXTS[language][phrase];
}

/** `14:05:09`, on a clock of 24 hours. */
export function timeOf(language: Language, utc: number): string {
  const parts = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
  return new Intl.DateTimeFormat(language, parts).format(utc);
}

/** A distance as people say it. */
export function distanceText(language: Language, metres: number): string {
  const near = metres < 950;
  const value = near ? Math.max(10, Math.round(metres / 10) * 10) : metres / 1000;
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: near ? 'meter' : 'kilometer',
    maximumFractionDigits: near ? 0 : 1,
  }).format(value);
}
