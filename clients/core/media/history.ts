/** Samples of the last 120 s per source and for the link, for graphs. Pure. */
import type { LinkSample, SessionStats, SourceSample } from '../types-media.ts';

export const KEPT = 120;

export class History implements SessionStats {
  #link: LinkSample[] = [];
  readonly #sources = new Map<string, SourceSample[]>();

  get link(): readonly LinkSample[] {
    return this.#link;
  }
  get sources(): ReadonlyMap<string, readonly SourceSample[]> {
    return this.#sources;
  }

  addLink(sample: LinkSample): void {
    this.#link = [...this.#link, sample].slice(-KEPT);
  }

  addSource(sample: SourceSample): void {
    this.#sources.set(
      sample.producerId,
      [...(this.#sources.get(sample.producerId) ?? []), sample].slice(-KEPT),
    );
  }

  /** Forgets sources that sent no sample for the whole window. */
  prune(now: number): void {
    for (const [producerId, samples] of this.#sources) {
      const last = samples.at(-1);
      if (!last || now - last.at > KEPT * 1000) this.#sources.delete(producerId);
    }
  }
}
