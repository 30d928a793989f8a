/** The memory that journals of all tracks may hold together while the disk does not keep up. */

export const DEFAULT_BUDGET_BYTES = 256 * 1024 * 1024;
/** Share that stays for sound and the patient camera when everything else is full. */
const ESSENTIAL_SHARE = 0.25;

export class BufferBudget {
  readonly limitBytes: number;
  #used = 0;

  constructor(limitBytes = DEFAULT_BUDGET_BYTES) {
    this.limitBytes = limitBytes;
  }

  get usedBytes(): number {
    return this.#used;
  }

  /** True when the bytes may be held; they count until `release`. */
  take(bytes: number, essential: boolean): boolean {
    const limit = essential ? this.limitBytes : this.limitBytes * (1 - ESSENTIAL_SHARE);
    if (this.#used + bytes > limit) return false;
    this.#used += bytes;
    return true;
  }

  /** Counts bytes that cannot be refused, such as notes. */
  force(bytes: number): void {
    this.#used += bytes;
  }

  release(bytes: number): void {
    this.#used -= bytes;
  }
}
