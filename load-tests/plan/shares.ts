/** How loaded the processes of a simulated site are over time. */
import type { Assumed } from './assumptions.ts';
import { HOUR_MS, PEAK_HOUR } from './day.ts';
import type { SitePlan } from './model.ts';
import type { Simulated } from './simulate.ts';
import type { Site } from './site.ts';

/** Classes of one percent each; everything above three times a core is in the last one. */
const CLASSES = 300;
/** Rooms of the busiest hour live on for a while. */
const WATCHED = { from: PEAK_HOUR * HOUR_MS, until: (PEAK_HOUR + 2) * HOUR_MS } as const;
/** Sums of many parts end a little beside their limit. */
const ROUNDING = 1e-9;

export class LoadShares {
  /** Set while a node is away. */
  isDown = false;
  readonly #site: Site;
  readonly #bound: SitePlan['bound'];
  readonly #a: Assumed;
  readonly #ms = new Float64Array(CLASSES + 1);
  readonly #curve: Simulated['curve'][number][] = [];
  readonly #above = { up: 0, down: 0 };
  readonly #watched = { up: 0, down: 0 };
  #most = 0;
  #at = 0;

  constructor(site: Site, bound: SitePlan['bound'], a: Assumed) {
    this.#site = site;
    this.#bound = bound;
    this.#a = a;
  }

  /** Time goes on until then with the loads as they are. */
  pass(untilMs: number): void {
    const ms = Math.min(untilMs, WATCHED.until) - Math.max(this.#at, WATCHED.from);
    this.#at = untilMs;
    if (ms <= 0) return;
    const when = this.isDown ? 'down' : 'up';
    for (const load of this.#loads()) {
      const index = Math.min(CLASSES, Math.floor(load * 100));
      this.#ms[index] = (this.#ms[index] ?? 0) + ms;
      this.#watched[when] += ms;
      if (load > this.#a.coreLoad + ROUNDING) this.#above[when] += ms;
      this.#most = Math.max(this.#most, load);
    }
  }

  sample(hour: number, rooms: number): void {
    const loads = this.#loads();
    const mean = loads.reduce((sum, load) => sum + load, 0) / Math.max(1, loads.length);
    this.#curve.push({ hour, mean, most: Math.max(0, ...loads), rooms });
  }

  figures(): Pick<Simulated, 'load' | 'aboveTarget' | 'aboveTargetWhileDown' | 'curve'> {
    const share = (when: 'up' | 'down') =>
      this.#watched[when] === 0 ? 0 : this.#above[when] / this.#watched[when];
    return {
      load: {
        p50: this.#quantile(0.5),
        p95: this.#quantile(0.95),
        p99: this.#quantile(0.99),
        max: this.#most,
      },
      ...{ aboveTarget: share('up'), aboveTargetWhileDown: share('down'), curve: this.#curve },
    };
  }

  /** Of the process that is full first; a network port counts as a core at the target load when it is used to its limit. */
  #loads(): number[] {
    const up = this.#site.nodes.filter((node) => node.up);
    if (this.#bound === 'workers') return up.flatMap(({ workers }) => workers.map(({ core }) => core));
    if (this.#bound === 'recorder') return up.map(({ recorder }) => recorder);
    return up.map(({ outMbit }) => (outMbit / this.#a.nodeMbit) * this.#a.coreLoad);
  }

  #quantile(share: number): number {
    const total = this.#ms.reduce((sum, ms) => sum + ms, 0);
    let sum = 0;
    for (const [index, ms] of this.#ms.entries()) {
      sum += ms;
      if (total > 0 && sum >= share * total) return Math.min(this.#most, (index + 1) / 100);
    }
    return 0;
  }
}
