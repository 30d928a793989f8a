/**
 * The difference between what should be and what is, as actions in the order they must happen. Pure. An action is only
 * named once what it stands on exists; the pass after that names the next one, so that no request waits for another.
 */
import type { Actual } from './actual.ts';
import { tapping } from './diff-taps.ts';
import { pipeLane } from './lanes.ts';
import type {
  DesiredConsumer,
  DesiredDataConsumer,
  DesiredDataFlow,
  DesiredFlow,
  DesiredPipe,
  DesiredTapConsumer,
  DesiredTapData,
  Plan,
  TapAddress,
} from './plan-types.ts';

export type Action = { readonly lane: string; readonly key: string } & (
  | { readonly do: 'pauseProducer'; readonly producerId: string; readonly paused: boolean }
  | { readonly do: 'pipe'; readonly pipe: DesiredPipe }
  | { readonly do: 'flow'; readonly flow: DesiredFlow }
  | { readonly do: 'dataFlow'; readonly flow: DesiredDataFlow }
  | { readonly do: 'beat'; readonly transportId: string; readonly peerId: string }
  | { readonly do: 'consume'; readonly consumer: DesiredConsumer }
  | { readonly do: 'pauseConsumer'; readonly consumerId: string; readonly paused: boolean }
  | { readonly do: 'layers'; readonly consumer: DesiredConsumer }
  | { readonly do: 'dataConsume'; readonly consumer: DesiredDataConsumer }
  | { readonly do: 'tap'; readonly tapId: string; readonly workerKey: string; readonly remote: TapAddress }
  | { readonly do: 'tapConsume'; readonly consumer: DesiredTapConsumer }
  | { readonly do: 'tapConsumeData'; readonly consumer: DesiredTapData }
  | { readonly do: 'closeConsumer'; readonly consumerId: string }
  | { readonly do: 'closeDataConsumer'; readonly dataConsumerId: string }
  | { readonly do: 'closeProducer'; readonly producerId: string }
  | { readonly do: 'closeDataProducer'; readonly dataProducerId: string }
  | { readonly do: 'closeTransport'; readonly transportId: string }
  | { readonly do: 'closeRouter'; readonly workerKey: string }
);

export interface DiffContext {
  /** Consumers whose receiver exists at the client. */
  readonly ready: ReadonlySet<string>;
  /** Receive transports that have their beat. */
  readonly beating: ReadonlySet<string>;
  /** Workers that the room or a peer of it is placed on. */
  readonly placed: ReadonlySet<string>;
  /** Peers that are in the room. */
  readonly present: ReadonlySet<string>;
}

/** Lists what to do now. Closing comes first, then sound, then pictures, then data. */
export function diff(plan: Plan, actual: Actual, context: DiffContext): Action[] {
  return [
    ...silencing(plan, actual),
    ...closing(plan, actual),
    ...closingAbsent(actual, context),
    ...closingFetches(actual, context),
    ...closingRouters(actual, context),
    ...piping(plan, actual),
    ...consuming(plan, actual, context, 'audio'),
    ...beating(actual, context),
    ...consuming(plan, actual, context, 'video'),
    ...dataConsuming(plan, actual),
    ...tapping(plan, actual),
  ];
}

function laneOf(actual: Actual, transportId: string): string {
  const peerId = actual.transports.get(transportId)?.peerId;
  return peerId === undefined ? `pipe ${transportId}` : `peer ${peerId}`;
}

function silencing(plan: Plan, actual: Actual): Action[] {
  const actions: Action[] = [];
  for (const producer of actual.producers.values()) {
    const transport = actual.transports.get(producer.transportId);
    const paused = plan.pausedProducers.has(producer.producerId);
    if (transport?.kind !== 'webrtc' || paused === producer.paused) continue;
    const { producerId } = producer;
    actions.push({
      do: 'pauseProducer',
      lane: `peer ${transport.peerId}`,
      key: `pause ${producerId}`,
      producerId,
      paused,
    });
  }
  return actions;
}

