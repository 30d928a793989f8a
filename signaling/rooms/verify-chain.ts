/** Proof that a room's log is whole: nothing changed, left out, added, reordered or cut off at the end. */
import { isAppError } from '../../platform/errors.ts';
import { chainHash, openEntry, unwrapRoomKey } from './entry-seal.ts';
import { type LogStore, roomNotFound, type SealedEntry } from './log-store.ts';

export interface ChainReport {
  /** True when every check that could be made passed. */
  readonly whole: boolean;
  /** Entries checked, up to the first broken one. */
  readonly entries: number;
  /** Whether the words could be checked too, or their key is destroyed and only the proof stands. */
  readonly words: 'checked' | 'destroyed';
  readonly broken?: { readonly seq: number; readonly what: 'order' | 'hash' | 'payload' | 'head' };
}

const PAGE = 500;

/**
 * Checks the hash chain of one room, and each payload against its hash while the room's key exists.
 * Throws `not-found`, `wrong-key` when the master key does not fit, and the engine's error when the store is away.
 */
export async function verifyChain(
  store: LogStore,
  masterKey: Uint8Array,
  roomId: string,
): Promise<ChainReport> {
  const head = await store.head(roomId);
  if (!head) throw roomNotFound(roomId);
  const wrapped = await store.wrappedKey(roomId);
  const key = wrapped && unwrapRoomKey(masterKey, roomId, wrapped);
  const words = key ? 'checked' : 'destroyed';
  let previous = { seq: 0, hash: '' };
  // Entries beyond the head that was read first are newer than this check and left to the next one.
  while (previous.seq < head.seq) {
    const page = await store.read(roomId, previous.seq + 1, Math.min(PAGE, head.seq - previous.seq));
    if (page.length === 0) break;
    for (const entry of page) {
      const what = flaw(key, roomId, previous, entry);
      if (what)
        return { whole: false, entries: previous.seq, words, broken: { seq: previous.seq + 1, what } };
      previous = entry;
    }
  }
  if (previous.seq !== head.seq || previous.hash !== head.hash) {
    return { whole: false, entries: previous.seq, words, broken: { seq: previous.seq + 1, what: 'head' } };
  }
  return { whole: true, entries: previous.seq, words };
}

function flaw(
  key: Uint8Array | undefined,
  roomId: string,
  previous: { seq: number; hash: string },
  entry: SealedEntry,
): 'order' | 'hash' | 'payload' | undefined {
  if (entry.seq !== previous.seq + 1) return 'order';
  if (entry.hash !== chainHash(roomId, previous.hash, entry)) return 'hash';
  if (!key) return undefined;
  try {
    openEntry(key, roomId, entry);
    return undefined;
  } catch (error) {
    if (isAppError(error, 'wrong-key') || isAppError(error, 'log-damaged') || error instanceof SyntaxError) {
      return 'payload';
    }
    throw error;
  }
}
