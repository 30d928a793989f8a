/**
 * The system as it runs in production, in one call: as many processes of each role as asked for (media nodes, signaling, recorders),
 * on throwaway data. Clients reach signaling through a front with one address, whichever process stands behind it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newSecret } from '../../platform/ids.ts';
import { createLogger } from '../../platform/log.ts';
import { connectControl } from '../../sfu/control-client.ts';
import type { DemoPeople } from '../../signaling/people/first-people.ts';
import type { ControlClient, RoomDump } from '../../signaling/protocol/control.ts';
import { startPostgres } from '../servers/postgres.ts';
import { type Front, openFront } from './front.ts';
import type { ServiceProcess } from './service-process.ts';
import {
  choosePorts,
  controlUrl,
  nodeId,
  type Ports,
  type Processes,
  prepareData,
  type SplitSizes,
  writeProcesses,
} from './split-config.ts';

export interface SplitOptions {
  /** Media nodes; 1 unless told. */
  readonly nodes?: number;
  /** Media workers of each node; 1 unless told. */
  readonly workers?: number;
  /** Signaling processes that may own rooms; 1 unless told. More than one share a PostgreSQL. */
  readonly signalings?: number;
  /** A PostgreSQL that all of them share. Unless told, one is started for more than one, else a SQLite file is used. */
  readonly databaseUrl?: string;
  /** Default of the configuration unless told. */
  readonly leaseSeconds?: number;
  /** A recorder as a process of its own beside each node; none unless told. */
  readonly recorder?: boolean;
  /** Sections of the configuration by role, such as `{ signaling: { limits: { scale: 100 } } }`. */
  readonly more?: Partial<Record<'sfu' | 'signaling' | 'recorder', object>>;
  /** Processor core for all of its processes, so that a generator on another one does not take from them. */
  readonly core?: number;
}

export interface SplitStack extends Processes {
  /** `https://127.0.0.1:PORT` of the front. */
  readonly origin: string;
  readonly demo: DemoPeople;
  /** The first of each; the first signaling process is running and stands behind the front, all nodes and recorders run. */
  readonly sfu: ServiceProcess;
  readonly signaling: ServiceProcess;
  readonly recorder?: ServiceProcess;
  readonly ports: Ports;
  /** Sends everyone to this one from now on. */
  turnTo(index: number): void;
  /** What the first node that has a room holds of it, asked of it over a control link of the test's own. */
  dump(roomId: string): Promise<RoomDump | undefined>;
  /** What each node holds of a room, in the order of the nodes. */
  dumps(roomId: string): Promise<readonly (RoomDump | undefined)[]>;
  /** Everything the processes printed. */
  output(): string;
  close(): Promise<void>;
}

/** Starts nodes, recorders and the first signaling process; rejects with what failed, having closed the rest. */
export async function startSplit(options: SplitOptions = {}): Promise<SplitStack> {
  const { nodes = 1, workers = 1, signalings = 1 } = options;
  const sizes: SplitSizes = { nodes, workers, signalings, recorders: options.recorder ? nodes : 0 };
  const folder = await mkdtemp(join(tmpdir(), 'goldenhour-split-'));
  const closers: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const ports = await choosePorts(sizes);
    const secret = newSecret(256);
    let { databaseUrl } = options;
    if (databaseUrl === undefined && signalings > 1) {
      const postgres = await startPostgres();
      closers.push(() => postgres.close());
      databaseUrl = postgres.url;
    }
    const { leaseSeconds, more, core } = options;
    const processes = await writeProcesses(folder, sizes, ports, {
      ...{ secret, databaseUrl, leaseSeconds, more, core },
    });
    const demo = await prepareData(folder, signalings, databaseUrl);
    const front = await openFront(portOf(ports, 0));
    closers.push(() => front.close());
    const { sfus, recorders } = processes;
    for (const each of [...recorders, ...sfus, ...processes.signalings]) closers.push(() => each.close());
    await Promise.all(
      [...sfus, ...recorders, ...processes.signalings.slice(0, 1)].map((each) => each.start()),
    );
    const logger = createLogger('split', {}, { level: 'silent' });
    const links = ports.control.map((port, index) =>
      connectControl({ nodeId: nodeId(index), url: controlUrl(port), secret, logger }),
    );
    for (const link of links) closers.push(() => link.close('the test is over'));
    return splitStack({ demo, front, ports, close, processes }, links);
  } catch (error) {
    await close();
    throw error;
  }
}

interface Parts extends Pick<SplitStack, 'demo' | 'ports' | 'close'> {
  readonly front: Front;
  readonly processes: Processes;
}

function splitStack({ front, processes, ...rest }: Parts, links: readonly ControlClient[]): SplitStack {
  const { sfus, signalings, recorders } = processes;
  const [sfu] = sfus;
  const [signaling] = signalings;
  const [recorder] = recorders;
  if (!sfu || !signaling) throw new Error('a split stack has at least one node and one signaling process');
  const dumps = (roomId: string) =>
    Promise.all(links.map(async (link) => (await link.request('node.dump', { roomIds: [roomId] })).rooms[0]));
  return {
    ...rest,
    ...processes,
    sfu,
    signaling,
    ...(recorder ? { recorder } : {}),
    origin: `https://127.0.0.1:${front.port}`,
    turnTo: (index) => front.turnTo(portOf(rest.ports, index)),
    dumps,
    dump: async (roomId) => (await dumps(roomId)).find((dump) => dump !== undefined),
    output: () =>
      [...sfus, ...signalings, ...recorders].map((each) => `--- ${each.name}\n${each.output}`).join('\n'),
  };
}

function portOf(ports: Ports, index: number): number {
  const port = ports.http[index];
  if (port === undefined) throw new Error(`there is no signaling process ${index}`);
  return port;
}
