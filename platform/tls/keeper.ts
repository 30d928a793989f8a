/** Keeps the certificate of a running listener current: renewed in time, and when the machine gets another address. */
import type { Clock } from '../clock.ts';
import type { Logger } from '../log.ts';
import { SerialQueue } from '../serial-queue.ts';
import { type CertificateOptions, type ServerCertificate, serverCertificate } from './certificate.ts';

/** How often addresses and dates are looked at. */
const intervalMs = 60_000;

export class CertificateKeeper {
  readonly #options: CertificateOptions;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #queue = new SerialQueue('certificate');
  readonly #listeners = new Set<(certificate: ServerCertificate) => void>();
  readonly #timer: NodeJS.Timeout;
  #current: ServerCertificate;

  /** Finds or issues the certificate; throws as `serverCertificate` does. */
  static async open(options: CertificateOptions, clock: Clock, log: Logger): Promise<CertificateKeeper> {
    return new CertificateKeeper(options, clock, log, await serverCertificate(options, clock));
  }

  private constructor(options: CertificateOptions, clock: Clock, log: Logger, current: ServerCertificate) {
    this.#options = options;
    this.#clock = clock;
    this.#log = log;
    this.#current = current;
    this.#timer = setInterval(() => void this.check(), intervalMs);
    this.#timer.unref();
  }

  get current(): ServerCertificate {
    return this.#current;
  }

  /** Calls back with each new certificate, for `server.setSecureContext`; returns how to stop that. */
  onRenewed(listener: (certificate: ServerCertificate) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Looks now instead of at the next interval. A failure is logged, and the certificate in use stays. */
  async check(): Promise<void> {
    if (this.#queue.closed) return;
    await this.#queue
      .push('check', async () => {
        const found = await serverCertificate(this.#options, this.#clock);
        if (found.cert === this.#current.cert) return;
        this.#current = found;
        this.#log.info({ expiresAt: new Date(found.expiresAt).toISOString() }, 'certificate renewed');
        for (const listener of this.#listeners) listener(found);
      })
      .catch((error: unknown) => {
        if (!this.#queue.closed) this.#log.error({ error }, 'the certificate could not be renewed');
      });
  }

  close(reason = 'closed'): void {
    clearInterval(this.#timer);
    this.#queue.close(reason);
    this.#listeners.clear();
  }
}
