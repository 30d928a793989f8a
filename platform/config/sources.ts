/** Options from the environment and the command line, where every value arrives as text. */
import { z } from 'zod';
import { nearest, type Problem } from './checks.ts';
import type { OptionEntry } from './option.ts';

export interface GivenValue {
  readonly path: string;
  readonly value: unknown;
  /** For messages: the variable or the argument it came from. */
  readonly origin: string;
}

/** Variables with our prefix that are no options; the last is set by the test runner for tests in a network of their own. */
const otherVariables = new Set(['GOLDENHOUR_CACHE', 'GOLDENHOUR_CONFIG', 'GOLDENHOUR_NETNS']);

export function readEnvironment(
  env: NodeJS.ProcessEnv,
  entries: readonly OptionEntry[],
  problems: Problem[],
): GivenValue[] {
  const given: GivenValue[] = [];
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('GOLDENHOUR_') || otherVariables.has(name) || text === undefined) continue;
    const entry = entries.find((candidate) => candidate.env === name);
    if (entry !== undefined) {
      given.push({ path: entry.path, value: fromText(entry.schema, text), origin: name });
      continue;
    }
    const names = entries.map((candidate) => candidate.env);
    problems.push(unknown(name, nearest(name, names), 'is not an option'));
  }
  return given;
}

/** Reads `--PATH VALUE`, `--PATH=VALUE` and, for switches, `--PATH` alone; and `--config FILE`. */
export function readArguments(
  args: readonly string[],
  entries: readonly OptionEntry[],
  problems: Problem[],
): { configFile: string | undefined; values: GivenValue[] } {
  const values: GivenValue[] = [];
  let configFile: string | undefined;
  const rest = [...args];
  for (let argument = rest.shift(); argument !== undefined; argument = rest.shift()) {
    const [, name, attached] = /^--([^=]+)(?:=(.*))?$/s.exec(argument) ?? [];
    const entry = entries.find(({ path }) => path === name);
    if (name === undefined || (entry === undefined && name !== 'config')) {
      const close = nearest(argument, ['--config', ...entries.map(({ path }) => `--${path}`)]);
      problems.push(unknown(argument, close, 'is not an argument of this command'));
      // Its value, if it has one, would only be a second message about the same mistake.
      if (name !== undefined && attached === undefined && rest[0]?.startsWith('--') === false) rest.shift();
      continue;
    }
    const isSwitch = entry !== undefined && jsonType(entry.schema) === 'boolean';
    const follows = rest[0] !== undefined && !rest[0].startsWith('--');
    const text = attached ?? (follows ? rest.shift() : isSwitch ? 'true' : undefined);
    if (text === undefined) {
      problems.push({ where: `--${name}`, wrong: 'has no value', allowed: `--${name} VALUE` });
    } else if (entry === undefined) {
      configFile = text;
    } else {
      values.push({ path: entry.path, value: fromText(entry.schema, text), origin: `--${name}` });
    }
  }
  return { configFile, values };
}

function unknown(where: string, close: string | undefined, wrong: string): Problem {
  return {
    where,
    wrong,
    allowed: close === undefined ? 'see docs/configuration.md' : `did you mean ${close}?`,
  };
}

/** The JSON type of an option; where it allows several forms, the type of the last, which is the general one. */
function jsonType(schema: z.ZodType): unknown {
  const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return described.type ?? described.anyOf?.at(-1)?.type;
}

/**
 * Makes of a text what the option wants: numbers, switches, lists (JSON, or separated by commas). What does not fit
 * is passed on as it is, for the parser to refuse with its own message.
 */
function fromText(schema: z.ZodType, text: string): unknown {
  const type = jsonType(schema);
  if (type === 'integer' || type === 'number')
    return /^-?\d+(?:\.\d+)?$/.test(text.trim()) ? Number(text) : text;
  if (type === 'boolean')
    return { true: true, '1': true, false: false, '0': false }[text.trim().toLowerCase()] ?? text;
  if (type === 'array' || type === 'object') {
    try {
      return JSON.parse(text);
    } catch {
      return text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
    }
  }
  return text;
}
