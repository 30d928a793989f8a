import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import * as z from 'zod/mini';
import { findPostgres, type PostgresServer, startPostgres } from '../../load-tests/servers/postgres.ts';
import { ManualClock } from '../../platform/clock.ts';
import { openDatabase } from '../../platform/sql/database.ts';
import { LocalRooms } from './rooms.ts';
import { SqlLogStore } from './sql-log-store.ts';
import { crew, dispatcher, doctor, incident, join } from './testing/people.ts';
import { randomStep } from './testing/random-steps.ts';
import { RoomModel } from './testing/room-model.ts';
import { quiet, sqliteDatabases, TEST_MASTER_KEY, type TestDatabases } from './testing/stores.ts';
import { SYSTEM } from './types.ts';
import { verifyChain } from './verify-chain.ts';

const program = fileURLToPath(new URL('./testing/killed-owner.ts', import.meta.url));
const Refusal = z.tuple([z.literal('refused'), z.string()]);
const Line = z.tuple([z.string(), z.strictObject({ patientId: z.string() })]);

describe('Rooms over a real PostgreSQL', function () {
  this.timeout(300_000);
  let server: PostgresServer | undefined;
  let files: TestDatabases;
  let made = 0;
  before(async function () {
    if ((await findPostgres()) === undefined) return this.skip();
    server = await startPostgres();
    files = await sqliteDatabases();
  });
  after(async () => {
    await server?.close();
    await files?.close();
  });

  const fresh = async () => {
    assert.ok(server);
    return server.createDatabase(`rooms_${made++}`);
  };

  it('lose, double, reorder and misdirect no fact, whatever fails when', async () => {
    const databases: TestDatabases = { fresh, folder: () => files.folder(), close: async () => undefined };
    const steps = fc.array(randomStep, { minLength: 5, maxLength: 30 });
    const property = fc.asyncProperty(steps, async (given) => {
      const model = await RoomModel.start(databases, new ManualClock());
      try {
        for (const step of given) await model.run(step);
        await model.settle();
      } finally {
        await model.close();
      }
    });
    await fc.assert(property, { seed: 121, numRuns: 12, endOnFailure: true });
  });

  it('go on while the server is down, and write everything back when it is up again', async () => {
    assert.ok(server);
    const database = await openDatabase(await fresh(), quiet);
    // Leases by the server's own clock, as in production.
    const store = await SqlLogStore.open(database);
    const spillFolder = await files.folder();
    const rooms = await LocalRooms.open({
      store,
      masterKey: TEST_MASTER_KEY,
      spillFolder,
      log: quiet,
      timer: false,
    });
    try {
      const room = await rooms.create(incident, dispatcher);
      await join(room, crew, doctor);
      await server.stop();
      const answers = [];
      for (const id of ['c-1', 'c-2', 'c-3']) answers.push(await room.execute('patient.add', {}, doctor, id));
      await rooms.tend();
      assert.deepEqual(await room.execute('patient.add', {}, doctor, 'c-2'), answers[1]);
      assert.equal((await rooms.openRooms()).length, 1);
      await server.start();
      await rooms.tend();
      const { seq } = await room.state();
      assert.equal((await store.head(room.roomId))?.seq, seq);
      assert.ok((await verifyChain(store, TEST_MASTER_KEY, room.roomId)).whole);
    } finally {
      await rooms.close('test over');
      await database.close();
    }
  });

  it('refuse an owner that was stopped (SIGSTOP) and wakes after another process has taken over', async () => {
    const leaseMs = 600;
    const url = await fresh();
    const database = await openDatabase(url);
    const store = await SqlLogStore.open(database);
    const own = {
      store,
      masterKey: TEST_MASTER_KEY,
      spillFolder: await files.folder(),
      log: quiet,
      leaseMs,
    };
    const rooms = await LocalRooms.open(own);
    const { roomId } = await rooms.create(incident, dispatcher);
    await rooms.close('another process takes it');
    const args = [
      program,
      url,
      await files.folder(),
      TEST_MASTER_KEY.toString('hex'),
      roomId,
      '1000000',
      String(leaseMs),
    ];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    const successor = await LocalRooms.open(own);
    const lines: unknown[] = [];
    try {
      for await (const line of createInterface({ input: child.stdout })) {
        lines.push(JSON.parse(line));
        if (lines.length !== 10) continue;
        child.kill('SIGSTOP');
        // It may have been stopped inside a transaction: the server ends that before it can hold up the takeover for long.
        await successor.at(roomId).execute('patient.add', {}, SYSTEM, 'successor');
        child.kill('SIGCONT');
      }
      await exited;
      const refusal = z.parse(Refusal, lines.pop());
      assert.ok(['not-owner', 'stale-epoch'].includes(refusal[1]), refusal[1]);
      const room = successor.at(roomId);
      for (const line of lines) {
        const [commandId, answer] = z.parse(Line, line);
        assert.deepEqual(await room.execute('patient.add', {}, SYSTEM, commandId), answer);
      }
      assert.equal((await room.state()).missingTails.length, 1);
      assert.ok((await verifyChain(store, TEST_MASTER_KEY, roomId)).whole);
    } finally {
      child.kill('SIGKILL');
      await exited;
      await successor.close('test over');
      await database.close();
    }
  });
});
