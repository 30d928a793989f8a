/**
 * How long a text is as an SMS. A message that fits one segment is one message on every network; longer ones are sent in
 * parts, each of which can be lost or late.
 */

/** The GSM 7-bit default alphabet by code (3GPP TS 23.038 section 6.2.1); code 27 leads to the extension table. */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001BÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** The extension table (section 6.2.1.1): two codes each, the escape and the one named here. */
const EXTENDED: ReadonlyMap<string, number> = new Map([
  ['\f', 0x0a],
  ['^', 0x14],
  ['{', 0x28],
  ['}', 0x29],
  ['\\', 0x2f],
  ['[', 0x3c],
  ['~', 0x3d],
  [']', 0x3e],
  ['|', 0x40],
  ['€', 0x65],
]);
const ESCAPE = 0x1b;
const CODES = new Map<string, readonly number[]>();
for (const [code, sign] of [...BASIC].entries()) if (code !== ESCAPE) CODES.set(sign, [code]);
for (const [sign, code] of EXTENDED) CODES.set(sign, [ESCAPE, code]);

/** Units of one segment alone, and of each one of several, whose header takes room (3GPP TS 23.040 section 9.2.3.24.1). */
export const SEGMENT_UNITS = {
  gsm7: { alone: 160, part: 153 },
  ucs2: { alone: 70, part: 67 },
} as const;
export type SmsAlphabet = keyof typeof SEGMENT_UNITS;

/** One sign of a text and its codes: septets in the 7-bit alphabet, UTF-16 units else. */
export type SmsSign = readonly number[];

/** The signs of a text in the shortest alphabet that has all of them. Never cut inside a sign: that would garble it. */
export function smsSigns(text: string): { alphabet: SmsAlphabet; signs: SmsSign[] } {
  const signs: SmsSign[] = [];
  for (const sign of text) {
    const codes = CODES.get(sign);
    if (codes === undefined) return { alphabet: 'ucs2', signs: [...text].map(utf16) };
    signs.push(codes);
  }
  return { alphabet: 'gsm7', signs };
}

function utf16(sign: string): number[] {
  return Array.from({ length: sign.length }, (_, index) => sign.charCodeAt(index));
}

/** The codes of each segment that the text is sent in. */
export function smsSegments(
  text: string,
  alphabet?: 'ucs2',
): { alphabet: SmsAlphabet; segments: number[][] } {
  const found = alphabet === undefined ? smsSigns(text) : { alphabet, signs: [...text].map(utf16) };
  const { alone, part } = SEGMENT_UNITS[found.alphabet];
  const units = found.signs.reduce((sum, sign) => sum + sign.length, 0);
  if (units <= alone) return { alphabet: found.alphabet, segments: [found.signs.flat()] };
  const segments: number[][] = [[]];
  for (const sign of found.signs) {
    let last = segments.at(-1) ?? [];
    if (last.length + sign.length > part) {
      last = [];
      segments.push(last);
    }
    last.push(...sign);
  }
  return { alphabet: found.alphabet, segments };
}
