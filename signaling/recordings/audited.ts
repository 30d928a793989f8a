/** The audit in front of recordings: written before anything is answered, and without it nothing is. */
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
}
