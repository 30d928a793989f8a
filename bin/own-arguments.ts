/** Splits the arguments of a command into its own and those that are options of the configuration. */
import { AppError } from '../platform/errors.ts';

export interface OwnArguments {
  /** Words without dashes, in their order. */
  readonly words: readonly string[];
  /** Values of the command's own options, by name. */
  readonly values: ReadonlyMap<string, string>;
  /** What remains is for the configuration: `--config FILE`, `--dataDir DIR`, … */
  readonly settings: readonly string[];
}

export function usageError(command: string, wrong: string): AppError {
  return new AppError('usage', wrong, { status: 400, whatToDo: `See "goldenhour ${command} --help".` });
}

/**
 * @param own names of the command's own options; each takes a value
 * @throws `usage` for one of them without a value
 */
export function splitArguments(
  command: string,
  args: readonly string[],
  own: readonly string[],
): OwnArguments {
  const words: string[] = [];
  const values = new Map<string, string>();
  const settings: string[] = [];
  const rest = [...args];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    const [, name, attached] = /^--([^=]+)(?:=(.*))?$/s.exec(argument) ?? [];
    if (name === undefined) {
      words.push(argument);
      continue;
    }
    const hasNext = rest[0] !== undefined && !rest[0].startsWith('--');
    const value = attached ?? (hasNext ? rest.shift() : undefined);
    if (own.includes(name)) {
      if (value === undefined) throw usageError(command, `--${name} needs a value.`);
      values.set(name, value);
    } else {
      settings.push(`--${name}`, ...(value === undefined ? [] : [value]));
    }
  }
  return { words, values, settings };
}
