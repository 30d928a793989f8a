/** What the page checks before it asks the server; the server decides. Length counts, composition does not (NIST 800-63B). */
export const SHORTEST_PASSWORD = 10;

export function passwordProblem(
  current: string,
  next: string,
  again: string,
): 'short' | 'same' | 'differ' | undefined {
  if ([...next].length < SHORTEST_PASSWORD) return 'short';
  if (next === current) return 'same';
  return next === again ? undefined : 'differ';
}
