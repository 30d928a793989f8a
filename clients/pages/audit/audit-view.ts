/** What stands in a row of the audit. Pure. */

/** Ids and codes as `name: value`, in a line. */
export function detailText(details: Readonly<Record<string, unknown>>): string {
  return Object.entries(details)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

/** An id as the contract has it, or nothing typed at all. */
export function isIdOrEmpty(text: string): boolean {
  return text.trim() === '' || /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(text.trim());
}
