/**
 * Which worker takes a room, and which one a peer of it. By packets sent and consumers, since a worker starves well
 * before its core is full (research: mediasoup forum thread 1896); the processor only decides between the two lowest.
 */
import type { WorkerStatus } from '../protocol/control.ts';
import type { MediaConfig } from './config.ts';

export interface Candidate extends WorkerStatus {
  readonly workerKey: string;
  readonly region: string;
  /** Peers placed there since the node last reported, which its figures do not show yet. */
  readonly expected: number;
}

/** Figures at which a worker counts as full: its share of either is its load. */
const FULL_PACKETS = 100_000;
const FULL_CONSUMERS = 500;
/** Consumers that a peer is expected to bring along. */
const CONSUMERS_PER_PEER = 6;

/** Load of a worker; 1 is full. */
export function loadOf(worker: Candidate): number {
  const consumers = worker.consumers + worker.expected * CONSUMERS_PER_PEER;
  return worker.packetsOutPerSecond / FULL_PACKETS + consumers / FULL_CONSUMERS;
}

/** The idler processor of the two least loaded workers; undefined when there is none. */
export function leastLoaded(candidates: readonly Candidate[], region = ''): Candidate | undefined {
  const near = candidates.filter((c) => region === '' || c.region === region);
  const sorted = [...(near.length > 0 ? near : candidates)].sort(
    (a, b) => loadOf(a) - loadOf(b) || (a.workerKey < b.workerKey ? -1 : 1),
  );
  const [first, second] = sorted;
  if (!first || !second) return first;
  const close = loadOf(second) - loadOf(first) < 0.05;
  return close && second.cpu + 0.1 < first.cpu ? second : first;
}

/** What the room itself knows of one of its workers, newer than the node's last report. */
export interface RoomUse {
  readonly workerKey: string;
  readonly peers: number;
}

/**
 * The worker for one more peer: where the room already is while that is not over its limits, otherwise a worker of the room
 * with space, otherwise a new one; with nothing better, the room's home, since a crowded room is better than none.
 */
export function workerForPeer(
  home: string,
  uses: readonly RoomUse[],
  candidates: readonly Candidate[],
  spreadAt: MediaConfig['spreadAt'],
): string {
  const peersOn = (workerKey: string) => uses.find((use) => use.workerKey === workerKey)?.peers ?? 0;
  const hasSpace = (worker: Candidate) =>
    peersOn(worker.workerKey) < spreadAt.peers &&
    worker.consumers + worker.expected * CONSUMERS_PER_PEER < spreadAt.consumers &&
    worker.packetsOutPerSecond < spreadAt.packetsOutPerSecond;
  const free = candidates.filter(hasSpace);
  if (free.some((worker) => worker.workerKey === home)) return home;
  const used = free.filter((worker) => peersOn(worker.workerKey) > 0);
  return (leastLoaded(used) ?? leastLoaded(free))?.workerKey ?? home;
}
