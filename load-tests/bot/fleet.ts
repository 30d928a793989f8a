/**
 * Many bots in child processes on one core, so that what they cost is known and kept away from the system under test:
 *
 * ```ts
 * const fleet = openFleet({ processes: 2 });
 * const bot = await fleet.add({ name: 'b1', pass, media: true });
 * await bot.join(roomId);
 * const { sight } = await bot.counts();
 * await fleet.close();
 * ```
 */
import { z } from 'zod';
import { PinnedProcess } from '../measuring/pinned-process.ts';
import type { Pass } from './door.ts';
import { BotCounts, Flooded, type FloodPlan, type JoinPlan, type Order, type PublishPlan } from './orders.ts';

/** The core of everything but the system under test (perf: one core serves, the other one asks). */
export const GENERATOR_CORE = 0;
const SCRIPT = new URL('./process.ts', import.meta.url);
const DEADLINE_MS = 60_000;
const Ids = z.array(z.string());

export interface FleetOptions {
  /** Child processes; one Node thread each. 1 unless told. */
  readonly processes?: number;
  readonly core?: number;
  /** A process whose network namespace the bots live in. */
  readonly namespaceOf?: number;
}

export class Fleet {
  readonly #processes: readonly PinnedProcess[];
  #bots = 0;

  constructor({ processes = 1, core = GENERATOR_CORE, namespaceOf }: FleetOptions = {}) {
    const options = { core, ...(namespaceOf === undefined ? {} : { namespaceOf }) };
    this.#processes = Array.from({ length: processes }, () => new PinnedProcess(SCRIPT, options));
  }

  /** Processor ids of its processes. */
  get pids(): number[] {
    return this.#processes.map(({ pid }) => pid);
  }

  /** The next bot, in the next process. It does nothing before it joins. */
  async add({ name, pass, media }: { name: string; pass: Pass; media: boolean }): Promise<RemoteBot> {
    const home = this.#processes[this.#bots % this.#processes.length];
    if (!home) throw new Error('a fleet has at least one process');
    this.#bots += 1;
    const { origin, cookie } = pass;
    await home.ask({ order: 'open', bot: name, pass: { origin, cookie }, media } satisfies Order);
    return new RemoteBot(name, home);
  }

  /** Ends all processes; whoever shall leave its room is closed before. Idempotent. */
  async close(): Promise<void> {
    await Promise.all(this.#processes.map((each) => each.close()));
  }
}

/** A `Bot` in another process; the same words mean the same. */
export class RemoteBot {
  readonly name: string;
  readonly #home: PinnedProcess;

  constructor(name: string, home: PinnedProcess) {
    this.name = name;
    this.#home = home;
  }

  async join(roomId: string, plan: JoinPlan = {}): Promise<number> {
    return z.number().parse(await this.#ask({ order: 'join', bot: this.name, roomId, plan }));
  }

  async publish(plan: PublishPlan): Promise<string[]> {
    return Ids.parse(await this.#ask({ order: 'publish', bot: this.name, plan }));
  }

  async chat(text: string, to: 'room' | 'staff' = 'room'): Promise<string> {
    return z.string().parse(await this.#ask({ order: 'chat', bot: this.name, text, to }));
  }

  async flood(plan: FloodPlan): Promise<Flooded> {
    const order = { order: 'flood', bot: this.name, plan } as const;
    return Flooded.parse(await this.#ask(order, plan.seconds * 1000 + DEADLINE_MS));
  }

  async cut(): Promise<void> {
    await this.#ask({ order: 'cut', bot: this.name });
  }

  async reaches(seq: number, waitMs = DEADLINE_MS): Promise<void> {
    await this.#ask({ order: 'reaches', bot: this.name, seq, waitMs }, waitMs + DEADLINE_MS);
  }

  async counts(): Promise<BotCounts> {
    return BotCounts.parse(await this.#ask({ order: 'counts', bot: this.name }));
  }

  /** In how many entries each of these messages and marks stood; 1 is right. */
  async times(ids: readonly string[]): Promise<number[]> {
    return z.array(z.number()).parse(await this.#ask({ order: 'times', bot: this.name, ids: [...ids] }));
  }

  async close(): Promise<void> {
    await this.#ask({ order: 'close', bot: this.name });
  }

  async vanish(): Promise<void> {
    await this.#ask({ order: 'vanish', bot: this.name });
  }

  /** Asks again until the answer holds. */
  async where(holds: (counts: BotCounts) => boolean, what: string, waitMs = DEADLINE_MS): Promise<BotCounts> {
    const end = performance.now() + waitMs;
    for (;;) {
      const counts = await this.counts();
      if (holds(counts)) return counts;
      if (performance.now() > end)
        throw new Error(`${this.name}: waited ${waitMs} ms in vain for ${what}: ${JSON.stringify(counts)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  #ask(order: Order, deadlineMs = DEADLINE_MS + 30_000): Promise<unknown> {
    return this.#home.ask(order, deadlineMs);
  }
}
