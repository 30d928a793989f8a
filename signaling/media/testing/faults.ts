/** Faults between the owner and a node, put into a real control link. */
import { AppError } from '../../../platform/errors.ts';
import type { ControlClient, ControlMethod, ControlParams, ControlResult } from '../../protocol/control.ts';

type Ask = <M extends ControlMethod>(method: M, params: ControlParams<M>) => Promise<ControlResult<M>>;
type Instead = <M extends ControlMethod>(
  method: M,
  params: ControlParams<M>,
  ask: Ask,
) => Promise<ControlResult<M>>;

/** A control client whose requests go through `instead`; everything else is the real one's. */
export function wrapRequests(client: ControlClient, instead: Instead): ControlClient {
  return {
    nodeId: client.nodeId,
    get connected() {
      return client.connected;
    },
    request: (method, params, deadlineMs) =>
      instead(method, params, (name, given) => client.request(name, given, deadlineMs)),
    on: (event, listener) => client.on(event, listener),
    onLink: (listener) => client.onLink(listener),
    close: (reason) => client.close(reason),
  };
}

/** What happens to requests, by method; counts down as it strikes. */
export class Faults {
  readonly #fail = new Map<ControlMethod, number>();
  readonly #hang = new Map<ControlMethod, number>();
  readonly #forget = new Map<ControlMethod, number>();

  /** The next `times` requests are refused without reaching the node. */
  fail(method: ControlMethod, times: number): void {
    this.#fail.set(method, times);
  }

  /** The next `times` requests never get an answer and never reach the node. */
  hang(method: ControlMethod, times: number): void {
    this.#hang.set(method, times);
  }

  /** The next `times` requests are carried out, but their answer is lost. */
  forget(method: ControlMethod, times: number): void {
    this.#forget.set(method, times);
  }

  /** Ends every fault that has not struck yet. */
  clear(): void {
    for (const faults of [this.#fail, this.#hang, this.#forget]) faults.clear();
  }

  readonly wrap = (client: ControlClient): ControlClient =>
    wrapRequests(client, async (method, params, ask) => {
      if (strike(this.#fail, method)) throw new AppError('internal', `A fault was put into ${method}.`);
      if (strike(this.#hang, method)) return new Promise(() => {});
      const answer = await ask(method, params);
      if (strike(this.#forget, method)) throw new AppError('link-lost', `The answer to ${method} was lost.`);
      return answer;
    });
}

function strike(faults: Map<ControlMethod, number>, method: ControlMethod): boolean {
  const left = faults.get(method) ?? 0;
  if (left > 0) faults.set(method, left - 1);
  return left > 0;
}
