/**
 * The part of the plan that is for the recorder: every source of the room goes to its tap, at least at the configured
 * rung, also when nobody watches (design section 7).
 */
import type { Rung } from '../protocol/media.ts';
import type { DataLabel } from '../protocol/methods-media.ts';
import { consumerIdOf, dataConsumerIdOf } from './ids.ts';
import type { DesiredTapConsumer, DesiredTapData, PlanInput } from './plan-types.ts';

/** Channels whose messages a replay needs; beats say nothing later, and what is fetched is kept as a blob. */
const RECORDED_LABELS: readonly DataLabel[] = ['preview', 'still', 'pose'];

/** Sources that are recorded: not the extra encodings that a publisher makes for viewers who need another codec. */
function recordedSources(input: PlanInput) {
  if (!input.recording) return [];
  return Object.values(input.state.sources).filter(
    (source) => source.source.alternativeOf === undefined && input.producers.has(source.producerId),
  );
}

export function planTapConsumers(input: PlanInput): DesiredTapConsumer[] {
  const { recording } = input;
  if (!recording) return [];
  const { tapId, workerKey } = recording;
  return recordedSources(input).flatMap(({ producerId, kind }) => {
    const originalWorkerKey = input.producers.get(producerId)?.workerKey;
    if (originalWorkerKey === undefined) return [];
    return {
      consumerId: consumerIdOf(tapId, producerId),
      tapId,
      workerKey,
      producerId,
      originalId: producerId,
      originalWorkerKey,
      kind,
      paused: false,
    };
  });
}

export function planTapData(input: PlanInput): DesiredTapData[] {
  const { recording } = input;
  if (!recording) return [];
  const { tapId, workerKey } = recording;
  return input.dataProducers
    .filter(({ label, peerId }) => RECORDED_LABELS.includes(label) && input.state.peers[peerId])
    .map(({ dataProducerId, peerId, label, producerId }) => ({
      dataConsumerId: dataConsumerIdOf(tapId, dataProducerId),
      tapId,
      workerKey,
      dataProducerId,
      originalId: dataProducerId,
      ownerPeerId: peerId,
      label,
      ...(producerId === undefined ? {} : { producerId }),
    }));
}

/** What the recording asks of publishers. Stills, where the publisher's own link carries nothing more. */
export function tapDemands(
  input: PlanInput,
): { readonly producerId: string; readonly rung: Rung; readonly stills: boolean }[] {
  const { minimumRung } = input;
  return recordedSources(input)
    .filter(({ kind }) => kind === 'video')
    .map(({ producerId, rung, source }) => ({
      producerId,
      rung: minimumRung.byRole[source.role] ?? minimumRung.default,
      stills: rung === 'still',
    }));
}
