/** Opens the people of this installation for one command, also while the service runs on the same database. */
import type { Config } from '../platform/config/schema.ts';
import { AppError } from '../platform/errors.ts';
import type { Database } from '../platform/sql/database.ts';
import type { People } from '../signaling/people/people.ts';

export interface Opened {
  readonly people: People;
  readonly config: Config;
  readonly database: Database;
  readonly masterKey: Uint8Array;
  /** Where pages of this installation open, for links. */
  readonly origin: string;
}

/** Runs `action` and closes everything after it. */
export async function withPeople<T>(
  settings: readonly string[],
  action: (opened: Opened) => Promise<T>,
): Promise<T> {
  const { loadConfig } = await import('../platform/config/load.ts');
  const { setLogLevel } = await import('../platform/log.ts');
  const { openDatabase } = await import('../platform/sql/database.ts');
  const { ownOrigin } = await import('../platform/tls/addresses.ts');
  const { readMasterKey } = await import('../signaling/people/keyring.ts');
  const { openPeople } = await import('../signaling/people/people.ts');
  const config = loadConfig({ args: settings });
  // What a command prints is its answer; only what goes wrong belongs beside it.
  setLogLevel('error');
  const { port, publicOrigin } = config.http;
  const origin = publicOrigin ?? ownOrigin(config.tls.hostnames, port);
  const database = await openDatabase(config.database.url);
  try {
    const masterKey = await readMasterKey(config.dataDir);
    const people = await openPeople({
      database,
      masterKey,
      publicOrigin: () => new URL(origin).origin,
      pollMs: 0,
    });
    try {
      return await action({ people, config, database, masterKey, origin });
    } finally {
      await people.close();
    }
  } finally {
    await database.close();
  }
}

/** Finds an organisation by its name or id. Throws `not-found` with the names there are. */
export async function findOrganisation(people: People, wanted: string) {
  const all = await people.organisations.list();
  const found = all.find(({ organisationId, name }) => organisationId === wanted || name === wanted);
  if (found !== undefined) return found;
  throw new AppError('not-found', `There is no organisation "${wanted}".`, {
    status: 404,
    whatToDo: `Choose one of: ${all.map(({ name }) => name).join(', ')}; or add it: "goldenhour organisation add NAME --kind KIND".`,
  });
}

/** Writes to the audit what someone did at this machine's terminal. */
export async function auditConsole(
  people: People,
  action: string,
  details: Record<string, string>,
): Promise<void> {
  await people.audit.write({ action, allowed: true, principalId: 'console', details });
}

/** Rows as columns of equal width. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
