/** Secrets and ids of links. Both follow from the command that asks, so that a command that is repeated makes nothing twice. */
import { createHash, createHmac, hkdfSync } from 'node:crypto';

const SECRET_BYTES = 16;

export class LinkSecrets {
  readonly #key: Uint8Array;

  /** @param masterKey 32 bytes of the installation */
  constructor(masterKey: Uint8Array) {
    this.#key = new Uint8Array(hkdfSync('sha256', masterKey, '', 'goldenhour link secrets', 32));
  }

  /**
   * 128 bits as base64url, 22 characters. A keyed hash of the command and not a throw of dice: the answer to `link.create`
   * may be lost on the way, and the repeat has to answer the very link that an SMS may already have carried. Without the
   * master key nobody can tell it from random bits (RFC 2104).
   */
  secretFor(roomId: string, principalId: string, commandId: string): string {
    const mac = createHmac('sha256', this.#key).update(`${roomId}\n${principalId}\n${commandId}`);
    return mac.digest().subarray(0, SECRET_BYTES).toString('base64url');
  }

  /** An id that is the same for the same command and step, also after a restart. Public. */
  idFor(roomId: string, principalId: string, commandId: string, step: string): string {
    const text = `${roomId}\n${principalId}\n${commandId}\n${step}`;
    return `k${createHash('sha256').update(text).digest('base64url').slice(0, 31)}`;
  }
}
