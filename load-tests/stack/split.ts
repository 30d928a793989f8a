/**
 * The system as it runs in production: one process with `--role sfu`, one or more with `--role signaling`, on throwaway
 * data. Clients reach signaling through a front with one address, whichever process stands behind it.
 */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newSecret } from '../../platform/ids.ts';
import { createLogger } from '../../platform/log.ts';
import { makeDataFolder } from '../../platform/setup/data-folder.ts';
import { openDatabase } from '../../platform/sql/database.ts';
import { connectControl } from '../../sfu/control-client.ts';
import type { DemoPeople } from '../../signaling/people/first-people.ts';
import { readMasterKey } from '../../signaling/people/keyring.ts';
import { openPeople } from '../../signaling/people/people.ts';
import type { ControlClient, RoomDump } from '../../signaling/protocol/control.ts';
import { type Front, openFront } from './front.ts';
import { freePorts } from './ports.ts';
import { ServiceProcess } from './service-process.ts';

export interface SplitOptions {
  /** Media workers; 1 unless told. */
  readonly workers?: number;
  /** Signaling processes that may own rooms; 1 unless told. More than one need `databaseUrl`. */
  readonly signalings?: number;
  /** A PostgreSQL that all of them share; a SQLite file in the first one's data folder unless told. */
  readonly databaseUrl?: string;
  /** Default of the configuration unless told. */
  readonly leaseSeconds?: number;
  /** A recorder as a process of its own beside the node; none unless told. */
  readonly recorder?: boolean;
}

export interface SplitStack {
  /** `https://127.0.0.1:PORT` of the front. */
  readonly origin: string;
  readonly demo: DemoPeople;
  readonly sfu: ServiceProcess;
  /** The first one is running and stands behind the front. */
  readonly signaling: ServiceProcess;
  readonly signalings: readonly ServiceProcess[];
  /** Where it was asked for. */
  readonly recorder?: ServiceProcess;
  /** Sends everyone to this one from now on. */
  turnTo(index: number): void;
  /** What the node holds of a room, asked of it over a control link of the test's own. */
  dump(roomId: string): Promise<RoomDump | undefined>;
  /** Everything the processes printed. */
  output(): string;
  close(): Promise<void>;
}

interface Ports {
  readonly control: number;
  readonly media: number;
  readonly http: readonly number[];
  /** Of the first one's door for bystanders, so that links lead there over a restart. */
  readonly bystander: number;
  readonly recorder: number;
}

/** Starts the node and the first signaling process; rejects with what failed, having closed the rest. */
export async function startSplit(options: SplitOptions = {}): Promise<SplitStack> {
  const folder = await mkdtemp(join(tmpdir(), 'goldenhour-split-'));
  const workers = options.workers ?? 1;
  const count = options.signalings ?? 1;
  const first = await freePorts(workers + 3 + count);
  const ports: Ports = {
    media: first,
    control: first + workers,
    http: Array.from({ length: count }, (_, index) => first + workers + 1 + index),
    recorder: first + workers + 1 + count,
    bystander: first + workers + 2 + count,
  };
  const secret = newSecret(256);
  const { sfu, signalings, recorder } = await writeConfigs(folder, ports, secret, { ...options, workers });
  const closers: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const demo = await prepareData(folder, count, options.databaseUrl);
    const front = await openFront(portOf(ports, 0));
    closers.push(() => front.close());
    if (recorder) closers.push(() => recorder.close());
    closers.push(() => sfu.close());
    for (const each of signalings) closers.push(() => each.close());
    const [signaling] = signalings;
    if (!signaling) throw new Error('a split stack needs at least one signaling process');
    await Promise.all([sfu.start(), signaling.start(), recorder?.start()]);
    const logger = createLogger('split', {}, { level: 'silent' });
    const link = connectControl({ nodeId: 'n1', url: controlUrl(ports), secret, logger });
    closers.push(() => link.close('the test is over'));
    return splitStack(
      { demo, front, sfu, signaling, signalings, ports, close, ...(recorder ? { recorder } : {}) },
      link,
    );
  } catch (error) {
    await close();
    throw error;
  }
}

