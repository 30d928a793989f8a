/** Names made by the client: peers, producers, transports, commands. */

/**
 * Returns 128 random bits as 32 hexadecimal digits. `crypto.randomUUID` is missing on pages without a secure context,
 * where rooms can still be watched; `getRandomValues` is not.
 */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
