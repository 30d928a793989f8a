/** `goldenhour audit`: who did what, when and why, for auditors at the machine. */
import type { Answer } from '../answer.ts';
import { print, takeJson } from '../answer.ts';
import type { Command } from '../command.ts';
import { splitArguments, usageError } from '../own-arguments.ts';
import { auditConsole, columns, type Opened, withPeople } from '../with-people.ts';

const help = `Usage: goldenhour audit [--room ID] [--person USERNAME|ID] [--before NUMBER] [--limit NUMBER]
       goldenhour audit --check

Rows of the audit, newest first: sign-ins, changes of people and units, and every look at a recording. Reading it is
written down as well.

  --room ID        only rows about this room
  --person NAME    only what this person or device did
  --before NUMBER  only rows below this number, for going on
  --limit NUMBER   how many; 50 unless told, at most 1000
  --check          reads every row and says whether the chain holds; exit code 1 when it does not
  --json           print the answer as one JSON object

Any option of the configuration can follow, such as --config FILE.
`;

function number(text: string | undefined, name: string, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw usageError('audit', `--${name} is a whole number from 1 to ${most}.`);
}

async function check({ people }: Opened): Promise<{ answer: Answer; ok: boolean }> {
  const result = await people.audit.check();
  const text = result.ok
    ? `The chain holds: ${result.rows} rows, head ${result.head}.\n`
    : `The chain is broken at row ${result.brokenAt}: it was changed, removed or moved.\n`;
  return { answer: { text, json: result }, ok: result.ok };
}

async function list({ people, config }: Opened, values: ReadonlyMap<string, string>): Promise<Answer> {
  const { openReasons } = await import('../../signaling/recordings/reasons.ts');
  const { readMasterKey } = await import('../../signaling/people/keyring.ts');
  const { openDatabase } = await import('../../platform/sql/database.ts');
  const { namesOf } = await import('../../signaling/recordings/custody.ts');
  const person = values.get('person');
  const principalId =
    person === undefined ? undefined : ((await people.persons.findByUsername(person))?.principalId ?? person);
  const rows = await people.audit.list({
    before: number(values.get('before'), 'before', Number.MAX_SAFE_INTEGER),
    limit: number(values.get('limit'), 'limit', 1000) ?? 50,
    roomId: values.get('room'),
    principalId,
  });
  const database = await openDatabase(config.database.url);
  try {
    const reasons = await openReasons(database, await readMasterKey(config.dataDir));
    const names = await namesOf(
      people.directory,
      rows.map((row) => row.principalId),
    );
    const entries = await reasons.withReasons(rows);
    const named = entries.map((entry) => ({ ...entry, name: names.get(entry.principalId) }));
    const lines = named.map((entry) => [
      String(entry.seq),
      new Date(entry.utc).toISOString(),
      entry.allowed ? entry.action : `${entry.action} (refused)`,
      entry.name ?? entry.principalId,
      entry.roomId ?? '-',
      [entry.reason, JSON.stringify(entry.details)].filter((part) => part !== undefined).join('  '),
    ]);
    const text = columns([['ROW', 'TIME', 'ACTION', 'WHO', 'ROOM', 'DETAILS'], ...lines]);
    return { text, json: { entries: named } };
  } finally {
    await database.close();
  }
}

async function run(args: readonly string[]): Promise<number> {
  const { json, rest } = takeJson(args);
  const checks = rest.includes('--check');
  const own = ['room', 'person', 'before', 'limit'];
  const others = rest.filter((argument) => argument !== '--check');
  const { words, values, settings } = splitArguments('audit', others, own);
  if (words.length > 0) throw usageError('audit', 'This is not understood.');
  return withPeople(settings, async (opened) => {
    await auditConsole(opened.people, checks ? 'audit.check' : 'audit.read', {});
    if (checks) {
      const { answer, ok } = await check(opened);
      print(answer, json);
      return ok ? 0 : 1;
    }
    print(await list(opened, values), json);
    return 0;
  });
}

export const auditCommand: Command = {
  summary: 'who looked at what, and whether the record of it is whole',
  help,
  setup: 'base',
  run,
};
