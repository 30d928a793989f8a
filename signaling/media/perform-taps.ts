/** The actions of the reconcile loop that lead to the recorder. */
import { isAppError } from '../../platform/errors.ts';
import type { Action } from './diff.ts';
import { splitWorkerKey } from './ids.ts';
import type { MediaRoom } from './media-room.ts';
import type { DesiredTapConsumer, DesiredTapData } from './plan-types.ts';

/** Makes the tap, or finds the one that is there, and points it at the recorder. */
export async function openTap(
  room: MediaRoom,
  { tapId, workerKey, remote }: Extract<Action, { do: 'tap' }>,
): Promise<void> {
  const { workerId } = splitWorkerKey(workerKey);
  const made = await room.ask(workerKey, 'tap.create', { ...room.ids, workerId, tapId });
  try {
    await room.ask(workerKey, 'tap.connect', { ...room.ids, tapId, ...remote });
  } catch (error) {
    if (!isAppError(error, 'conflict')) throw error;
    // It leads to a socket that the recorder has closed since: the next pass makes it anew.
    await room.ask(workerKey, 'tap.close', { ...room.ids, tapId });
    room.actual.removeTransport(tapId);
    return;
  }
  if (!room.actual.routers.has(workerKey)) return;
  const known = room.actual.transports.get(tapId);
  const since = known?.since ?? room.now();
  const tap = { ...made, remote };
  room.actual.transports.set(tapId, {
    transportId: tapId,
    workerKey,
    kind: 'tap',
    connected: true,
    tap,
    since,
  });
}

export async function tapConsume(room: MediaRoom, wanted: DesiredTapConsumer): Promise<void> {
  const { consumerId, tapId, workerKey, producerId, originalId, originalWorkerKey } = wanted;
  const producer = room.actual.producers.get(producerId);
  const { kind, rtpParameters } = await room.ask(workerKey, 'tap.consume', {
    ...room.ids,
    tapId,
    consumerId,
    producerId,
    originalId,
    originalWorkerId: splitWorkerKey(originalWorkerKey).workerId,
  });
  // Closed or made anew meanwhile: the node has closed this consumer with it.
  if (!room.actual.transports.has(tapId) || room.actual.producers.get(producerId) !== producer) return;
  const made = { consumerId, transportId: tapId, producerId, workerKey, kind, rtpParameters };
  room.actual.consumers.set(consumerId, { ...made, paused: true, since: room.now() });
}

export async function tapConsumeData(room: MediaRoom, wanted: DesiredTapData): Promise<void> {
  const { dataConsumerId, tapId, workerKey, dataProducerId, originalId, label } = wanted;
  const ids = { tapId, dataConsumerId, dataProducerId, originalId };
  await room.ask(workerKey, 'tap.consumeData', { ...room.ids, ...ids });
  if (!room.actual.transports.has(tapId) || !room.actual.dataProducers.has(dataProducerId)) return;
  const made = { dataConsumerId, transportId: tapId, dataProducerId, label };
  room.actual.dataConsumers.set(dataConsumerId, { ...made, since: room.now() });
}
