import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';
import { openDatabase } from '../../platform/sql/database.ts';
import { LocalRooms } from './rooms.ts';
import { SqlLogStore } from './sql-log-store.ts';
import { dispatcher, incident } from './testing/people.ts';
import { quiet, sqliteDatabases, TEST_MASTER_KEY, type TestDatabases } from './testing/stores.ts';
import { SYSTEM } from './types.ts';
import { verifyChain } from './verify-chain.ts';

const program = fileURLToPath(new URL('./testing/killed-owner.ts', import.meta.url));
const Line = z.tuple([z.string(), z.strictObject({ patientId: z.string() })]);

describe('A process that owns a room and is killed (SIGKILL)', function () {
  this.timeout(60_000);
  let databases: TestDatabases;
  let url: string;
  let folder: string;
  before(async () => {
    databases = await sqliteDatabases();
  });
  after(() => databases.close());
  beforeEach(async () => {
    url = await databases.fresh();
    folder = await databases.folder();
  });

  /** What the process had answered when it died. */
  async function runAndKill(
    roomId: string,
    spillAfter: number,
    answers: number,
  ): Promise<z.infer<typeof Line>[]> {
    const args = [program, url, folder, TEST_MASTER_KEY.toString('hex'), roomId, String(spillAfter), '4000'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    const answered: z.infer<typeof Line>[] = [];
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        answered.push(z.parse(Line, JSON.parse(line)));
        if (answered.length === answers) child.kill('SIGKILL');
      }
    } finally {
      child.kill('SIGKILL');
      await exited;
    }
    return answered;
  }

  for (const [where, spillAfter] of [['the store', 1_000_000] as const, ['the spill', 5] as const]) {
    it(`has lost nothing it answered, with its last commits in ${where}`, async () => {
      const database = await openDatabase(url);
      const store = await SqlLogStore.open(database);
      const open = () =>
        LocalRooms.open({ store, masterKey: TEST_MASTER_KEY, spillFolder: folder, log: quiet });
      let rooms = await open();
      const { roomId } = await rooms.create(incident, dispatcher);
      await rooms.close('another process takes it');
      const answered = await runAndKill(roomId, spillAfter, 25);
      rooms = await open();
      try {
        const room = rooms.at(roomId);
        for (const [commandId, answer] of answered) {
          assert.deepEqual(await room.execute('patient.add', {}, SYSTEM, commandId), answer);
        }
        assert.ok(Object.keys((await room.state()).patients).length >= answered.length);
        assert.deepEqual((await room.state()).missingTails, []);
        assert.ok((await verifyChain(store, TEST_MASTER_KEY, roomId)).whole);
      } finally {
        await rooms.close('test over');
        await database.close();
      }
    });
  }
});
