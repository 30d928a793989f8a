/**
 * A day of one site, event by event, with the measured costs: does what was planned carry it? Incidents come more often by the planned
 * headroom, and in the busiest hour a node dies.
 */

import type { UnitCosts } from '../cost/costs.ts';
import { randomOf } from '../cpr/random.ts';
import { DAY_MS, dayOf, HOUR_MS, type Incident, PEAK_HOUR } from './day.ts';
import { ambulanceRoom, bystanderRoom } from './demand.ts';
import type { Plan } from './model.ts';
import { LoadShares } from './shares.ts';
import { type PlacedRoom, Site } from './site.ts';

/** Until signaling takes a silent node for lost, and until a replacement runs. */
const LOST_MS = 5_000;
const DOWN_MS = 15 * 60_000;

export interface SimulationOptions {
  readonly seed: number;
  /** False: no node dies. */
  readonly death?: boolean;
}

/** What happened in the busiest hour and the one behind it, unless said otherwise. */
export interface Simulated {
  readonly seed: number;
  /** Of the whole day. */
  readonly incidents: number;
  readonly mostRooms: number;
  /** Distribution of load over time and processes, as shares of a core, of the process that the plan is bound by. */
  readonly load: { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number };
  /** Share of that time above the target load, before and after the death of the node, and while the node is away. */
  readonly aboveTarget: number;
  readonly aboveTargetWhileDown: number;
  /** Of the whole day: rooms for which no node was there, or that found one already full (a core, or the network port). */
  readonly withoutRoom: number;
  readonly moved: number;
  /** Every five minutes of the day: the mean load of the bound process, its most, and the rooms. */
  readonly curve: readonly {
    readonly hour: number;
    readonly mean: number;
    readonly most: number;
    readonly rooms: number;
  }[];
  readonly downFrom?: number;
}

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly act: () => void;
}

export function simulate(plan: Plan, unit: UnitCosts, { seed, death = true }: SimulationOptions): Simulated {
  const day = new Day(plan, unit, seed);
  if (death) day.kill();
  return day.run();
}

class Day {
  readonly #plan: Plan;
  readonly #site: Site;
  readonly #shares: LoadShares;
  readonly #seed: number;
  readonly #queue: Event[] = [];
  readonly #incidents: readonly Incident[];
  readonly #demands;
  readonly #live = new Set<PlacedRoom>();
  readonly #waiting: Incident[] = [];
  #order = 0;
  #now = 0;
  #ambulances: number;
  #mostRooms = 0;
  #withoutRoom = 0;
  #moved = 0;
  #downFrom: number | undefined;

  constructor(plan: Plan, unit: UnitCosts, seed: number) {
    const { assumed: a, perSite } = plan;
    this.#plan = plan;
    this.#seed = seed;
    this.#site = new Site(perSite.nodes, a, unit);
    this.#shares = new LoadShares(this.#site, perSite.bound, a);
    this.#incidents = dayOf(a, seed, 1 + a.headroom);
    this.#demands = { ambulance: ambulanceRoom(a, unit), bystander: bystanderRoom(a, unit) };
    // Growth brings vehicles with it.
    this.#ambulances = Math.ceil((a.ambulances / a.sites) * (1 + a.headroom));
    for (const incident of this.#incidents) this.#at(incident.atMs, () => this.#come(incident));
    for (let atMs = 0; atMs < DAY_MS; atMs += 5 * 60_000) {
      this.#at(atMs, () => this.#shares.sample(atMs / HOUR_MS, this.#live.size));
    }
  }

  /** At some minute of the busiest hour one node is gone, and a new one stands there a while later. */
  kill(): void {
    const random = randomOf(this.#seed ^ 0x5eed);
    const atMs = (PEAK_HOUR + random() * 0.75) * HOUR_MS;
    const node = this.#site.nodes[Math.floor(random() * this.#site.nodes.length)];
    if (!node) return;
    this.#downFrom = atMs / HOUR_MS;
    this.#at(atMs + LOST_MS, () => {
      node.up = false;
      this.#site.changed();
      this.#shares.isDown = true;
      for (const room of this.#live) {
        const isHit = room.home.node === node || room.people.some((worker) => worker.node === node);
        if (!isHit) continue;
        this.#moved += 1;
        if (!this.#site.move(room, this.#now)) this.#lose(room);
        else this.#judge(room);
      }
    });
    this.#at(atMs + DOWN_MS, () => {
      node.up = true;
      this.#site.changed();
      this.#shares.isDown = false;
    });
  }

  run(): Simulated {
    this.#queue.sort((a, b) => b.atMs - a.atMs || b.order - a.order);
    for (let event = this.#queue.pop(); event; event = this.#queue.pop()) {
      this.#shares.pass(event.atMs);
      this.#now = event.atMs;
      if (event.atMs > DAY_MS) break;
      event.act();
    }
    const { load, aboveTarget, aboveTargetWhileDown, curve } = this.#shares.figures();
    return {
      ...{ seed: this.#seed, incidents: this.#incidents.length, mostRooms: this.#mostRooms },
      ...{ load, aboveTarget, aboveTargetWhileDown, curve },
      ...{ withoutRoom: this.#withoutRoom, moved: this.#moved },
      ...(this.#downFrom === undefined ? {} : { downFrom: this.#downFrom }),
    };
  }

  #come(incident: Incident): void {
    if (incident.kind === 'ambulance') {
      if (this.#ambulances === 0) {
        this.#waiting.push(incident);
        return;
      }
      this.#ambulances -= 1;
    }
    const room = this.#site.open(this.#demands[incident.kind], this.#now);
    if (!room) {
      this.#withoutRoom += 1;
      if (incident.kind === 'ambulance') this.#ambulances += 1;
      return;
    }
    this.#live.add(room);
    this.#mostRooms = Math.max(this.#mostRooms, this.#live.size);
    for (const after of incident.joins) {
      this.#insert(this.#now + after, () => {
        if (this.#live.has(room)) this.#site.join(room, this.#now);
      });
    }
    this.#insert(this.#now + incident.lastsMs, () => this.#leave(incident, room));
    this.#judge(room);
  }

  #leave(incident: Incident, room: PlacedRoom): void {
    if (this.#live.delete(room)) this.#site.end(room);
    if (incident.kind !== 'ambulance') return;
    this.#ambulances += 1;
    const next = this.#waiting.shift();
    if (next) this.#come(next);
  }

  #lose(room: PlacedRoom): void {
    this.#live.delete(room);
    this.#withoutRoom += 1;
  }

  /** A room found none when what it was put on is full with it. */
  #judge({ home }: PlacedRoom): void {
    const { recorder, outMbit } = home.node;
    if (home.core > 1 || recorder > 1 || outMbit > this.#plan.assumed.nodeMbit) this.#withoutRoom += 1;
  }

  #at(atMs: number, act: () => void): void {
    this.#queue.push({ atMs, order: this.#order, act });
    this.#order += 1;
  }

  /** While it runs: the queue is kept in order, the next event last. */
  #insert(atMs: number, act: () => void): void {
    let [low, high] = [0, this.#queue.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#queue[middle]?.atMs ?? 0) > atMs) low = middle + 1;
      else high = middle;
    }
    this.#queue.splice(low, 0, { atMs, order: this.#order, act });
    this.#order += 1;
  }
}