function splitStack(
  {
    front,
    ports,
    ...rest
  }: Pick<SplitStack, 'demo' | 'sfu' | 'signaling' | 'signalings' | 'recorder' | 'close'> & {
    front: Front;
    ports: Ports;
  },
  link: ControlClient,
): SplitStack {
  return {
    ...rest,
    origin: `https://127.0.0.1:${front.port}`,
    turnTo: (index) => front.turnTo(portOf(ports, index)),
    dump: async (roomId) => (await link.request('node.dump', { roomIds: [roomId] })).rooms[0],
    output: () =>
      [rest.sfu, ...rest.signalings, ...(rest.recorder ? [rest.recorder] : [])]
        .map((each) => `--- ${each.name}\n${each.output}`)
        .join('\n'),
  };
}

function controlUrl({ control }: Ports): string {
  return `ws://127.0.0.1:${control}`;
}

function portOf(ports: Ports, index: number): number {
  const port = ports.http[index];
  if (port === undefined) throw new Error(`there is no signaling process ${index}`);
  return port;
}

async function writeConfigs(
  folder: string,
  ports: Ports,
  secret: string,
  options: SplitOptions & { workers: number },
) {
  const recorders = options.recorder ? [{ id: 'n1', url: `ws://127.0.0.1:${ports.recorder}` }] : [];
  const cluster = { secret, nodes: [{ id: 'n1', url: controlUrl(ports) }], recorders };
  const sfu = await writeConfig(folder, 'sfu', {
    role: 'sfu',
    cluster: { secret },
    sfu: {
      workers: options.workers,
      rtcBasePort: ports.media,
      listenAddresses: ['127.0.0.1'],
      control: { port: ports.control },
    },
  });
  const signalings: ServiceProcess[] = [];
  for (const [index, port] of ports.http.entries()) {
    const written = await writeConfig(folder, `signaling-${index}`, {
      role: 'signaling',
      cluster,
      http: { host: '127.0.0.1', port, plainPort: 0 },
      bystander: {
        host: '127.0.0.1',
        ...(index === 0
          ? { port: ports.bystander, publicOrigin: `https://127.0.0.1:${ports.bystander}` }
          : { port: 0 }),
      },
      ...(options.databaseUrl === undefined ? {} : { database: { url: options.databaseUrl } }),
      ...(options.leaseSeconds === undefined ? {} : { rooms: { leaseSeconds: options.leaseSeconds } }),
    });
    signalings.push(written);
  }
  if (!options.recorder) return { sfu, signalings };
  const recorder = await writeConfig(folder, 'recorder', {
    role: 'recorder',
    cluster: { secret },
    recording: { control: { port: ports.recorder }, requireKeyCopy: false, reserveBytes: 0 },
  });
  return { sfu, signalings, recorder };
}

/** Each process has a data folder of its own, so that each is an owner of its own. */
async function writeConfig(folder: string, name: string, options: object): Promise<ServiceProcess> {
  await mkdir(join(folder, name), { mode: 0o700 });
  const file = join(folder, `${name}.json`);
  const config = { dataDir: join(folder, name), logLevel: 'info', ...options };
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return new ServiceProcess(name, file);
}

/** One master key for all signaling processes, and the demo's people. */
async function prepareData(folder: string, count: number, databaseUrl?: string): Promise<DemoPeople> {
  const dataDir = join(folder, 'signaling-0');
  await makeDataFolder(dataDir);
  const masterKey = await readMasterKey(dataDir);
  for (let index = 1; index < count; index += 1) {
    await copyFile(join(dataDir, 'master.key'), join(folder, `signaling-${index}`, 'master.key'));
  }
  const database = await openDatabase(databaseUrl ?? `sqlite:${join(dataDir, 'goldenhour.sqlite')}`);
  try {
    const people = await openPeople({
      database,
      masterKey,
      publicOrigin: () => 'https://localhost',
      pollMs: 0,
    });
    try {
      return await people.createDemoPeople();
    } finally {
      await people.close();
    }
  } finally {
    await database.close();
  }
}
