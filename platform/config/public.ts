/** The configuration as it may be shown: for the operator's terminal, logs and support files. */
import { listOptions } from './option.ts';
import { type Config, configSchema } from './schema.ts';
import { getAtPath, setAtPath } from './values.ts';

/** Returns a copy in which every secret that is set reads `[set]`; the scheme of the database is kept. */
export function publicConfig(config: Config): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const { path, meta } of listOptions(configSchema)) {
    const value = getAtPath(config, path);
    if (value !== undefined) setAtPath(shown, path, meta.secret ? hidden(value) : value);
  }
  return shown;
}

function hidden(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : `[${value.length} set]`;
  if (typeof value === 'string' && value.startsWith('sqlite:')) return value;
  if (typeof value === 'string' && /^postgres(?:ql)?:/.test(value)) return 'postgres://[set]';
  return '[set]';
}
