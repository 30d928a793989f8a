/**
 * While stills are being sent over a thin uplink, the pictures of this device give way: whoever asked looks at the frozen frame, and
 * two flows that both fill the link would delay the voice. Sound is never touched.
 */
import type { Clock } from '../clock.ts';
import type { RoomSession } from '../types.ts';

/** An uplink that carries more has room for both. */
const ENOUGH_BITRATE = 8_000_000;
/** What the pictures of this device share meanwhile: small, but moving. */
const PICTURES_BITRATE = 200_000;
/** A fetch that takes longer than it may must not leave everybody else without a picture. */
const LONGEST_MS = 7000;

export class HeldDown {
  readonly #session: Pick<RoomSession, 'localSources' | 'stats'>;
  readonly #clock: Clock;
  #lift: (() => void) | undefined;
  #wanted = false;

  constructor(session: Pick<RoomSession, 'localSources' | 'stats'>, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  /** Stills are being sent, or none is. Each time they begin, the pictures give way for some seconds at most. */
  handleSending(sending: boolean): void {
    if (sending === this.#wanted) return;
    this.#wanted = sending;
    this.#lift?.();
    if (!sending) return;
    const available = this.#session.stats.link.at(-1)?.availableUp;
    if (available !== undefined && available > ENOUGH_BITRATE) return;
    const sources = this.#session.localSources.filter(({ kind }) => kind === 'video');
    for (const source of sources) source.holdDown(PICTURES_BITRATE / sources.length);
    const cancel = this.#clock.after(LONGEST_MS, () => this.#lift?.());
    this.#lift = () => {
      cancel();
      for (const source of sources) source.holdDown(undefined);
      this.#lift = undefined;
    };
  }

  /** Idempotent. */
  close(): void {
    this.handleSending(false);
  }
}
