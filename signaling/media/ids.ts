/**
 * Names of what the owner makes in a node. They follow from what the thing is, so that a repeated request, a new owner
 * and a dump all mean the same object (control contract: "every id is chosen by the owner").
 */
import { createHash } from 'node:crypto';
import type { RtpParameters } from '../protocol/media.ts';

function derive(kind: string, ...parts: readonly string[]): string {
  return kind + createHash('sha256').update(parts.join('\n')).digest('base64url').slice(0, 27);
}

/** A consumer of one producer on one receive transport; a rebuilt transport has a new id, hence new consumers. */
export function consumerIdOf(transportId: string, producerId: string): string {
  return derive('c', transportId, producerId);
}

export function dataConsumerIdOf(transportId: string, dataProducerId: string): string {
  return derive('d', transportId, dataProducerId);
}

/** The end at `here` of the pipe between two workers of a room. */
export function pipeTransportIdOf(roomId: string, here: string, there: string): string {
  return derive('p', roomId, here, there);
}

/** What stands for a producer on another worker: it belongs to the end of the pipe it comes out of. */
export function pipedProducerIdOf(producerId: string, pipeTransportId: string): string {
  return derive('q', producerId, pipeTransportId);
}

export function pipedDataProducerIdOf(dataProducerId: string, pipeTransportId: string): string {
  return derive('r', dataProducerId, pipeTransportId);
}

/** The tap of a room towards one run of a recorder: a recorder that is new listens elsewhere and gets another. */
export function tapIdOf(roomId: string, workerKey: string, recorderBootId: string): string {
  return derive('t', roomId, workerKey, recorderBootId);
}

/** One consumer of a tap as it is now: made anew under the same id it has other SSRCs, and is another stretch. */
export function tapKeyOf(consumer: {
  readonly consumerId: string;
  readonly rtpParameters: RtpParameters;
}): string {
  return `${consumer.consumerId}/${consumer.rtpParameters.encodings?.[0]?.ssrc ?? 0}`;
}

/** Names a worker among all nodes. Ids have no slash, so the pair can be read back. */
export function workerKeyOf(nodeId: string, workerId: string): string {
  return `${nodeId}/${workerId}`;
}

export function splitWorkerKey(workerKey: string): { nodeId: string; workerId: string } {
  const slash = workerKey.indexOf('/');
  return { nodeId: workerKey.slice(0, slash), workerId: workerKey.slice(slash + 1) };
}
