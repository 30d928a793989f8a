/** Who is signed in on this browser, known to every page. */
import { signal } from '@preact/signals';
import type { Me, PublicConfig } from '../../signaling/protocol/http.ts';

/** `unknown` until the server has answered once. */
export const me = signal<Me | 'unknown' | 'nobody'>('unknown');
export const config = signal<PublicConfig | undefined>(undefined);
/** Why the last session ended, for the sign-in page to say. */
export const endedBecause = signal<'signed-out' | 'revoked' | 'expired' | 'removed' | 'replaced' | undefined>(
  undefined,
);

export function signedIn(): Me | undefined {
  return typeof me.value === 'string' ? undefined : me.value;
}
