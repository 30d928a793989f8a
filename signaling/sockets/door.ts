/** The door of a live connection: every message a client sends comes in here and leaves as one reply. */
import { withDeadline } from '../../platform/deadline.ts';
import { dispatch, misfit, rateClassOf } from '../methods/dispatch.ts';
import { tooMany } from '../methods/refusals.ts';
import type { Services } from '../methods/types.ts';
import { isMethod, type Reply, Request } from '../protocol/methods.ts';
import type { SocketConfig } from './config.ts';
import type { LiveConnection } from './connection.ts';
import type { Limits } from './limits.ts';
import { isForeseen, toWireError } from './wire-errors.ts';

export type Acknowledge = (reply: Reply) => void;

interface AfterReply {
  readonly then: () => void;
  readonly tooLate: (() => void) | undefined;
}

export class Door {
  readonly #services: Services;
  readonly #limits: Limits;
  readonly #config: SocketConfig;

  constructor(services: Services, limits: Limits, config: SocketConfig) {
    this.#services = services;
    this.#limits = limits;
    this.#config = config;
  }

  /** Takes one message. Never throws; a message without an acknowledgement is counted and dropped. */
  async receive(connection: LiveConnection, event: string, args: readonly unknown[]): Promise<void> {
    const last = args.at(-1);
    const acknowledge = isAcknowledge(last) ? last : undefined;
    const after: AfterReply[] = [];
    const started = performance.now();
    const method = methodName(args[0]);
    try {
      await this.#admit(connection, args[0]);
      if (event !== 'request' || !acknowledge) return;
      const result = await this.#counted(connection, () => this.#carryOut(connection, args[0], after));
      if (!connection.open) {
        for (const { tooLate } of after) tooLate?.();
        return;
      }
      acknowledge({ ok: true, result });
      this.#count(method, 'ok', started);
      for (const { then } of after) then();
    } catch (error) {
      const wire = toWireError(error);
      if (!isForeseen(error)) this.#services.log.error({ error, method }, 'a request failed');
      this.#count(method, wire.code, started);
      acknowledge?.({ ok: false, error: wire });
      if (wire.code === 'unauthenticated' && !this.#services.sessions.isLive(connection.session.sid)) {
        connection.notify('session.ended', { reason: 'expired' });
        connection.disconnect();
      }
    }
  }

  /** Slows, refuses or cuts off a flood. */
  async #admit(connection: LiveConnection, payload: unknown): Promise<void> {
    const verdict = await this.#limits.judge(rateClassOf(rawMethod(payload)), {
      connectionId: connection.id,
      principalId: connection.session.principal.principalId,
      address: connection.address,
    });
    switch (verdict.kind) {
      case 'go':
        return connection.passGate();
      case 'slow':
        return connection.passGate(verdict.delayMs);
      case 'refuse':
        throw tooMany(verdict.retryAfterMs);
      case 'cut':
        if (connection.disconnectSoon()) this.#services.metrics.cuts.inc({ reason: 'flood' });
        throw tooMany(verdict.retryAfterMs);
    }
  }

  async #counted<T>(connection: LiveConnection, work: () => Promise<T>): Promise<T> {
    if (connection.pending >= this.#config.maxPending) throw tooMany(1_000);
    connection.pending += 1;
    try {
      return await work();
    } finally {
      connection.pending -= 1;
    }
  }

  async #carryOut(connection: LiveConnection, payload: unknown, after: AfterReply[]): Promise<unknown> {
    const parsed = Request.safeParse(payload);
    if (!parsed.success) throw misfit(parsed.error.issues);
    const request = parsed.data;
    let expired = false;
    const work = dispatch(this.#services, connection, request, (then, tooLate) => {
      if (expired) tooLate?.();
      else after.push({ then, tooLate });
    });
    const deadlineMs = request.deadlineMs ?? this.#config.deadlineMs;
    try {
      return await withDeadline(work, deadlineMs, 'The request');
    } catch (error) {
      expired = true;
      for (const { tooLate } of after) tooLate?.();
      throw error;
    }
  }

  #count(method: string, outcome: string, started: number): void {
    const { metrics } = this.#services;
    metrics.requests.inc({ method, outcome });
    const seconds = (performance.now() - started) / 1000;
    metrics.requestSeconds.observe({ method }, seconds);
    if (outcome !== 'ok') metrics.errors.inc({ code: outcome });
    else if (method === 'room.join') metrics.joinSeconds.observe(seconds);
  }
}

function isAcknowledge(value: unknown): value is Acknowledge {
  return typeof value === 'function';
}

function rawMethod(payload: unknown): unknown {
  return typeof payload === 'object' && payload !== null && 'method' in payload ? payload.method : undefined;
}

/** The method for metrics: unknown names share one label, so that nobody can make labels without end. */
function methodName(payload: unknown): string {
  const method = rawMethod(payload);
  return typeof method === 'string' && isMethod(method) ? method : 'unknown';
}