/** Closes what the plan no longer has: consumers of peers and taps, and what pipes carried. Publishers' own things are theirs. */
function closing(plan: Plan, actual: Actual): Action[] {
  const actions: Action[] = [];
  const flowConsumers = new Map([...plan.flows.values()].map((f) => [f.consumerId, f]));
  for (const { consumerId, transportId, producerId } of actual.consumers.values()) {
    const wanted = plan.consumers.get(consumerId) ?? plan.tapConsumers.get(consumerId);
    if (flowConsumers.has(consumerId) || wanted?.producerId === producerId) continue;
    const lane = laneOf(actual, transportId);
    actions.push({ do: 'closeConsumer', lane, key: `close ${consumerId}`, consumerId });
  }
  const dataFlowConsumers = new Set([...plan.dataFlows.values()].map((f) => f.dataConsumerId));
  for (const { dataConsumerId, transportId, dataProducerId, label } of actual.dataConsumers.values()) {
    const wanted = plan.dataConsumers.get(dataConsumerId) ?? plan.tapData.get(dataConsumerId);
    if (label === 'beat' || dataFlowConsumers.has(dataConsumerId)) continue;
    if (wanted?.dataProducerId === dataProducerId) continue;
    const lane = laneOf(actual, transportId);
    actions.push({ do: 'closeDataConsumer', lane, key: `close ${dataConsumerId}`, dataConsumerId });
  }
  return [...actions, ...closingPipes(plan, actual)];
}

function closingPipes(plan: Plan, actual: Actual): Action[] {
  const actions: Action[] = [];
  const ends = new Set(plan.pipes.flatMap((pipe) => pipe.ends.map((end) => end.transportId)));
  for (const transport of actual.transports.values()) {
    const { transportId } = transport;
    if (transport.kind === 'webrtc' || ends.has(transportId) || transportId === plan.tap?.tapId) continue;
    actions.push({
      do: 'closeTransport',
      lane: pipeLane(transport),
      key: `close ${transportId}`,
      transportId,
    });
  }
  for (const { producerId, transportId } of actual.producers.values()) {
    if (!ends.has(transportId) || plan.flows.has(producerId)) continue;
    actions.push({
      do: 'closeProducer',
      lane: `pipe ${transportId}`,
      key: `close ${producerId}`,
      producerId,
    });
  }
  for (const { dataProducerId, transportId } of actual.dataProducers.values()) {
    if (!ends.has(transportId) || plan.dataFlows.has(dataProducerId)) continue;
    const key = `close ${dataProducerId}`;
    actions.push({ do: 'closeDataProducer', lane: `pipe ${transportId}`, key, dataProducerId });
  }
  return actions;
}

/** Transports of peers that have left, found by a comparison or made while they left. */
function closingAbsent(actual: Actual, { present }: DiffContext): Action[] {
  const actions: Action[] = [];
  for (const { transportId, peerId } of actual.transports.values()) {
    if (peerId === undefined || present.has(peerId)) continue;
    actions.push({ do: 'closeTransport', lane: `peer ${peerId}`, key: `close ${transportId}`, transportId });
  }
  return actions;
}

/** A frame that was fetched for somebody who has left is for nobody. */
function closingFetches(actual: Actual, { present }: DiffContext): Action[] {
  return [...actual.dataProducers.values()]
    .filter(({ toPeerId }) => toPeerId !== undefined && !present.has(toPeerId))
    .map(({ dataProducerId, transportId }) => ({
      do: 'closeDataProducer',
      lane: laneOf(actual, transportId),
      key: `close ${dataProducerId}`,
      dataProducerId,
    }));
}

/** A worker that the room spread to and left again. */
function closingRouters(actual: Actual, { placed }: DiffContext): Action[] {
  const busy = new Set([...actual.transports.values()].map((transport) => transport.workerKey));
  return [...actual.routers.keys()]
    .filter((workerKey) => !placed.has(workerKey) && !busy.has(workerKey))
    .map((workerKey) => ({ do: 'closeRouter', lane: workerKey, key: `close ${workerKey}`, workerKey }));
}

