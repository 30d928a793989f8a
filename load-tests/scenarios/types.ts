/** What a scenario is: a short script over a stack and its bots, which ends with a table of what was checked. */
import type { Scene } from './scene.ts';

export interface Wishes {
  readonly bots: number;
  readonly minutes: number;
  /** Every choice of chance follows from it. */
  readonly seed: number;
}

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly value: string;
  /** Absent: measured, and nothing is promised of it. */
  readonly ok?: boolean;
  /** A promise about time, which a machine that is too busy cannot be held to. */
  readonly timed?: true;
}

export interface Scenario {
  readonly id: string;
  readonly summary: string;
  /** What it takes unless told. */
  readonly usual: { readonly bots: number; readonly minutes: number };
  readonly needs?: { readonly nodes?: number; readonly recorder?: boolean };
  run(scene: Scene, wishes: Wishes): Promise<readonly Row[]>;
}

export interface Outcome extends Wishes {
  readonly id: string;
  readonly rows: readonly Row[];
  /** Percent of a core that bots and stack used while it ran. */
  readonly generatorCore: number;
  readonly systemCore: number;
  readonly ok: boolean;
  /** Set when the generator, not the system, was the limit: the times then say nothing. */
  readonly invalid?: string;
}
