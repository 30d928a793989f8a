/**
 * A process that owns a room and is killed or stopped by its test: `killed-owner.ts URL FOLDER KEY ROOM SPILL_AFTER LEASE_MS`.
 * It prints each command's id and answer once it has it, and ends with the code of the first refusal. From the
 * command `SPILL_AFTER` on its store is away.
 */
import { isAppError } from '../../../platform/errors.ts';
import { openDatabase } from '../../../platform/sql/database.ts';
import { LocalRooms } from '../rooms.ts';
import { SqlLogStore } from '../sql-log-store.ts';
import { SYSTEM } from '../types.ts';
import { FaultyStore } from './faulty-store.ts';
import { quiet } from './stores.ts';

const [url = '', spillFolder = '', key = '', roomId = '', spillAfter = '', lease = ''] =
  process.argv.slice(2);
const database = await openDatabase(url);
const store = new FaultyStore(await SqlLogStore.open(database));
const masterKey = Buffer.from(key, 'hex');
const rooms = await LocalRooms.open({ store, masterKey, spillFolder, log: quiet, leaseMs: Number(lease) });
try {
  for (let n = 0; ; n++) {
    if (n === Number(spillAfter)) store.away = true;
    const answer = await rooms.at(roomId).execute('patient.add', {}, SYSTEM, `c-${n}`);
    process.stdout.write(`${JSON.stringify([`c-${n}`, answer])}\n`);
  }
} catch (error) {
  process.stdout.write(`${JSON.stringify(['refused', isAppError(error) ? error.code : String(error)])}\n`);
}
await rooms.close('refused');
await database.close();
