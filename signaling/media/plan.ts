/**
 * MediaPlan (design section 5): from what the room is and what each peer shows, everything that should exist in the
 * nodes. A pure and total function; `reconcile` makes it so. In the order of giving up, audio comes first.
 */
import type { Rung } from '../protocol/media.ts';
import type { PeerState } from '../protocol/state.ts';
import type { AlternativeCodec } from './decode.ts';
import { dataConsumerIdOf } from './ids.ts';
import { betterRung } from './layers.ts';
import { isSilenced, planAudio } from './plan-audio.ts';
import { planPipes, routeConsumers, routeDataConsumers } from './plan-pipes.ts';
import { planTapConsumers, planTapData, tapDemands } from './plan-taps.ts';
import type {
  Demand,
  DesiredConsumer,
  DesiredDataConsumer,
  Plan,
  PlanDataProducer,
  PlanInput,
  PlanPeer,
} from './plan-types.ts';
import { planVideo, type VideoNeed } from './plan-video.ts';
import { mayReceivePreview } from './visibility.ts';

/** Makes the plan. Unknown producers in views, sources of unknown peers and peers without transports change nothing. */
export function makePlan(input: PlanInput): Plan {
  const silenced = silencedSources(input);
  const consumers: DesiredConsumer[] = [];
  const needs: VideoNeed[] = [];
  const data: DesiredDataConsumer[] = [];
  for (const peer of input.peers) {
    const viewer = input.state.peers[peer.peerId];
    if (!viewer) continue;
    consumers.push(...planAudio(input, peer, viewer));
    const video = planVideo(input, peer, viewer);
    needs.push(...video);
    consumers.push(...video.flatMap((need) => need.consumer ?? []));
    data.push(...planData(input, peer, viewer, video));
  }
  const viewed = routeConsumers(input, consumers, silenced);
  const viewedData = routeDataConsumers(input, data);
  const tapped = routeConsumers(input, planTapConsumers(input), silenced, viewed.flows);
  const tappedData = routeDataConsumers(input, planTapData(input), viewedData.dataFlows);
  return {
    ...viewed,
    ...viewedData,
    ...(input.recording ? { tap: input.recording } : {}),
    tapConsumers: tapped.consumers,
    tapData: tappedData.dataConsumers,
    pipes: planPipes(input),
    pausedProducers: silenced,
    demands: planDemands(input, needs, silenced),
  };
}

/** An alternative encoding is as silent as the source it stands for. */
function silencedSources(input: PlanInput): Set<string> {
  const silenced = new Set<string>();
  for (const source of Object.values(input.state.sources)) {
    const main = source.source.alternativeOf ? input.state.sources[source.source.alternativeOf] : undefined;
    if (isSilenced(input.state, source) || (main && isSilenced(input.state, main))) {
      silenced.add(source.producerId);
    }
  }
  return silenced;
}

/**
 * Stills go to whoever needs them, previews of marks and poses to all people at work, what is fetched to one peer alone; beats
 * belong to the transports.
 */
function planData(
  input: PlanInput,
  peer: PlanPeer,
  viewer: PeerState,
  video: readonly VideoNeed[],
): DesiredDataConsumer[] {
  const transportId = peer.recvTransportId;
  if (transportId === undefined) return [];
  const stills = new Set(video.filter((need) => need.stills).map((need) => need.sourceId));
  const wanted = (producer: PlanDataProducer): boolean => {
    if (producer.label === 'preview' || producer.label === 'pose')
      return mayReceivePreview(viewer, producer.peerId);
    if (producer.label === 'fetch')
      return producer.toPeerId === peer.peerId && mayReceivePreview(viewer, producer.peerId);
    return producer.label === 'still' && producer.producerId !== undefined && stills.has(producer.producerId);
  };
  return input.dataProducers.filter(wanted).map((producer) => ({
    dataConsumerId: dataConsumerIdOf(transportId, producer.dataProducerId),
    peerId: peer.peerId,
    transportId,
    workerKey: peer.workerKey,
    dataProducerId: producer.dataProducerId,
    originalId: producer.dataProducerId,
    ownerPeerId: producer.peerId,
    label: producer.label,
    ...(producer.producerId === undefined ? {} : { producerId: producer.producerId }),
  }));
}

/**
 * What each publisher is asked for. Video that nobody shows or records is null: it stops at the camera, not here. A
 * codec is asked for while somebody lacks it, and then for as long as somebody consumes what came of it.
 */
function planDemands(
  input: PlanInput,
  needs: readonly VideoNeed[],
  silenced: ReadonlySet<string>,
): Map<string, Demand> {
  const rungs = new Map<string, Rung | null>();
  const stills = new Set<string>();
  const codecs = new Map<string, Set<AlternativeCodec>>();
  const want = (id: string, rung: Rung) => rungs.set(id, betterRung(rungs.get(id) ?? null, rung));
  const ask = (id: string, codec: AlternativeCodec) =>
    codecs.set(id, (codecs.get(id) ?? new Set()).add(codec));
  for (const need of needs) {
    if (need.stills) stills.add(need.sourceId);
    for (const codec of need.alternatives) ask(need.sourceId, codec);
    const { consumer } = need;
    if (!consumer?.rung) continue;
    if (!consumer.paused) want(consumer.originalId, consumer.rung);
    if (consumer.originalId !== need.sourceId) {
      const codec = input.producers.get(consumer.originalId)?.codec.mimeType.toLowerCase();
      if (codec === 'video/vp8') ask(need.sourceId, 'video/VP8');
      if (codec === 'video/h264') ask(need.sourceId, 'video/H264');
    }
  }
  for (const demand of tapDemands(input)) {
    want(demand.producerId, demand.rung);
    if (demand.stills) stills.add(demand.producerId);
  }
  const demands = new Map<string, Demand>();
  for (const source of Object.values(input.state.sources)) {
    if (source.kind !== 'video' || !input.producers.has(source.producerId)) continue;
    demands.set(source.producerId, {
      peerId: source.peerId,
      rung: silenced.has(source.producerId) ? null : (rungs.get(source.producerId) ?? null),
      stills: stills.has(source.producerId),
      alternatives: [...(codecs.get(source.producerId) ?? [])].sort(),
    });
  }
  return demands;
}
