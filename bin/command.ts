/** What a command of `goldenhour` is. */
import type { Profile } from '../platform/setup/step.ts';

/**
 * A command's file imports built-in modules and set-up only; the rest it imports inside `run`, because `--help` has to
 * work, and set-up has to run, before the libraries are there.
 */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** The whole help, shown for `goldenhour NAME --help`. */
  readonly help: string;
  /** What must be set up before `run`; `none` for commands that look after it themselves. */
  readonly setup: Profile | 'none';
  /** True when the arguments may name options of the configuration, which set-up then reads too. */
  readonly takesOptions?: boolean;
  /** Does it and returns the exit code. */
  run(args: readonly string[]): Promise<number>;
}
