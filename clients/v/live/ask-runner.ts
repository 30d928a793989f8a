/** Meets what the dispatcher asks: at once where the phone may, else by a key. Every ask is answered, a refusal too. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { EventOf } from '../../../signaling/protocol/events.ts';
import type { AskState } from '../../../signaling/protocol/state-bystander.ts';
import { howToMeet, openAsks, type PhoneNow } from './asks.ts';
import { type Line, warn } from './line.ts';

export type Outcome = EventOf<'BystanderAnswered'>['outcome'];
export interface Answer {
  readonly outcome: Outcome;
  readonly why?: string;
}
/** What was done at once, for the person to see. */
export interface Done {
  readonly ask: AskState;
  readonly outcome: Outcome;
}

export interface AskDeps {
  readonly line: Line;
  readonly now: () => PhoneNow;
  /** Carries one out. Called straight from the tap where there was one. A rejection answers `failed`. */
  readonly meet: (ask: AskState) => Promise<Answer>;
}

export class AskRunner {
  readonly #deps: AskDeps;
  readonly #waiting = signal<readonly AskState[]>([]);
  readonly #done = signal<Done | undefined>(undefined);
  /** Under way or answered by this page; the room's word comes later. */
  readonly #taken = new Set<string>();
  readonly #stop: () => void;

  constructor(deps: AskDeps) {
    this.#deps = deps;
    this.#stop = deps.line.state.subscribe(() => this.look());
  }

  /** What waits for the person's key, oldest first. */
  get waiting(): ReadonlySignal<readonly AskState[]> {
    return this.#waiting;
  }
  /** The newest that the phone did by itself. */
  get done(): ReadonlySignal<Done | undefined> {
    return this.#done;
  }

  /** The person's key. */
  agree(ask: AskState): void {
    this.#take(ask);
    this.#run(ask, false);
  }

  refuse(ask: AskState): void {
    this.#take(ask);
    this.#answer(ask, { outcome: 'refused' });
  }

  /** Met by another key of the page, such as the one that turns the camera on. */
  metBy(what: AskState['what'], answer: Answer): void {
    for (const ask of this.#waiting.peek().filter((each) => each.what === what)) {
      this.#take(ask);
      this.#answer(ask, answer);
    }
  }

  close(): void {
    this.#stop();
  }

  /** Looks again at what is open; whoever knows that the phone can more or less than before calls it. */
  look(): void {
    const { line, now } = this.#deps;
    const open = openAsks(line.state.peek(), line.own.peerId).filter(({ askId }) => !this.#taken.has(askId));
    for (const ask of open) {
      const way = howToMeet(ask, now());
      if (way === 'key' || way === 'wait') continue;
      this.#taken.add(ask.askId);
      if (way === 'at-once') this.#run(ask, true);
      else {
        this.#done.value = { ask, outcome: 'failed' };
        this.#answer(ask, { outcome: 'failed', why: 'camera-off' });
      }
    }
    this.#show();
  }

  #show(): void {
    const { line, now: phone } = this.#deps;
    const open = openAsks(line.state.peek(), line.own.peerId).filter(
      (ask) => !this.#taken.has(ask.askId) && howToMeet(ask, phone()) !== 'wait',
    );
    const now = this.#waiting.peek();
    const same = open.length === now.length && open.every((ask, index) => ask.askId === now[index]?.askId);
    if (!same) this.#waiting.value = open;
  }

  #take(ask: AskState): void {
    this.#taken.add(ask.askId);
    this.#show();
  }

  #run(ask: AskState, atOnce: boolean): void {
    const tell = (answer: Answer) => {
      if (atOnce) this.#done.value = { ask, outcome: answer.outcome };
      this.#answer(ask, answer);
    };
    this.#deps.meet(ask).then(tell, (error: unknown) => {
      warn(ask.what, error);
      tell({ outcome: 'failed', ...(error instanceof Error ? { why: error.name } : {}) });
    });
  }

  #answer({ askId }: AskState, { outcome, why }: Answer): void {
    this.#deps.line.later('bystander.answer', { askId, outcome, ...(why ? { why: why.slice(0, 120) } : {}) });
  }
}
