import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { loadConfig } from '../config/load.ts';
import { openDatabase } from '../sql/database.ts';
import { buffersCheck } from './buffers.ts';
import type { DoctorContext } from './check.ts';
import { runChecks, toText, worst, writeReport } from './doctor.ts';
import { diskCheck, machineCheck } from './machine.ts';
import { certificateCheck, portsCheck } from './network.ts';
import { databaseCheck, workerCheck } from './programs.ts';

const root = join(import.meta.dirname, '..', '..');

describe('the doctor', function () {
  // Each test starts programs, which takes long on a machine that is busy with other tests.
  this.timeout(60_000);

  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'doctor-test-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const contextOf = (...args: string[]): DoctorContext => ({
    root,
    cache: folder,
    config: loadConfig({ args: ['--dataDir', join(folder, 'data'), ...args], env: {}, cwd: folder }),
  });

  it('says how to make socket buffers hold a whole 4K frame', async () => {
    const check = (limits: Record<string, string>) =>
      buffersCheck(async (path) => limits[path] ?? assert.fail(path)).run();
    const [receive, send] = ['/proc/sys/net/core/rmem_max', '/proc/sys/net/core/wmem_max'];
    assert.equal((await check({ [receive]: '4194304\n', [send]: '8388608\n' })).status, 'ok');
    const low = await check({ [receive]: '212992\n', [send]: '4194304\n' });
    assert.equal(low.status, 'warn');
    assert.match(low.whatToDo ?? '', /"sysctl -w net\.core\.rmem_max=4194304"/);
    const hidden = await check({ [receive]: '4194304\n' });
    assert.equal(hidden.status, 'warn');
    assert.match(hidden.found, /wmem_max not told/);
  });

  it('measures the disk and the machine, and leaves nothing behind', async () => {
    const results = await runChecks([machineCheck, diskCheck(contextOf())]);
    for (const { found } of results) assert.match(found, /\d/);
    assert.match(results[1]?.found ?? '', /GB free, writes \d+ MB\/s/);
    assert.equal(existsSync(join(folder, 'data')), false);
  });

  it('names each port that is taken and says what to do', async () => {
    const tcp = createServer((socket) => socket.destroy()).listen(0);
    const udp = createSocket('udp4').bind(0);
    await Promise.all([once(tcp, 'listening'), once(udp, 'listening')]);
    const address = tcp.address();
    assert.ok(typeof address === 'object' && address !== null);
    const media = udp.address().port;
    try {
      const context = contextOf(
        '--http.port',
        `${address.port}`,
        '--sfu.rtcBasePort',
        `${media}`,
        '--sfu.workers',
        '1',
      );
      const [result] = await runChecks([portsCheck(context)]);
      assert.equal(result?.status, 'fail');
      assert.match(result?.found ?? '', new RegExp(`tcp ${address.port} \\(staff\\): EADDRINUSE`));
      assert.match(result?.found ?? '', new RegExp(`udp ${media} \\(media\\): EADDRINUSE`));
      assert.match(result?.whatToDo ?? '', /ss -lntup/);
    } finally {
      await Promise.all([new Promise((resolve) => tcp.close(resolve)), once(udp.close(), 'close')]);
    }
  });

  it('opens the database without making one', async () => {
    const context = contextOf();
    assert.deepEqual(
      (await runChecks([databaseCheck(context)])).map(({ status }) => status),
      ['ok'],
    );
    assert.equal(existsSync(join(folder, 'data')), false);
    await mkdir(join(folder, 'data'));
    await writeFile(
      join(folder, 'data', 'goldenhour.sqlite'),
      'this is no database, although it is long enough to be one'.repeat(20),
    );
    const [damaged] = await runChecks([databaseCheck(context)]);
    assert.equal(damaged?.status, 'fail');
    assert.match(damaged?.found ?? '', /not a database/);
  });

  it('finds a certificate that cannot be read and a worker that is missing', async () => {
    const pem = join(folder, 'no.pem');
    const [certificate] = await runChecks([
      certificateCheck(contextOf('--tls.certFile', pem, '--tls.keyFile', pem)),
    ]);
    assert.equal(certificate?.status, 'fail');
    const before = process.env.MEDIASOUP_WORKER_BIN;
    process.env.MEDIASOUP_WORKER_BIN = join(folder, 'no-worker');
    try {
      const [worker] = await runChecks([workerCheck(contextOf())]);
      assert.deepEqual([worker?.status, worker?.whatToDo], ['fail', 'Run "goldenhour setup".']);
    } finally {
      if (before === undefined) delete process.env.MEDIASOUP_WORKER_BIN;
      else process.env.MEDIASOUP_WORKER_BIN = before;
    }
  });

  it('counts a check that throws as failed, and goes on', async () => {
    const broken = { title: 'broken', run: () => Promise.reject(new Error('no such device')) };
    const fine = { title: 'fine', run: async () => ({ status: 'ok', found: 'well' }) as const };
    const results = await runChecks([broken, fine]);
    assert.equal(worst(results), 'fail');
    assert.match(
      results.map(toText).join(''),
      /^FAIL {2}broken: no such device\n.*what to do: .*\n ok {3}fine: well\n$/,
    );
  });

  it('writes a support file without secrets and without patient data', async () => {
    const secret = 'planted-secret-of-at-least-32-characters';
    const patient = 'Planted Patient-Name';
    const database = await openDatabase(`sqlite:${join(folder, 'data', 'goldenhour.sqlite')}`);
    await sql`create table patients (display_name text)`.execute(database.query);
    await sql`insert into patients values (${patient})`.execute(database.query);
    await database.close();
    await writeFile(join(folder, 'data', `${patient}.txt`), patient);
    const context = contextOf(
      '--cluster.secret',
      secret,
      '--ice.turn.secret',
      secret,
      '--ice.turn.urls',
      'turn:10.0.0.1',
    );
    const file = join(folder, 'report.json');
    await writeReport(
      file,
      context,
      await runChecks([machineCheck, diskCheck(context), databaseCheck(context)]),
    );
    const text = await readFile(file, 'utf8');
    assert.ok(!text.includes('planted') && !text.includes('Planted'), text);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const report = JSON.parse(text);
    assert.equal(report.checks.length, 3);
    assert.equal(report.configuration.cluster.secret, '[set]');
  });
});
