/**
 * A real PostgreSQL for tests: a cluster of its own in a temporary folder, reached only over a Unix socket, and gone at
 * close. The server refuses to run as root, so it runs as the user that Debian's package made for it.
 */
import { spawn } from 'node:child_process';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

export interface PostgresServer {
  /** `postgres://…` of an empty database named `test`. */
  readonly url: string;
  /** Makes another empty database and returns its address. */
  createDatabase(name: string): Promise<string>;
  /** Ends the server as a power cut would (`immediate`) and starts it again on the same data. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

const START_MS = 60_000;

/** The folder of the newest installed server's programs, or undefined: the caller then names its tests as not run. */
export async function findPostgres(): Promise<string | undefined> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => []);
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? undefined : `/usr/lib/postgresql/${newest}/bin`;
}

/** Starts a server; throws when the programs are missing (ask `findPostgres` first) or it does not answer within a minute. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = await findPostgres();
  if (bin === undefined) throw new Error('PostgreSQL is not installed: apt-get install postgresql');
  const account = await serverAccount();
  const folder = await mkdtemp('/tmp/gh-pg-');
  if (account) await chown(folder, account.uid, account.gid);
  const data = join(folder, 'data');
  await run(account, join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '-N']);
  const url = (database: string) => `postgres://postgres@/${database}?host=${encodeURIComponent(folder)}`;
  let server = await startServer(account, bin, data, folder);
  await query(url('postgres'), 'create database test');
  let closed = false;
  return {
    url: url('test'),
    async createDatabase(name) {
      await query(url('postgres'), `create database "${name.replaceAll('"', '')}"`);
      return url(name);
    },
    async stop() {
      await server.end();
    },
    async start() {
      server = await startServer(account, bin, data, folder);
    },
    async close() {
      if (closed) return;
      closed = true;
      await server.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Undefined when the tests do not run as root and can start the server themselves. */
async function serverAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const ids = await Promise.all(['-u', '-g'].map((which) => output('id', [which, 'postgres'])));
  return { uid: Number(ids[0]), gid: Number(ids[1]) };
}

async function startServer(account: Account | undefined, bin: string, data: string, folder: string) {
  // Durability is not what these tests measure: fsync off saves most of their time.
  const settings = {
    listen_addresses: '',
    unix_socket_directories: folder,
    fsync: 'off',
    max_connections: '60',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(join(bin, 'postgres'), ['-D', data, ...options], {
    ...account,
    cwd: folder,
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = async () => {
    // SIGQUIT is "immediate shutdown": no clean-up, recovery from the log at the next start.
    if (child.exitCode === null) child.kill('SIGQUIT');
    await ended;
  };
  const url = `postgres://postgres@/postgres?host=${encodeURIComponent(folder)}`;
  const deadline = performance.now() + START_MS;
  for (;;) {
    const error = await query(url, 'select 1').then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error === undefined) return { end };
    if (child.exitCode !== null || performance.now() > deadline) {
      await end();
      throw new Error('PostgreSQL did not start', { cause: error });
    }
    await delay(50);
  }
}

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    await client.query(text);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function run(account: Account | undefined, program: string, args: string[]): Promise<void> {
  await output(program, args, account);
}

function output(program: string, args: string[], account?: Account): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...account, cwd: '/tmp', stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    let problem = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (problem += chunk.toString()));
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve(text.trim()) : reject(new Error(`${program} ended with ${code}: ${problem}`)),
    );
  });
}
