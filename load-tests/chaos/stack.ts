/**
 * The system under test of chaos: a media node, two signaling processes that share a PostgreSQL, and a recorder on a small file
 * system, each a process of its own. Everyone is sent to the signaling process that stands `active`.
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newSecret } from '../../platform/ids.ts';
import { createLogger } from '../../platform/log.ts';
import { makeDataFolder } from '../../platform/setup/data-folder.ts';
import { openDatabase } from '../../platform/sql/database.ts';
import { connectControl } from '../../sfu/control-client.ts';
import type { DemoPeople } from '../../signaling/people/first-people.ts';
import { readMasterKey } from '../../signaling/people/keyring.ts';
import { openPeople } from '../../signaling/people/people.ts';
import type { ControlClient } from '../../signaling/protocol/control.ts';
import { freePorts } from '../network/ports.ts';
import { findPostgres, type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { ServiceProcess, type ServiceProcessOptions } from '../stack/service-process.ts';
import { PLANTED_VARIABLE } from './planted.ts';
import { STEP_VARIABLE } from './stepped-clock.ts';

const execute = promisify(execFile);
const CLOCK = new URL('./stepped-clock.ts', import.meta.url).href;
const PLANTED = new URL('./planted.ts', import.meta.url).href;
/** Of the recorder's file system: more than one run writes, little enough to fill at once. */
const DISK_MIB = 96;
/** Below this the recorder gives up pictures, step by step. */
const RESERVE_BYTES = 24 * 2 ** 20;

export interface ChaosStackOptions {
  /** A media node and a recorder too; signaling alone otherwise. */
  readonly media: boolean;
  /** Recordings stand on an ordinary disk, which nothing fills. */
  readonly largeDisk?: boolean;
  /** A fault that a test plants into every signaling process; see planted.ts. */
  readonly planted?: 'drop' | 'replay';
  /** Loaded first into every process, with variables of its own: what a soak looks at them by. */
  readonly probe?: (name: string) => Required<Pick<ServiceProcessOptions, 'execArgv' | 'env'>>;
}

export interface ChaosStack {
  readonly demo: DemoPeople;
  readonly signalings: readonly ServiceProcess[];
  readonly sfu?: ServiceProcess;
  readonly recorder?: ServiceProcess;
  readonly postgres?: PostgresServer;
  readonly databaseUrl: string;
  readonly masterKey: Uint8Array;
  /** The recorder's data folder, and whether it is a small file system of its own. */
  readonly recorderFolder: string;
  readonly smallDisk: boolean;
  /** The test's own control link to the node. */
  readonly control?: ControlClient;
  /** Index of the signaling process that everyone is sent to, and its port. */
  active: number;
  port(): number;
  /** Called when everyone is sent to the other one: connections to the former one are cut. */
  onTurn?: () => void;
  /** Sets the UTC clock of one signaling process off by so many milliseconds. */
  stepClock(index: number, offMs: number): Promise<void>;
  output(): string;
  close(): Promise<void>;
}

