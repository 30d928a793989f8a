/** Reads the options from file, environment and command line, and stops with the whole list of what is wrong. */
import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { AppError, messageOf } from '../errors.ts';
import { crossChecks, nearest, type Problem } from './checks.ts';
import { allowedText, asSection, listOptions, type OptionEntry } from './option.ts';
import { type Config, configSchema } from './schema.ts';
import { readArguments, readEnvironment } from './sources.ts';
import { setAtPath } from './values.ts';

export interface ConfigSources {
  /** Arguments such as `--config FILE`, `--role sfu` or `--http.port=9443`. */
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** The folder relative paths start from, and where `goldenhour.json` is looked for. */
  readonly cwd?: string;
}

const defaultFile = 'goldenhour.json';

/**
 * Returns the options of this process; the command line wins over the environment, that over the file, that over the
 * defaults. Paths in it are absolute.
 *
 * @throws `config-invalid` whose message lists every problem: where, what is wrong, what is allowed
 */
export function loadConfig(sources: ConfigSources = {}): Config {
  const cwd = sources.cwd ?? process.cwd();
  const env = sources.env ?? process.env;
  const entries = listOptions(configSchema);
  const problems: Problem[] = [];
  const fromArgs = readArguments(sources.args ?? [], entries, problems);
  const named = fromArgs.configFile ?? env.GOLDENHOUR_CONFIG;
  const file = resolve(cwd, named ?? defaultFile);
  const tree = readFile(file, named !== undefined, problems);
  const origins = new Map<string, string>();
  for (const given of [...readEnvironment(env, entries, problems), ...fromArgs.values]) {
    setAtPath(tree, given.path, given.value);
    origins.set(given.path, given.origin);
  }
  const parsed = configSchema.safeParse(tree);
  if (!parsed.success)
    problems.push(...parsed.error.issues.flatMap((issue) => toProblems(issue, origins, entries)));
  const config = parsed.success ? resolvePaths(parsed.data, dirname(file)) : undefined;
  if (config !== undefined) problems.push(...crossChecks(config));
  if (config === undefined || problems.length > 0) throw invalid(problems);
  return config;
}

function readFile(file: string, required: boolean, problems: Problem[]): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (required) {
      problems.push({
        where: file,
        wrong: `cannot be read: ${messageOf(error)}`,
        allowed: 'an existing JSON file',
      });
    }
    return {};
  }
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
  } catch (error) {
    const wrong = error instanceof SyntaxError ? `is not JSON: ${error.message}` : 'is not a JSON object';
    problems.push({
      where: file,
      wrong,
      allowed: 'one JSON object with options as in docs/configuration.md',
    });
    return {};
  }
}

function toProblems(
  issue: z.core.$ZodIssue,
  origins: ReadonlyMap<string, string>,
  entries: readonly OptionEntry[],
): Problem[] {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(path === '' ? key : `${path}.${key}`, entries));
  }
  const entry = entries.find((candidate) => path === candidate.path || path.startsWith(`${candidate.path}.`));
  const origin = entry === undefined ? undefined : origins.get(entry.path);
  return [
    {
      where: origin === undefined ? path : `${path} (from ${origin})`,
      wrong: issue.message,
      allowed: entry === undefined ? groupText(path) : allowedText(entry.schema),
    },
  ];
}

function groupText(path: string): string {
  const group = path.split('.').reduce<unknown>((schema, key) => asSection(schema)?.shape[key], configSchema);
  const names = Object.keys(asSection(group)?.shape ?? {});
  return names.length === 0 ? 'see docs/configuration.md' : `an object with ${names.join(', ')}`;
}

function unknownKey(path: string, entries: readonly OptionEntry[]): Problem {
  const close = nearest(
    path,
    entries.map((entry) => entry.path),
  );
  return {
    where: path,
    wrong: 'is not an option',
    allowed: close === undefined ? 'see docs/configuration.md' : `did you mean ${close}?`,
  };
}

function resolvePaths(config: Config, base: string): Config {
  const dataDir = resolve(base, config.dataDir);
  const file = (path: string | undefined) => (path === undefined ? undefined : resolve(base, path));
  return {
    ...config,
    dataDir,
    tls: { ...config.tls, certFile: file(config.tls.certFile), keyFile: file(config.tls.keyFile) },
    cluster: { ...config.cluster, caFile: file(config.cluster.caFile) },
    sfu: {
      ...config.sfu,
      control: {
        ...config.sfu.control,
        certFile: file(config.sfu.control.certFile),
        keyFile: file(config.sfu.control.keyFile),
      },
    },
    recording: {
      ...config.recording,
      control: {
        ...config.recording.control,
        certFile: file(config.recording.control.certFile),
        keyFile: file(config.recording.control.keyFile),
      },
    },
    database: { url: resolveSqlite(config.database.url, dataDir) },
  };
}

function resolveSqlite(url: string, dataDir: string): string {
  const path = /^sqlite:(?<path>.+)$/.exec(url)?.groups?.path;
  if (path === undefined || path === ':memory:' || isAbsolute(path)) return url;
  return `sqlite:${join(dataDir, path)}`;
}

function invalid(problems: readonly Problem[]): AppError {
  const lines = problems.map(({ where, wrong, allowed }) => `  - ${where}: ${wrong}; allowed: ${allowed}`);
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new AppError('config-invalid', `The configuration has ${count}:\n${lines.join('\n')}`, {
    status: 400,
    whatToDo: 'Correct all of them and start again; "goldenhour config" explains every option.',
    details: { problems },
  });
}
