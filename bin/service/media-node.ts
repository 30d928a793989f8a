/** The media side of a process: a node of its own in `all` and `sfu`, links to other nodes in `signaling`. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { workerBin } from 'mediasoup';
import type { Config } from '../../platform/config/schema.ts';
import { AppError, messageOf } from '../../platform/errors.ts';
import { createLogger, type Logger } from '../../platform/log.ts';
import type { Registry } from '../../platform/metrics.ts';
import { batchedWorker } from '../../platform/setup/batched-worker.ts';
import { machineAddresses } from '../../platform/tls/addresses.ts';
import { connectControl, connectInMemory } from '../../sfu/control-client.ts';
import { serveControl } from '../../sfu/control-server.ts';
import type { ListenAddress } from '../../sfu/listen.ts';
import { createMediaNode, type MediaNode } from '../../sfu/media-node.ts';
import type { ControlClient } from '../../signaling/protocol/control.ts';
import { nodeStatus } from './node-status.ts';
import type { Register } from './open.ts';

/** Starts this process's own media node. */
export async function openMediaNode(
  config: Config,
  registry: Registry,
  register: Register,
): Promise<MediaNode> {
  const logger = createLogger('sfu');
  const node = await createMediaNode({
    nodeId: config.sfu.nodeId,
    region: config.sfu.region,
    workers: config.sfu.workers ?? availableParallelism(),
    listenAddresses: mediaAddresses(config),
    rtcBasePort: config.sfu.rtcBasePort,
    pipeAddress: { ip: config.sfu.pipeAddress },
    initialOutgoingBitrate: config.media.initialOutgoingBitrate,
    av1: config.media.av1,
    workerBin: await workerProgram(config, logger),
    logger,
    metrics: registry,
  });
  register('media node', (reason) => node.close(reason));
  return node;
}

/** The worker that hands packets over in batches where it is wanted and can be made; else the plain one, which does the same at a higher cost. */
async function workerProgram({ sfu }: Config, logger: Logger): Promise<string | undefined> {
  if (!sfu.batchedSending) return undefined;
  try {
    return await batchedWorker(workerBin);
  } catch (error) {
    logger.warn({ reason: messageOf(error) }, 'packets are not sent in batches');
    return undefined;
  }
}

/** Loopback is added, so that a browser on the same machine needs no other network. */
function mediaAddresses({ sfu }: Config): ListenAddress[] {
  const found = machineAddresses().filter((ip) => ip !== '::1');
  const addresses = sfu.listenAddresses.length > 0 ? sfu.listenAddresses : found;
  return addresses.map((ip, index) => {
    const announced = sfu.announcedAddresses[index];
    return announced === undefined ? { ip } : { ip, announced };
  });
}

/** Serves this process's node to the owners of rooms in other processes, and its state to whoever watches it. */
export async function openControl(
  config: Config,
  node: MediaNode,
  registry: Registry,
  register: Register,
): Promise<void> {
  const { host, port } = config.sfu.control;
  const logger = createLogger('sfu.control');
  const onRequest = nodeStatus({ node, registry, metrics: config.metrics, logger });
  const tls = await controlCertificate(config);
  const secret = clusterSecret(config);
  const server = await serveControl({ node, host, port, secret, logger, onRequest, ...(tls ? { tls } : {}) });
  register('control server', (reason) => server.close(reason));
  register('rooms of the media node', () => moveRoomsAway(node));
}

async function controlCertificate({ sfu }: Config): Promise<{ key: string; cert: string } | undefined> {
  const { certFile, keyFile } = sfu.control;
  if (certFile === undefined || keyFile === undefined) return undefined;
  const [key, cert] = await Promise.all([readFile(keyFile, 'utf8'), readFile(certFile, 'utf8')]);
  return { key, cert };
}

/** How long a node that is told to end waits for its rooms to move; less than its end may take in all. */
const MOVE_MS = 8000;

/** Asks the owners to move every room to another node, and waits until the last one has gone or time is up. */
async function moveRoomsAway(node: MediaNode): Promise<void> {
  const rooms = async () => (await node.handle('node.dump', {})).rooms.length;
  if ((await rooms()) === 0) return;
  await node.drain();
  const deadline = performance.now() + MOVE_MS;
  while ((await rooms()) > 0 && performance.now() < deadline) await setTimeout(100);
}

/** The links by which signaling reaches media: in memory to the own node, over the network to others. */
export function openLinks(config: Config, node: MediaNode | undefined, register: Register): ControlClient[] {
  const logger = createLogger('signaling.control');
  const { nodes, caFile } = config.cluster;
  const ca = caFile === undefined ? {} : { ca: readFileSync(caFile, 'utf8') };
  const links = nodes.map(({ id, url }) =>
    connectControl({ nodeId: id, url, secret: clusterSecret(config), logger, ...ca }),
  );
  if (node) links.unshift(connectInMemory(node, logger));
  for (const link of links) register(`link to media node ${link.nodeId}`, (reason) => link.close(reason));
  return links;
}

/** What processes that run apart know one another by. */
export function clusterSecret({ cluster }: Config): string {
  if (cluster.secret !== undefined) return cluster.secret;
  throw new AppError('config-invalid', 'Processes that run apart need a shared secret.', {
    whatToDo: 'Set cluster.secret to the same 32 or more random characters in every process.',
  });
}
