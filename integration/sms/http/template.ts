/** Templates of gateways: `{{name}}` in the texts of a body or a header stands for a value of the message. */
import { AppError } from '../../../platform/errors.ts';
import type { SmsMessage } from '../../../signaling/protocol/sms.ts';

export const PLACEHOLDERS = [
  'to', // E.164 with plus.
  'toDigits', // Without the plus.
  'toNational', // Without the country code, for numbers of mainland China; others as `toDigits`.
  'text',
  'link', // The address at the end of the text.
  'linkCode', // What follows its `#`: for carriers that want the address in the approved template.
  'messageId',
  'validForSeconds',
] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];
export type Values = Readonly<Record<Placeholder, string>>;

export function valuesOf({ messageId, to, text, validForMs }: SmsMessage): Values {
  const link = /https?:\/\/\S+$/.exec(text)?.[0] ?? '';
  const digits = to.slice(1);
  return {
    ...{ to, text, link, messageId },
    toDigits: digits,
    toNational: digits.startsWith('86') ? digits.slice(2) : digits,
    linkCode: link.split('#')[1] ?? '',
    validForSeconds: String(Math.max(1, Math.round(validForMs / 1000))),
  };
}

/** Fills each text of a tree; what is no text stays as it is. The tree keeps its shape whatever a value holds. */
export function fill(tree: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof tree === 'string') return fillText(tree, values);
  if (Array.isArray(tree)) return tree.map((item) => fill(item, values));
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, item]) => [key, fill(item, values)]));
}

export function fillText(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole);
}

/** Throws `config-invalid` for a placeholder that does not exist, which would otherwise go out as it is written. */
export function assertPlaceholders(
  tree: unknown,
  where: string,
  known: readonly string[] = PLACEHOLDERS,
): void {
  for (const [, name] of JSON.stringify(tree).matchAll(/\{\{(\w+)\}\}/g)) {
    if (name !== undefined && known.includes(name)) continue;
    throw new AppError('config-invalid', `${where} names {{${name}}}, which does not exist.`, {
      whatToDo: `Use ${known.map((each) => `{{${each}}}`).join(', ')}.`,
    });
  }
}

/** The text at a dotted path of an answer, such as `Response.SendStatusSet.0.Code`; undefined where there is none. */
export function textAt(tree: unknown, path: string): string | undefined {
  let value = tree;
  for (const key of path === '' ? [] : path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Object.entries(value).find(([name]) => name === key)?.[1];
  }
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
