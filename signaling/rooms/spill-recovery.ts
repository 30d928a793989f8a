/** Writes back what an earlier run of this owner left in its spill folder, before anything else is done with a room. */
import type { Logger } from '../../platform/log.ts';
import { isStoreAway } from '../../platform/sql/store-errors.ts';
import type { LogStore, SealedEntry } from './log-store.ts';
import type { SpillContent, SpillFolder } from './spill.ts';
import { isOwnershipLost, withoutWritten } from './writer.ts';

/** What came of it: everything written, or something is kept aside and missing in the log. */
export type Recovery = 'whole' | 'missing';

/**
 * Writes the spill of one room back in order. When another owner has taken over meanwhile, the file is kept aside:
 * that owner has named the missing tail in the log. Throws the engine's error when the store is away; the room then
 * stays unclaimed, since going on without the spilled facts would lose them.
 */
export async function recoverSpill(
  folder: SpillFolder,
  store: LogStore,
  roomId: string,
  log: Logger,
): Promise<Recovery> {
  let recovery: Recovery = 'whole';
  for (const epoch of await folder.epochs(roomId)) {
    const content = await folder.read(roomId, epoch);
    const written = await writeBack(folder, store, content);
    const file = folder.file(roomId, epoch);
    if (written && !content.damaged) {
      await file.remove();
      log.info({ roomId, epoch }, 'a spill of an earlier run is written back');
      continue;
    }
    const kept = await file.setAside();
    log.error(
      { roomId, epoch, file: kept, damaged: content.damaged, takenOver: !written },
      'a spill of an earlier run could not be written back as a whole: it is kept aside and must be examined',
    );
    // After a takeover it is the new owner's entry that names the tail; damage is for this owner to tell.
    if (written) recovery = 'missing';
  }
  return recovery;
}

/** Every room of the folder. What cannot be written back yet is tried again before its room is claimed. */
export async function recoverAll(folder: SpillFolder, store: LogStore, log: Logger): Promise<void> {
  for (const roomId of await folder.rooms()) {
    try {
      await recoverSpill(folder, store, roomId, log);
    } catch (error) {
      log.warn({ roomId, error }, 'a spill could not be written back yet');
      if (isStoreAway(error)) return;
    }
  }
}

/** Answers false when another owner wrote where these entries belong. */
async function writeBack(folder: SpillFolder, store: LogStore, content: SpillContent): Promise<boolean> {
  const facts = content.commits.at(-1)?.facts;
  const entries: readonly SealedEntry[] = content.commits.flatMap((commit) => commit.entries);
  if (!facts) return true;
  try {
    const missing = await withoutWritten(store, content.roomId, entries);
    await store.append(content.roomId, { ownerId: folder.ownerId, epoch: content.epoch }, missing, facts);
    return true;
  } catch (error) {
    if (isOwnershipLost(error)) return false;
    throw error;
  }
}