function piping(plan: Plan, actual: Actual): Action[] {
  const actions: Action[] = [];
  const open = (transportId: string) => actual.transports.get(transportId)?.connected === true;
  for (const pipe of plan.pipes) {
    const [a, b] = pipe.ends;
    if (open(a.transportId) && open(b.transportId)) continue;
    if (!actual.routers.has(a.workerKey) || !actual.routers.has(b.workerKey)) continue;
    actions.push({ do: 'pipe', lane: pipeLane(a), key: `pipe ${a.transportId}`, pipe });
  }
  for (const flow of plan.flows.values()) {
    if (!open(flow.from.transportId) || !open(flow.to.transportId)) continue;
    const lane = pipeLane(flow.to);
    const consumer = actual.consumers.get(flow.consumerId);
    if (!consumer || !actual.producers.has(flow.pipedId)) {
      if (!actual.producers.has(flow.originalId)) continue;
      actions.push({ do: 'flow', lane, key: `flow ${flow.pipedId}`, flow });
    } else if (consumer.paused !== flow.paused) {
      const { consumerId, paused } = flow;
      actions.push({ do: 'pauseConsumer', lane, key: `pause ${consumerId}`, consumerId, paused });
    }
  }
  for (const flow of plan.dataFlows.values()) {
    if (!open(flow.from.transportId) || !open(flow.to.transportId)) continue;
    if (actual.dataConsumers.has(flow.dataConsumerId) && actual.dataProducers.has(flow.pipedId)) continue;
    if (!actual.dataProducers.has(flow.originalId)) continue;
    actions.push({ do: 'dataFlow', lane: pipeLane(flow.to), key: `flow ${flow.pipedId}`, flow });
  }
  return actions;
}

function beating(actual: Actual, { beating: has }: DiffContext): Action[] {
  const actions: Action[] = [];
  for (const { transportId, kind, direction, peerId } of actual.transports.values()) {
    if (kind !== 'webrtc' || direction !== 'recv' || peerId === undefined || has.has(transportId)) continue;
    actions.push({ do: 'beat', lane: `peer ${peerId}`, key: `beat ${transportId}`, transportId, peerId });
  }
  return actions;
}

function consuming(plan: Plan, actual: Actual, { ready }: DiffContext, kind: 'audio' | 'video'): Action[] {
  const actions: Action[] = [];
  for (const consumer of plan.consumers.values()) {
    if (consumer.kind !== kind || !actual.transports.has(consumer.transportId)) continue;
    const { consumerId } = consumer;
    const lane = `peer ${consumer.peerId}`;
    const is = actual.consumers.get(consumerId);
    if (is === undefined) {
      if (!actual.producers.has(consumer.producerId)) continue;
      actions.push({ do: 'consume', lane, key: `consume ${consumerId}`, consumer });
      continue;
    }
    if (is.producerId !== consumer.producerId) continue;
    if (kind === 'video' && (!sameLayers(is, consumer) || is.priority !== consumer.priority)) {
      if (consumer.layers) actions.push({ do: 'layers', lane, key: `layers ${consumerId}`, consumer });
    }
    const paused = consumer.paused || !ready.has(consumerId);
    if (is.paused !== paused) {
      actions.push({ do: 'pauseConsumer', lane, key: `pause ${consumerId}`, consumerId, paused });
    }
  }
  return actions;
}

function sameLayers(is: Pick<DesiredConsumer, 'layers'>, wanted: Pick<DesiredConsumer, 'layers'>): boolean {
  return (
    is.layers?.spatialLayer === wanted.layers?.spatialLayer &&
    is.layers?.temporalLayer === wanted.layers?.temporalLayer
  );
}

function dataConsuming(plan: Plan, actual: Actual): Action[] {
  const actions: Action[] = [];
  for (const consumer of plan.dataConsumers.values()) {
    const { dataConsumerId } = consumer;
    if (actual.dataConsumers.has(dataConsumerId) || !actual.transports.has(consumer.transportId)) continue;
    if (!actual.dataProducers.has(consumer.dataProducerId)) continue;
    const lane = `peer ${consumer.peerId}`;
    actions.push({ do: 'dataConsume', lane, key: `consume ${dataConsumerId}`, consumer });
  }
  return actions;
}
