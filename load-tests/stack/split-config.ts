/** Configuration files and data folders of a split installation: which process listens where and knows of whom. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDataFolder } from '../../platform/setup/data-folder.ts';
import { openDatabase } from '../../platform/sql/database.ts';
import type { DemoPeople } from '../../signaling/people/first-people.ts';
import { readMasterKey } from '../../signaling/people/keyring.ts';
import { openPeople } from '../../signaling/people/people.ts';
import { freePorts } from '../network/ports.ts';
import { ServiceProcess } from './service-process.ts';

export interface SplitSizes {
  readonly nodes: number;
  readonly workers: number;
  readonly signalings: number;
  readonly recorders: number;
}

export interface Ports {
  /** First media port of each node; each of its workers has one. */
  readonly media: readonly number[];
  readonly control: readonly number[];
  readonly http: readonly number[];
  readonly recorder: readonly number[];
  /** Of the first signaling's door for bystanders, so that links lead there over a restart. */
  readonly bystander: number;
}

export async function choosePorts({ nodes, workers, signalings, recorders }: SplitSizes): Promise<Ports> {
  let next = await freePorts(nodes * (workers + 1) + signalings + recorders + 1);
  const take = (count: number, each = 1) =>
    Array.from({ length: count }, () => {
      next += each;
      return next - each;
    });
  return {
    media: take(nodes, workers),
    control: take(nodes),
    http: take(signalings),
    recorder: take(recorders),
    bystander: next,
  };
}

export function controlUrl(port: number): string {
  return `ws://127.0.0.1:${port}`;
}

/** `n1`, `n2` …; a recorder has the name of the node on whose host it runs. */
export function nodeId(index: number): string {
  return `n${index + 1}`;
}

export interface ProcessOptions {
  readonly secret: string;
  readonly databaseUrl?: string | undefined;
  readonly leaseSeconds?: number | undefined;
  /** Sections added to the configuration of every process of a role. */
  readonly more?: Readonly<Partial<Record<'sfu' | 'signaling' | 'recorder', object>>> | undefined;
  /** Processor core that all of them run on. */
  readonly core?: number | undefined;
}

export interface Processes {
  readonly sfus: readonly ServiceProcess[];
  readonly signalings: readonly ServiceProcess[];
  readonly recorders: readonly ServiceProcess[];
}

export async function writeProcesses(
  folder: string,
  sizes: SplitSizes,
  ports: Ports,
  { secret, databaseUrl, leaseSeconds, more, core }: ProcessOptions,
): Promise<Processes> {
  const write = (name: string, config: object) => writeConfig(folder, name, config, core);
  const only = sizes.nodes === 1;
  const named = (role: string, index: number) => (only ? role : `${role}-${index}`);
  const cluster = {
    secret,
    nodes: ports.control.map((port, index) => ({ id: nodeId(index), url: controlUrl(port) })),
    recorders: ports.recorder.map((port, index) => ({ id: nodeId(index), url: controlUrl(port) })),
  };
  const sfus = ports.control.map((port, index) =>
    write(named('sfu', index), {
      role: 'sfu',
      cluster: { secret },
      ...more?.sfu,
      sfu: {
        ...(only ? {} : { nodeId: nodeId(index) }),
        workers: sizes.workers,
        rtcBasePort: ports.media[index],
        listenAddresses: ['127.0.0.1'],
        control: { port },
        ...sectionOf(more?.sfu, 'sfu'),
      },
    }),
  );
  const signalings = ports.http.map((port, index) =>
    write(`signaling-${index}`, {
      role: 'signaling',
      cluster,
      http: { host: '127.0.0.1', port, plainPort: 0 },
      bystander: {
        host: '127.0.0.1',
        ...(index === 0
          ? { port: ports.bystander, publicOrigin: `https://127.0.0.1:${ports.bystander}` }
          : { port: 0 }),
      },
      ...(databaseUrl === undefined ? {} : { database: { url: databaseUrl } }),
      ...(leaseSeconds === undefined ? {} : { rooms: { leaseSeconds } }),
      ...more?.signaling,
    }),
  );
  const recorders = ports.recorder.map((port, index) =>
    write(named('recorder', index), {
      role: 'recorder',
      cluster: { secret },
      recording: { control: { port }, requireKeyCopy: false, reserveBytes: 0 },
      ...more?.recorder,
    }),
  );
  return {
    sfus: await Promise.all(sfus),
    signalings: await Promise.all(signalings),
    recorders: await Promise.all(recorders),
  };
}

function sectionOf(more: object | undefined, name: string): object {
  const section: unknown = more === undefined ? undefined : Reflect.get(more, name);
  return typeof section === 'object' && section !== null ? section : {};
}

/** Each process has a data folder of its own, so that each is an owner of its own. */
async function writeConfig(
  folder: string,
  name: string,
  options: object,
  core: number | undefined,
): Promise<ServiceProcess> {
  await mkdir(join(folder, name), { mode: 0o700 });
  const file = join(folder, `${name}.json`);
  const config = { dataDir: join(folder, name), logLevel: 'info', ...options };
  await writeFile(file, JSON.stringify(config), { mode: 0o600 });
  return new ServiceProcess(name, file, core === undefined ? {} : { core });
}

/** One master key for all signaling processes, and the demo's people. */
export async function prepareData(folder: string, count: number, databaseUrl?: string): Promise<DemoPeople> {
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