/** Opens it; rejects with what failed, having closed the rest. Without PostgreSQL there is one signaling process on SQLite. */
export async function openChaosStack(options: ChaosStackOptions): Promise<ChaosStack> {
  const folder = await mkdtemp(join(tmpdir(), 'goldenhour-chaos-'));
  const closers: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const postgres = (await findPostgres()) === undefined ? undefined : await startPostgres();
    if (postgres) closers.push(() => postgres.close());
    return await open(options, folder, postgres, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  options: ChaosStackOptions,
  folder: string,
  postgres: PostgresServer | undefined,
  closers: (() => Promise<void>)[],
  close: () => Promise<void>,
): Promise<ChaosStack> {
  const recorderFolder = join(folder, 'recorder');
  const smallDisk = options.media && !options.largeDisk && (await mountSmall(recorderFolder, closers));
  const plan = await planOf(folder, postgres);
  const { demo, masterKey } = await prepare(folder, plan.http.length, plan.databaseUrl);
  const signalings = await Promise.all(plan.http.map((_, index) => signalingOf(index, plan, options)));
  const sfu = options.media ? await sfuOf(plan, options) : undefined;
  const recorder = options.media ? await recorderOf(plan, options) : undefined;
  const all = [...signalings, ...(recorder ? [recorder] : []), ...(sfu ? [sfu] : [])];
  for (const each of all) closers.push(() => each.close());
  await sfu?.start();
  await Promise.all([recorder?.start(), ...signalings.map((each) => each.start())]);
  const logger = createLogger('chaos', {}, { level: 'silent' });
  const control = sfu
    ? connectControl({ nodeId: 'n1', url: controlUrl(plan), secret: plan.secret, logger })
    : undefined;
  if (control) closers.push(async () => control.close('chaos is over'));
  const stack: ChaosStack = {
    ...{ demo, signalings, databaseUrl: plan.databaseUrl, masterKey, recorderFolder, smallDisk, close },
    ...(sfu ? { sfu } : {}),
    ...(recorder ? { recorder } : {}),
    ...(postgres ? { postgres } : {}),
    ...(control ? { control } : {}),
    active: 0,
    port: () => plan.http[stack.active] ?? 0,
    stepClock: (index, offMs) => writeFile(clockFile(folder, index), String(offMs)),
    output: () => all.map((each) => `--- ${each.name}\n${each.output}`).join('\n'),
  };
  return stack;
}

interface Plan {
  readonly folder: string;
  readonly databaseUrl: string;
  readonly secret: string;
  /** One for each signaling process. */
  readonly http: readonly number[];
  readonly control: number;
  readonly recorder: number;
  readonly media: number;
}

async function planOf(folder: string, postgres: PostgresServer | undefined): Promise<Plan> {
  const count = postgres ? 2 : 1;
  const first = await freePorts(count + 3);
  return {
    ...{ folder, secret: newSecret(256) },
    databaseUrl: postgres?.url ?? `sqlite:${join(folder, 'signaling-0', 'goldenhour.sqlite')}`,
    http: [0, 1].slice(0, count).map((index) => first + index),
    ...{ control: first + count, recorder: first + count + 1, media: first + count + 2 },
  };
}

function controlUrl({ control }: Plan): string {
  return `ws://127.0.0.1:${control}`;
}

async function signalingOf(index: number, plan: Plan, options: ChaosStackOptions): Promise<ServiceProcess> {
  const { folder, secret, databaseUrl } = plan;
  const { media, planted, probe } = options;
  const name = `signaling-${index}`;
  const file = await writeConfig(folder, name, {
    role: 'signaling',
    cluster: {
      secret,
      // Signaling wants one; without media it is one that is away.
      nodes: [{ id: 'n1', url: controlUrl(plan) }],
      recorders: media ? [{ id: 'n1', url: `ws://127.0.0.1:${plan.recorder}` }] : [],
    },
    http: { host: '127.0.0.1', port: plan.http[index], plainPort: 0 },
    bystander: { host: '127.0.0.1', port: 0 },
    database: { url: databaseUrl },
    // All clients are a handful of people at one address here.
    limits: { scale: 1_000, connectionsPerPerson: 10_000 },
  });
  const modules = planted === undefined ? [CLOCK] : [CLOCK, PLANTED];
  return new ServiceProcess(name, file, {
    execArgv: [...(probe?.(name).execArgv ?? []), ...modules.flatMap((each) => ['--import', each])],
    env: {
      ...probe?.(name).env,
      [STEP_VARIABLE]: clockFile(folder, index),
      ...(planted === undefined ? {} : { [PLANTED_VARIABLE]: planted }),
    },
  });
}

async function sfuOf(plan: Plan, { probe }: ChaosStackOptions): Promise<ServiceProcess> {
  const file = await writeConfig(plan.folder, 'sfu', {
    ...{ role: 'sfu', cluster: { secret: plan.secret } },
    sfu: {
      ...{ workers: 1, rtcBasePort: plan.media, listenAddresses: ['127.0.0.1'] },
      control: { port: plan.control },
    },
  });
  return new ServiceProcess('sfu', file, probe?.('sfu'));
}

async function recorderOf(plan: Plan, { probe }: ChaosStackOptions): Promise<ServiceProcess> {
  const file = await writeConfig(plan.folder, 'recorder', {
    ...{ role: 'recorder', cluster: { secret: plan.secret } },
    recording: { control: { port: plan.recorder }, requireKeyCopy: false, reserveBytes: RESERVE_BYTES },
  });
  return new ServiceProcess('recorder', file, probe?.('recorder'));
}

function clockFile(folder: string, index: number): string {
  return join(folder, `clock-${index}`);
}

/** A file system of its own for the recorder, so that it can be filled; false where this user may not mount. */
async function mountSmall(path: string, closers: (() => Promise<void>)[]): Promise<boolean> {
  await mkdir(path, { mode: 0o700 });
  const mounted = await execute('mount', [
    ...['-t', 'tmpfs', '-o', `size=${DISK_MIB}m,mode=700`, 'tmpfs', path],
  ]).then(
    () => true,
    () => false,
  );
  if (mounted) closers.push(async () => void (await execute('umount', ['-l', path])));
  return mounted;
}

async function writeConfig(folder: string, name: string, options: object): Promise<string> {
  const dataDir = join(folder, name);
  await mkdir(dataDir, { mode: 0o700, recursive: true });
  const file = join(folder, `${name}.json`);
  await writeFile(file, JSON.stringify({ dataDir, logLevel: 'info', ...options }), { mode: 0o600 });
  return file;
}

/** One master key for all signaling processes, and the demo's people. */
async function prepare(folder: string, count: number, databaseUrl: string) {
  const dataDir = join(folder, 'signaling-0');
  await makeDataFolder(dataDir);
  const masterKey = await readMasterKey(dataDir);
  for (let index = 1; index < count; index += 1) {
    await mkdir(join(folder, `signaling-${index}`), { mode: 0o700 });
    await copyFile(join(dataDir, 'master.key'), join(folder, `signaling-${index}`, 'master.key'));
  }
  const database = await openDatabase(databaseUrl);
  try {
    const publicOrigin = () => 'https://localhost';
    const people = await openPeople({ database, masterKey, publicOrigin, pollMs: 0 });
    try {
      return { demo: await people.createDemoPeople(), masterKey };
    } finally {
      await people.close();
    }
  } finally {
    await database.close();
  }
}
