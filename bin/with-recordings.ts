/** Opens the keys of this installation's recordings for one command, and writes to the audit what it does with them. */
import type { RecordingKeys } from '../recorder/keys/recording-keys.ts';
import type { SigningKey } from '../recorder/keys/signing-key.ts';
import type { RoomLogs } from '../signaling/recordings/room-logs.ts';
import { type Opened, withPeople } from './with-people.ts';

export interface OpenedRecordings extends Opened {
  readonly keys: RecordingKeys;
  readonly signing: SigningKey;
  readonly logs: RoomLogs;
  /**
   * Writes to the audit first what is done next; nothing is looked at where that fails. The reason is kept sealed beside it:
   * words do not belong into the audit.
   */
  audit(
    action: string,
    details: { readonly roomId: string; readonly purpose?: string },
    reason?: string,
  ): Promise<void>;
}

/** Runs `action` and closes everything after it. */
export function withRecordings<T>(
  settings: readonly string[],
  action: (opened: OpenedRecordings) => Promise<T>,
): Promise<T> {
  return withPeople(settings, async (opened) => {
    const { join } = await import('node:path');
    const { openDatabase } = await import('../platform/sql/database.ts');
    const { RecordingKeys } = await import('../recorder/keys/recording-keys.ts');
    const { openSigningKey } = await import('../recorder/keys/signing-key.ts');
    const { readMasterKey } = await import('../signaling/people/keyring.ts');
    const { openReasons } = await import('../signaling/recordings/reasons.ts');
    const { RoomLogs } = await import('../signaling/recordings/room-logs.ts');
    const { SqlLogStore } = await import('../signaling/rooms/sql-log-store.ts');
    const { dataDir } = opened.config;
    const masterKey = await readMasterKey(dataDir);
    const database = await openDatabase(opened.config.database.url);
    try {
      const reasons = await openReasons(database, masterKey);
      return await action({
        ...opened,
        keys: new RecordingKeys({ folder: join(dataDir, 'recording-keys'), masterKey }),
        signing: await openSigningKey(dataDir),
        logs: new RoomLogs(await SqlLogStore.open(database), masterKey),
        audit: async (name, { roomId, purpose }, reason) => {
          const details = {
            ...(purpose === undefined ? {} : { purpose }),
            ...(reason === undefined ? {} : { reasonId: await reasons.keep(roomId, 'console', reason) }),
          };
          const who = { allowed: true, principalId: 'console' };
          await opened.people.audit.write({ action: name, ...who, roomId, details });
        },
      });
    } finally {
      await database.close();
    }
  });
}
