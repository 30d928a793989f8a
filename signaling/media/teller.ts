/** What clients are told of the plan: consumers, their rungs, what publishers are asked for. Only what changed is said. */
import type { Rung } from '../protocol/media.ts';
import type { ActualConsumer, ActualDataConsumer } from './actual.ts';
import type { LadderConsumer } from './downlink.ts';
import { layersOf } from './layers.ts';
import type { MediaRoom } from './media-room.ts';
import type { PeerMedia } from './peer-media.ts';
import type { Demand, DesiredConsumer, Plan } from './plan-types.ts';

/** A pushed consumer the client did not answer is pushed again: the notification may have been dropped. */
const ANNOUNCE_AGAIN_MS = 3000;

export class Teller {
  readonly #room: MediaRoom;
  /** Last demand said of each producer. */
  readonly #demands = new Map<string, string>();
  /** Last rung everyone was told of, by viewer and source. */
  readonly #rungs = new Map<string, { peerId: string; producerId: string; rung: Rung }>();
  readonly #announcedAt = new Map<string, number>();

  constructor(room: MediaRoom) {
    this.#room = room;
  }

  /** Says what a new plan changed for publishers, and feeds the viewers' ladders with it. */
  tell(plan: Plan): void {
    for (const [producerId, demand] of plan.demands) this.#demand(producerId, demand, false);
    for (const producerId of this.#demands.keys()) {
      if (!plan.demands.has(producerId)) this.#demands.delete(producerId);
    }
    const byPeer = Map.groupBy(plan.consumers.values(), (consumer) => consumer.peerId);
    for (const peer of this.#room.peers.values()) {
      const there = (byPeer.get(peer.peerId) ?? []).filter((c) =>
        this.#room.actual.consumers.has(c.consumerId),
      );
      peer.ladder.setConsumers(there.map((consumer) => this.#ladderConsumer(peer, consumer)));
      for (const consumer of there) {
        // Of one made by a former owner nobody knows whether the client was told.
        const at = this.#announcedAt.get(consumer.consumerId) ?? Number.NEGATIVE_INFINITY;
        const unanswered = !peer.ready.has(consumer.consumerId);
        if (unanswered && this.#room.now() - at >= ANNOUNCE_AGAIN_MS) this.announce(consumer);
      }
    }
    this.states();
  }

  /** Lets the ladders step and says what changed. Returns true when the plan has to be made anew. */
  tick(): boolean {
    let changed = false;
    for (const peer of this.#room.peers.values()) {
      if (peer.ladder.tick(this.#room.now())) changed = true;
    }
    this.states();
    return changed;
  }

  /** Pushes a consumer to its viewer. */
  announce({ consumerId, transportId, originalId, peerId, kind }: DesiredConsumer): void {
    const consumer = this.#room.actual.consumers.get(consumerId);
    const source = this.#room.state.sources[originalId];
    if (!consumer || !source) return;
    this.#announcedAt.set(consumerId, this.#room.now());
    this.#room.notify(peerId, 'media.consumer', {
      consumerId,
      transportId,
      producerId: originalId,
      peerId: source.peerId,
      kind,
      rtpParameters: consumer.rtpParameters,
    });
  }

  /** Everything a peer must know that came back on a new socket. */
  tellAgain(peer: PeerMedia): void {
    const { plan, actual } = this.#room;
    if (peer.lost) {
      this.#room.notify(peer.peerId, 'media.lost', { reason: peer.lost, generation: this.#room.generation });
    }
    for (const beat of peer.beats.values()) this.#room.notify(peer.peerId, 'media.dataConsumer', beat);
    for (const consumer of plan?.consumers.values() ?? []) {
      if (consumer.peerId === peer.peerId && actual.consumers.has(consumer.consumerId))
        this.announce(consumer);
    }
    for (const [producerId, demand] of plan?.demands ?? []) {
      if (demand.peerId === peer.peerId) this.#demand(producerId, demand, true);
    }
    // Asked for again, the node answers with the same channels, and the client is told of them again.
    const recv = actual.transportOf(peer.peerId, 'recv')?.transportId;
    for (const [id, data] of actual.dataConsumers) {
      if (data.transportId === recv && data.label !== 'beat') actual.dataConsumers.delete(id);
    }
    peer.told.clear();
    this.states();
    if (this.#rungs.size > 0) {
      this.#room.notify(peer.peerId, 'media.rungs', { rungs: [...this.#rungs.values()] });
    }
  }

  consumerGone(consumer: ActualConsumer): void {
    const peerId = this.#room.actual.transports.get(consumer.transportId)?.peerId;
    this.#announcedAt.delete(consumer.consumerId);
    for (const peer of this.#room.peers.values()) {
      peer.ready.delete(consumer.consumerId);
      peer.told.delete(consumer.consumerId);
    }
    if (peerId === undefined) return;
    this.#room.notify(peerId, 'media.consumerClosed', { consumerId: consumer.consumerId, reason: 'closed' });
  }

  dataConsumerGone({ dataConsumerId, transportId }: ActualDataConsumer): void {
    const peerId = this.#room.actual.transports.get(transportId)?.peerId;
    if (peerId === undefined) return;
    this.#room.notify(peerId, 'media.dataConsumerClosed', { dataConsumerId, reason: 'closed' });
  }

  /** Rungs by the number of viewers on them. */
  countRungs(counts: Map<string, number>): void {
    for (const { rung } of this.#rungs.values()) counts.set(rung, (counts.get(rung) ?? 0) + 1);
  }

  #demand(producerId: string, { peerId, rung, stills, alternatives }: Demand, again: boolean): void {
    const demand = { producerId, rung, stills, alternatives: [...alternatives] };
    const text = JSON.stringify(demand);
    if (!again && this.#demands.get(producerId) === text) return;
    this.#demands.set(producerId, text);
    this.#room.notify(peerId, 'media.demand', demand);
  }

  /** To each viewer what it receives now, to everyone who sees what. */
  states(): void {
    const now = this.#room.now();
    const seen = new Set<string>();
    const changes: { peerId: string; producerId: string; rung: Rung }[] = [];
    for (const peer of this.#room.peers.values()) {
      for (const state of peer.ladder.states(now)) {
        const text = JSON.stringify(state);
        if (peer.told.get(state.consumerId) !== text) {
          peer.told.set(state.consumerId, text);
          this.#room.notify(peer.peerId, 'media.consumerState', state);
        }
        const wanted = this.#room.plan?.consumers.get(state.consumerId);
        if (wanted?.kind !== 'video' || state.reason === 'paused') continue;
        const key = `${peer.peerId} ${wanted.sourceId}`;
        seen.add(key);
        if (this.#rungs.get(key)?.rung === state.rung) continue;
        const entry = { peerId: peer.peerId, producerId: wanted.sourceId, rung: state.rung };
        this.#rungs.set(key, entry);
        changes.push(entry);
      }
    }
    for (const key of this.#rungs.keys()) if (!seen.has(key)) this.#rungs.delete(key);
    if (changes.length > 0)
      this.#room.deps.notifier.notifyRoom(this.#room.roomId, 'media.rungs', { rungs: changes });
  }

  #ladderConsumer(peer: PeerMedia, wanted: DesiredConsumer): LadderConsumer {
    const { consumerId, originalId, sourceId, kind, full, rung } = wanted;
    const source = this.#room.state.sources[originalId];
    const producer = this.#room.actual.producers.get(originalId);
    return {
      consumerId,
      originalId,
      sourceId,
      kind,
      idle: !peer.ready.has(consumerId) || wanted.idle,
      ...(kind === 'video' && producer
        ? { layers: layersOf(producer.rtpParameters, source?.source ?? {}) }
        : {}),
      ...(rung ? { wanted: rung } : {}),
      full,
      flows: producer?.score !== 0,
      ...(source?.rung ? { uplink: source.rung } : {}),
    };
  }
}
