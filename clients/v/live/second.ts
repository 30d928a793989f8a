/** The code for a second phone, made when it is wanted and shown until it is closed. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Line } from './line.ts';

export type SecondUse = 'camera' | 'chest';
export interface SecondCode {
  readonly use: SecondUse;
  readonly url: string;
  /** UTC milliseconds. */
  readonly expiresAt: number;
}

export class SecondPhone {
  readonly #line: Line;
  readonly #code = signal<SecondCode | 'making' | 'failed' | undefined>(undefined);

  constructor(line: Line) {
    this.#line = line;
  }

  get code(): ReadonlySignal<SecondCode | 'making' | 'failed' | undefined> {
    return this.#code;
  }

  /** Resolves once the code is there; rejects as the room refuses it. */
  async show(use: SecondUse): Promise<void> {
    this.#code.value = 'making';
    try {
      const { url, expiresAt } = await this.#line.session.peek().request('link.second', { use });
      this.#code.value = { use, url, expiresAt };
    } catch (error) {
      this.#code.value = 'failed';
      throw error;
    }
  }

  hide(): void {
    this.#code.value = undefined;
  }
}
