/** `goldenhour service`: keys of other systems, such as dispatch's. */
import type { Command } from '../command.ts';
import { splitArguments, usageError } from '../own-arguments.ts';
import { auditConsole, columns, withPeople } from '../with-people.ts';

const help = `Usage: goldenhour service list
       goldenhour service add NAME
       goldenhour service revoke NAME|KEY-ID

Keys with which another system opens incidents (POST /api/dispatch/incidents, as "Authorization: Bearer KEY").
A key is shown once. To change one without a pause, add a second of the same name, use it, and revoke the first
by its id. NAME has lower-case letters, digits and hyphens.

Any option of the configuration can follow, such as --config FILE.
`;

async function run(args: readonly string[]): Promise<number> {
  const { words, settings } = splitArguments('service', args, []);
  const [action, name, ...more] = words;
  if (more.length > 0 || (action === 'list') !== (name === undefined))
    throw usageError('service', 'This is not understood.');
  return withPeople(settings, async ({ people }) => {
    if (name === undefined) {
      const rows = (await people.services.list()).map((key) => [
        key.name,
        key.revoked ? 'revoked' : 'active',
        new Date(key.createdUtc).toISOString(),
        key.keyId,
      ]);
      process.stdout.write(columns([['NAME', 'STATE', 'MADE', 'KEY-ID'], ...rows]));
      return 0;
    }
    if (action === 'add') {
      const { keyId, key } = await people.services.add(name);
      await auditConsole(people, 'service.add', { name, keyId });
      process.stdout.write(`${key}\n`);
      process.stderr.write(`Shown this once. Its id is ${keyId}.\n`);
      return 0;
    }
    if (action !== 'revoke') throw usageError('service', 'This is not understood.');
    const count = await people.services.revoke(name);
    await auditConsole(people, 'service.revoke', { name });
    process.stdout.write(count === 1 ? '1 key is revoked.\n' : `${count} keys are revoked.\n`);
    return 0;
  });
}

export const serviceCommand: Command = {
  summary: 'keys of other systems, such as dispatch',
  help,
  setup: 'base',
  run,
};
