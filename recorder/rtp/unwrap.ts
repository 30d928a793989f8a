/** Numbers that wrap, made ones that grow for days: sequence numbers of 16 bits, timestamps of 32. */

/**
 * The number nearest to `expected` whose last `bits` bits are `value`. What lies half a round away counts as ahead.
 * Exact up to 2^52, which is a thousand years of a 90 kHz clock.
 */
export function unwrap(expected: number, value: number, bits: 16 | 32): number {
  const round = 2 ** bits;
  const near = Math.round(expected);
  const ahead = (((value - near) % round) + round) % round;
  return near + (ahead > round / 2 ? ahead - round : ahead);
}
