/** The media side of a process: a node of its own in `all` and `sfu`, links to other nodes in `signaling`. */
import { availableParallelism } from 'node:os';
import type { Config } from '../../platform/config/schema.ts';
import { AppError } from '../../platform/errors.ts';
import { createLogger } from '../../platform/log.ts';
import type { Registry } from '../../platform/metrics.ts';
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
  const node = await createMediaNode({
    nodeId: config.sfu.nodeId,
    region: config.sfu.region,
    workers: config.sfu.workers ?? availableParallelism(),
    listenAddresses: mediaAddresses(config),
    rtcBasePort: config.sfu.rtcBasePort,
    initialOutgoingBitrate: config.media.initialOutgoingBitrate,
    av1: config.media.av1,
    logger: createLogger('sfu'),
    metrics: registry,
  });
  register('media node', (reason) => node.close(reason));
  return node;
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
  const server = await serveControl({ node, host, port, secret: clusterSecret(config), logger, onRequest });
  register('control server', (reason) => server.close(reason));
}

/** The links by which signaling reaches media: in memory to the own node, over the network to others. */
export function openLinks(config: Config, node: MediaNode | undefined, register: Register): ControlClient[] {
  const logger = createLogger('signaling.control');
  const links = config.cluster.nodes.map(({ id, url }) =>
    connectControl({ nodeId: id, url, secret: clusterSecret(config), logger }),
  );
  if (node) links.unshift(connectInMemory(node, logger));
  for (const link of links) register(`link to media node ${link.nodeId}`, (reason) => link.close(reason));
  return links;
}

function clusterSecret({ cluster }: Config): string {
  if (cluster.secret !== undefined) return cluster.secret;
  throw new AppError('config-invalid', 'Processes that run apart need a shared secret.', {
    whatToDo: 'Set cluster.secret to the same 32 or more random characters in every process.',
  });
}
