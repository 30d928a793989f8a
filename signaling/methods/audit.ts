/** Decisions of the live connection, written to the audit: ids and codes, never names or text. */
import type { Connection, Services } from './types.ts';

export interface Decided {
  readonly services: Pick<Services, 'audit' | 'log'>;
  readonly connection: Pick<Connection, 'session'>;
  readonly method: string;
  readonly roomId?: string | undefined;
  readonly allowed: boolean;
  readonly code?: string;
}

/** Writes a decision down. The call goes on when the audit cannot be written; the operator is told. */
export async function writeDecision(decided: Decided): Promise<void> {
  const { services, connection, method, roomId, allowed, code } = decided;
  try {
    await services.audit.write({
      action: method,
      allowed,
      principalId: connection.session.principal.principalId,
      ...(roomId ? { roomId } : {}),
      ...(code ? { details: { code } } : {}),
    });
  } catch (error) {
    services.log.error({ error, method, roomId }, 'a decision could not be written to the audit');
  }
}
