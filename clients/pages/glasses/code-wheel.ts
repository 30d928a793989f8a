/** A code of six digits without a keyboard: by voice, by touch, or by two keys that turn and take one digit after the other. Pure. */

export const CODE_DIGITS = 6;

export interface CodeEntry {
  readonly digits: string;
  /** The digit that the wheel shows for the next place. */
  readonly wheel: number;
}

export const NO_CODE: CodeEntry = { digits: '', wheel: 0 };

export function turn(entry: CodeEntry): CodeEntry {
  return { ...entry, wheel: (entry.wheel + 1) % 10 };
}

export function take(entry: CodeEntry, digit = entry.wheel): CodeEntry {
  if (entry.digits.length >= CODE_DIGITS) return entry;
  return { digits: `${entry.digits}${digit}`, wheel: 0 };
}

export function back(entry: CodeEntry): CodeEntry {
  return { digits: entry.digits.slice(0, -1), wheel: 0 };
}

export function isWhole(entry: CodeEntry): boolean {
  return entry.digits.length === CODE_DIGITS;
}

/** The code in what a QR code says: six digits alone, or whatever stands behind the `#` of the address of this page. */
export function codeIn(text: string): string | undefined {
  return /^\d{6}$/.exec(text.trim())?.[0] ?? /\/glasses#([A-Za-z0-9_-]{6,64})$/.exec(text.trim())?.[1];
}
