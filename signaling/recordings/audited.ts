/** The audit in front of recordings: written before anything is answered, and without it nothing is. */
import { toAppError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import { refuse } from '../people/refuse.ts';
import type { Audit } from '../people/types.ts';

export type AuditRecord = Parameters<Audit['write']>[0];

export class RecordingAudit {
  readonly #audit: Audit;
  readonly #log: Logger;

  constructor(audit: Audit, log: Logger) {
    this.#audit = audit;
    this.#log = log;
  }

  /** Throws `store-unavailable` when the record cannot be written: the caller must then answer nothing. */
  async write(record: AuditRecord): Promise<void> {
    try {
      await this.#audit.write(record);
    } catch (error) {
      this.#log.error({ error, action: record.action }, 'recordings are closed: the audit cannot be written');
      throw refuse('store-unavailable', 'The audit cannot be written; recordings stay closed until it can.', {
        reason: 'audit',
        retryAfterMs: 5000,
      });
    }
  }

  /** Says that what was written before as allowed did not happen after all, and why. */
  failed(record: Omit<AuditRecord, 'allowed'>, error: unknown): Promise<void> {
    const { action, details } = record;
    const code = toAppError(error).code;
    return this.write({
      ...record,
      action: `${action}-failed`,
      allowed: true,
      details: { ...details, code },
    });
  }
}
