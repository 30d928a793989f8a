/**
 * A site in a simulation: nodes with workers and a recorder each, rooms placed on them by the rule the system itself places by, from
 * figures that are up to a second old.
 */
import { MEDIA_DEFAULTS } from '../../signaling/media/config.ts';
import { type Candidate, leastLoaded, workerForPeer } from '../../signaling/media/placement.ts';
import type { UnitCosts } from '../cost/costs.ts';
import type { Assumed } from './assumptions.ts';
import type { RoomDemand } from './demand.ts';

const STATUS_MS = 1_000;

export interface SimulatedWorker {
  readonly key: string;
  readonly node: SimulatedNode;
  /** Share of a core. */
  core: number;
  packetsOut: number;
  consumers: number;
  peers: number;
}

export interface SimulatedNode {
  readonly workers: readonly SimulatedWorker[];
  up: boolean;
  /** Share of the recorder's core, and of the network port. */
  recorder: number;
  outMbit: number;
}

export interface PlacedRoom {
  readonly demand: RoomDemand;
  home: SimulatedWorker;
  /** Where each person is, the one at the scene first. */
  readonly people: SimulatedWorker[];
}

export class Site {
  readonly nodes: readonly SimulatedNode[];
  readonly #workers: ReadonlyMap<string, SimulatedWorker>;
  readonly #a: Assumed;
  readonly #unit: UnitCosts;
  #candidates: Candidate[] = [];
  readonly #expected = new Map<string, number>();
  #statusAt = Number.NEGATIVE_INFINITY;

  constructor(nodes: number, a: Assumed, unit: UnitCosts) {
    this.#a = a;
    this.#unit = unit;
    this.nodes = Array.from({ length: nodes }, (_, n) => nodeOf(n, a.workers, unit));
    this.#workers = new Map(
      this.nodes.flatMap(({ workers }) => workers.map((worker) => [worker.key, worker])),
    );
  }

  /** Makes a room with whoever is at the scene; undefined when no node is up. */
  open(demand: RoomDemand, nowMs: number): PlacedRoom | undefined {
    const home = this.#choose(nowMs);
    if (!home) return undefined;
    this.#expect(home);
    const room: PlacedRoom = { demand, home, people: [] };
    this.#source(room, 1);
    this.join(room, nowMs);
    return room;
  }

  /** One more person: where the room already is, or where the rule sends them. */
  join(room: PlacedRoom, nowMs: number): void {
    const uses = new Map<string, number>();
    for (const { key } of room.people) uses.set(key, (uses.get(key) ?? 0) + 1);
    const key = workerForPeer(
      room.home.key,
      [...uses].map(([workerKey, peers]) => ({ workerKey, peers })),
      this.#known(nowMs),
      MEDIA_DEFAULTS.spreadAt,
    );
    const worker = this.#workers.get(key) ?? room.home;
    this.#expect(worker);
    room.people.push(worker);
    this.#person(room, worker, 1);
  }

  end(room: PlacedRoom): void {
    for (const worker of room.people.splice(0)) this.#person(room, worker, -1);
    this.#source(room, -1);
  }

  /** Places a room anew whose node was lost, with everyone in it. False when no node is up. */
  move(room: PlacedRoom, nowMs: number): boolean {
    const people = room.people.length;
    this.end(room);
    const home = this.#choose(nowMs);
    if (!home) return false;
    this.#expect(home);
    room.home = home;
    this.#source(room, 1);
    for (let n = 0; n < people; n += 1) this.join(room, nowMs);
    return true;
  }

  /** A node that comes or goes is known at once; the time until then is the caller's. */
  changed(): void {
    this.#statusAt = Number.NEGATIVE_INFINITY;
  }

  #choose(nowMs: number): SimulatedWorker | undefined {
    const chosen = leastLoaded(this.#known(nowMs));
    return chosen && this.#workers.get(chosen.workerKey);
  }

  /** As signaling knows the workers: the last report, and who was placed since. */
  #known(nowMs: number): readonly Candidate[] {
    if (nowMs - this.#statusAt >= STATUS_MS) {
      this.#statusAt = nowMs;
      this.#expected.clear();
      this.#candidates = this.nodes.flatMap(({ up, workers }) => (up ? workers.map(candidateOf) : []));
    }
    if (this.#expected.size === 0) return this.#candidates;
    return this.#candidates.map((candidate) => {
      const expected = this.#expected.get(candidate.workerKey);
      return expected === undefined ? candidate : { ...candidate, expected };
    });
  }

  #expect({ key }: SimulatedWorker): void {
    this.#expected.set(key, (this.#expected.get(key) ?? 0) + 1);
  }

  /** What the scene sends, and the recorder takes. */
  #source({ demand, home }: PlacedRoom, sign: 1 | -1): void {
    const { inPackets, recorder } = demand;
    const sent = inPackets * this.#a.recorded;
    home.core += sign * this.#coreOf(inPackets, sent);
    home.packetsOut += sign * sent;
    home.consumers += sign * demand.tracks;
    home.node.recorder += sign * recorder;
  }

  /** What one person receives; over a pipe it is sent and received once more. */
  #person({ demand, home }: PlacedRoom, worker: SimulatedWorker, sign: 1 | -1): void {
    const packets = demand.outPackets / demand.peers;
    worker.core += sign * this.#coreOf(worker === home ? 0 : packets, packets);
    worker.packetsOut += sign * packets;
    worker.consumers += (sign * demand.consumers) / demand.peers;
    worker.peers += sign;
    worker.node.outMbit += (sign * demand.outMbit) / demand.peers;
    if (worker === home) return;
    home.core += sign * this.#coreOf(0, packets);
    home.packetsOut += sign * packets;
  }

  #coreOf(received: number, sent: number): number {
    const { packetInMicros, packetOutMicros } = this.#unit;
    return ((received * packetInMicros + sent * packetOutMicros) * this.#a.webrtc) / 1e6;
  }
}

function nodeOf(n: number, workers: number, unit: UnitCosts): SimulatedNode {
  const list: SimulatedWorker[] = [];
  const node: SimulatedNode = { workers: list, up: true, recorder: unit.recorderIdleCore, outMbit: 0 };
  for (let index = 0; index < workers; index += 1) {
    const key = `n${String(n).padStart(5, '0')}/${index}`;
    list.push({ key, node, core: unit.workerIdleCore, packetsOut: 0, consumers: 0, peers: 0 });
  }
  return node;
}

function candidateOf({ key, core, packetsOut, consumers }: SimulatedWorker): Candidate {
  return {
    ...{ workerKey: key, workerId: key, region: '', expected: 0, routers: 0, producers: 0 },
    consumers: Math.max(0, Math.round(consumers)),
    packetsOutPerSecond: Math.max(0, Math.round(packetsOut)),
    cpu: Math.min(1, Math.max(0, core)),
  };
}
