/** What tests of the media node share: a node with a connected owner, and the pipes an owner builds. */
import { createLogger } from '../../platform/log.ts';
import { createMetricsRegistry, type Registry } from '../../platform/metrics.ts';
import type { ControlClient, ControlEvent, ControlEventData } from '../../signaling/protocol/control.ts';
import { connectInMemory } from '../control-client.ts';
import { createMediaNode, type MediaNode, type MediaNodeOptions } from '../media-node.ts';
import type { FarNode } from './far-node.ts';

export const quietLogger = createLogger('sfu-test', {}, { level: 'silent' });

export interface OwnedNode {
  readonly node: MediaNode;
  readonly client: ControlClient;
  readonly metrics: Registry;
  close(): Promise<void>;
}

/** Starts a node on loopback and connects an owner in memory. */
export async function startOwnedNode(options: Partial<MediaNodeOptions> = {}): Promise<OwnedNode> {
  const metrics = createMetricsRegistry({ role: 'sfu', processMetrics: false });
  const node = await createMediaNode({
    nodeId: 'node-1',
    region: 'test',
    workers: 2,
    listenAddresses: [{ ip: '127.0.0.1' }],
    rtcBasePort: 0,
    av1: false,
    logger: quietLogger,
    metrics,
    ...options,
  });
  const client = connectInMemory(node, quietLogger);
  await linkUp(client);
  return {
    node,
    client,
    metrics,
    close: async () => {
      await client.close('end of test');
      await node.close('end of test');
    },
  };
}

export function linkUp(client: ControlClient): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = client.onLink((state) => {
    if (state === 'up') resolve();
  });
  return promise.finally(stop);
}

/** Resolves with the next event that `matches`. */
export function nextEvent<E extends ControlEvent>(
  client: ControlClient,
  event: E,
  matches: (data: ControlEventData<E>) => boolean = () => true,
): Promise<ControlEventData<E>> {
  const { promise, resolve } = Promise.withResolvers<ControlEventData<E>>();
  const stop = client.on(event, (data) => {
    if (matches(data)) resolve(data);
  });
  return promise.finally(stop);
}

/** The workers of a node, at least two. */
export function twoWorkers(node: MediaNode): [string, string] {
  const [first, second] = node.workers;
  if (first === undefined || second === undefined) throw new Error('the node needs two workers');
  return [first.workerId, second.workerId];
}

export interface RoomRef {
  readonly roomId: string;
  readonly epoch: number;
}

/** Builds a pipe between two workers of one node, as an owner does. */
export async function pipeWorkers(
  client: ControlClient,
  room: RoomRef,
  ends: readonly [{ workerId: string; transportId: string }, { workerId: string; transportId: string }],
): Promise<void> {
  const [near, far] = ends;
  const [a, b] = await Promise.all(
    ends.map((end) => client.request('transport.createPipe', { ...room, ...end })),
  );
  if (a === undefined || b === undefined) throw new Error('a pipe has two ends');
  await client.request('transport.connectPipe', { ...room, transportId: near.transportId, ...b });
  await client.request('transport.connectPipe', { ...room, transportId: far.transportId, ...a });
}

/** Builds a pipe between a worker of the node and the far node, and returns the far end. */
export async function pipeToFar(
  client: ControlClient,
  room: RoomRef,
  end: { workerId: string; transportId: string },
  far: FarNode,
) {
  const here = await client.request('transport.createPipe', { ...room, ...end });
  const there = await far.createPipe();
  const { srtpParameters } = there;
  if (srtpParameters === undefined) throw new Error('the far pipe has no SRTP');
  await there.connect(here);
  await client.request('transport.connectPipe', {
    ...room,
    transportId: end.transportId,
    ip: there.tuple.localAddress,
    port: there.tuple.localPort,
    srtpParameters,
  });
  return there;
}
