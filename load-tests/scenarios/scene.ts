/** What every scenario begins with: a split stack on one core, bots on the other, and people for them to be. */
import { availableParallelism } from 'node:os';
import { Fleet, type RemoteBot } from '../bot/fleet.ts';
import type { BotCounts } from '../bot/orders.ts';
import { Passes } from '../bot/passes.ts';
import { randomOf } from '../cpr/random.ts';
import { type SplitStack, startSplit } from '../stack/split.ts';
import type { Scenario, Wishes } from './types.ts';

/** The stack's core; bots have core 0. */
export const SYSTEM_CORE = 1;
const BOTS_OF_A_PROCESS = 30;
/**
 * All bots come from one address and are few people, so that the limits on floods would be what is measured. They are tested
 * elsewhere (signaling/sockets/limits.test.ts).
 */
const WITHOUT_LIMITS = { limits: { scale: 1000, connectionsPerPerson: 10_000 } };

/** Those who may draw, with the role they draw in. */
export const COORDINATORS = ['doctor', 'duty-doctor'] as const;
/** Everyone who may come to a consultation. */
export const EVERYONE = [
  'doctor',
  'cardiologist',
  'duty-doctor',
  'dispatcher',
  'interpreter',
  'observer',
] as const;

/** Small enough that fifty of it are decoded on one core. */
export const PICTURE = { width: 320, height: 180, fps: 15 } as const;

export class Scene {
  readonly stack: SplitStack;
  readonly passes: Passes;
  readonly random: () => number;
  readonly #fleet: Fleet;
  readonly #closeStack: () => Promise<void>;
  readonly #bots: RemoteBot[] = [];

  private constructor(stack: SplitStack, fleet: Fleet, wishes: Wishes, closeStack: () => Promise<void>) {
    this.stack = stack;
    this.#closeStack = closeStack;
    this.#fleet = fleet;
    this.passes = new Passes(stack);
    this.random = randomOf(wishes.seed);
  }

  /** @param stack one that stands already and outlives the scene; it must have what the scenario needs. */
  static async open({ needs = {} }: Scenario, wishes: Wishes, stack?: SplitStack): Promise<Scene> {
    const fleet = new Fleet({ processes: Math.ceil(wishes.bots / BOTS_OF_A_PROCESS) });
    if (stack) return new Scene(stack, fleet, wishes, async () => undefined);
    try {
      const own = await startScenarioStack(needs);
      return new Scene(own, fleet, wishes, () => own.close());
    } catch (error) {
      await fleet.close();
      throw error;
    }
  }

  /** A bot as one of the demo's people; it does nothing before it joins. */
  async bot(username: string, { media = true } = {}): Promise<RemoteBot> {
    const name = `${username} ${this.#bots.length}`;
    const bot = await this.#fleet.add({ name, pass: await this.passes.of(username), media });
    this.#bots.push(bot);
    return bot;
  }

  /** So many bots, each the next of these people. */
  async cast(
    count: number,
    people: readonly string[],
    options: { media?: boolean } = {},
  ): Promise<RemoteBot[]> {
    const bots: RemoteBot[] = [];
    for (let index = 0; index < count; index += 1)
      bots.push(await this.bot(people[index % people.length] ?? 'doctor', options));
    return bots;
  }

  /** An ambulance that is live in the room; answers its camera's id as well. */
  async ambulance(roomId: string, { audio = true } = {}): Promise<{ crew: RemoteBot; producerId: string }> {
    const crew = await this.bot('paramedic');
    await crew.join(roomId, { role: 'crew' });
    const [producerId = ''] = await crew.publish({ video: PICTURE, audio });
    return { crew, producerId };
  }

  /** What every bot has counted. */
  counts(): Promise<BotCounts[]> {
    return Promise.all(this.#bots.map((bot) => bot.counts()));
  }

  /** Waits until these bots have everything that any of them has, and answers what they counted. */
  async settled(bots: readonly RemoteBot[]): Promise<BotCounts[]> {
    const last = Math.max(...(await Promise.all(bots.map((bot) => bot.counts()))).map((each) => each.last));
    await Promise.all(bots.map((bot) => bot.reaches(last)));
    return await Promise.all(bots.map((bot) => bot.counts()));
  }

  async close(): Promise<void> {
    await this.#fleet.close();
    await this.#closeStack();
  }
}

/**
 * A stack as scenarios play on it: on a core of its own, its limits on floods lifted.
 * @param sfu added to the configuration of its media nodes
 */
export function startScenarioStack(
  needs: NonNullable<Scenario['needs']>,
  sfu: object = {},
): Promise<SplitStack> {
  return startSplit({
    ...needs,
    ...(availableParallelism() > SYSTEM_CORE ? { core: SYSTEM_CORE } : {}),
    more: { signaling: WITHOUT_LIMITS, sfu },
  });
}

/** Roles by which people of several join. */
export function roleOf(name: string): { role?: 'coordinator' } {
  return name.startsWith('doctor') || name.startsWith('duty') ? { role: 'coordinator' } : {};
}
