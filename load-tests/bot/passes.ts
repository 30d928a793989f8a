/** Demo people at the doors of a stack: each signs in once, and all bots of one person share the pass, as pages of a browser do. */
import type { DemoPeople } from '../../signaling/people/first-people.ts';
import { Bot } from './bot.ts';
import { type Pass, signIn } from './door.ts';

export interface Reachable {
  readonly origin: string;
  readonly demo: DemoPeople;
}

export class Passes {
  readonly #stack: Reachable;
  readonly #origin: string;
  readonly #known = new Map<string, Promise<Pass>>();

  /** @param origin where bots reach the stack, when that is not the stack's own origin: a relay before it. */
  constructor(stack: Reachable, origin = stack.origin) {
    this.#stack = stack;
    this.#origin = origin;
  }

  of(username: string): Promise<Pass> {
    const known = this.#known.get(username) ?? this.#enter(username);
    this.#known.set(username, known);
    return known;
  }

  /** Makes rooms as a dispatcher does and answers their ids. */
  async rooms(count: number, title: string): Promise<string[]> {
    const dispatcher = new Bot({ name: 'rooms', pass: await this.of('dispatcher') });
    try {
      const organisations = Object.values(this.#stack.demo.organisations);
      const ids: string[] = [];
      for (let number = 1; number <= count; number += 1)
        ids.push(await dispatcher.createRoom(`${title} ${number}`, organisations));
      return ids;
    } finally {
      await dispatcher.close();
    }
  }

  #enter(username: string): Promise<Pass> {
    const person = this.#stack.demo.people.find((each) => each.username === username);
    if (!person) throw new Error(`the demo has no ${username}`);
    return signIn(this.#origin, username, person.password);
  }
}
