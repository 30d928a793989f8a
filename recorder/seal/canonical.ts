/**
 * Canonical JSON (RFC 8785): the one sequence of bytes for a JSON value that hashes and signatures cover. Runs in pages as
 * well: an export's `verify.html` carries the text of this function, so it uses nothing from outside itself.
 */

/**
 * Returns the canonical text of a JSON value. Members that are undefined are left out, as JSON.stringify does. Numbers and
 * strings follow from ECMAScript's own serialisation, which RFC 8785 section 3.2.2 names as the rule.
 * Throws TypeError for what JSON cannot say: NaN, infinities, lone surrogates, functions, bigint.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('a number that JSON cannot say');
    return JSON.stringify(value);
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new TypeError('a string that is not well formed');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((each) => canonicalJson(each)).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`a ${typeof value} that JSON cannot say`);
  // RFC 8785 section 3.2.3 sorts names by UTF-16 code units, which is how `<` compares strings.
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${canonicalJson(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
