/**
 * What the hash chain of a room's log covers, in one place: the owner of the room seals with it, the recorder's `verify`
 * and an export's offline page check with it. SHA-256 itself is the caller's: pages have it as WebCrypto, servers as Node's.
 */
import { ENTRY_VERSION } from './entry.ts';
import type { SealedLogLine } from './recorder.ts';

/**
 * The text whose SHA-256 (hex) is the hash of an entry: everything about it that must not change unseen, its payload by
 * a salted hash only.
 *
 * @param previousHash hash of the entry before it, empty for the first
 */
export function chainText(
  roomId: string,
  previousHash: string,
  entry: Omit<SealedLogLine, 'hash' | 'body'>,
): string {
  return JSON.stringify([
    ENTRY_VERSION,
    roomId,
    previousHash,
    entry.seq,
    entry.epoch,
    entry.at,
    entry.utc,
    entry.actor,
    entry.audience,
    entry.commandId ?? null,
    entry.payloadHash,
  ]);
}
