/** What a set-up step is. Set-up runs before the dependencies exist: its files import built-in modules only. */
import type { FetchedItem } from './fetched.ts';

/** What the set-up is for; each needs all of the one before, except that `base` has no media and no pages. */
export const profiles = ['base', 'start', 'demo', 'test'] as const;
export type Profile = (typeof profiles)[number];

export interface SetupContext {
  /** The project's folder. */
  readonly root: string;
  /** The folder for what is fetched or built (see `cacheRoot`). */
  readonly cache: string;
  readonly profile: Profile;
  /** Command line options that choose the settings, such as `--config FILE`. */
  readonly settingsArgs: readonly string[];
  /** Fires when the person interrupts; programs that run are ended and the step throws. */
  readonly signal: AbortSignal;
  /** Notes what was fetched in `fetched.json`. */
  record(items: readonly FetchedItem[]): Promise<void>;
}

/** Tells the person what a step does and, where it is known, how far it is (0 to 1). */
export type Say = (doing: string, fraction?: number) => void;

export interface Step {
  readonly title: string;
  /** True when there is nothing to do; must be quick (well under 0.3 s), since every start asks. */
  isDone(context: SetupContext): Promise<boolean>;
  /**
   * Does it. What it makes appears under its final name only when it is complete, so that an interrupted step
   * is simply repeated.
   */
  run(context: SetupContext, say: Say): Promise<void>;
  /** Announces what the step provides to this process and its children through the environment. */
  provide?(context: SetupContext): Promise<void>;
}
