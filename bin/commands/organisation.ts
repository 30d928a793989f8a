/** `goldenhour organisation`: centre, operators of units, hospitals, partners. */
import type { Command } from '../command.ts';
import { splitArguments, usageError } from '../own-arguments.ts';
import { auditConsole, columns, withPeople } from '../with-people.ts';

const help = `Usage: goldenhour organisation list
       goldenhour organisation add NAME --kind centre|unit-operator|hospital|partner

Organisations are what people and units belong to, and what decides which rooms they may see.

Any option of the configuration can follow, such as --config FILE.
`;

async function run(args: readonly string[]): Promise<number> {
  const { words, values, settings } = splitArguments('organisation', args, ['kind']);
  const [action, name, ...more] = words;
  const { OrganisationKind } = await import('../../signaling/protocol/http.ts');
  return withPeople(settings, async ({ people }) => {
    if (action === 'list' && name === undefined) {
      const rows = (await people.organisations.list()).map(
        ({ organisationId, kind, disabled, name: called }) => [
          called,
          kind,
          disabled ? 'disabled' : 'active',
          organisationId,
        ],
      );
      process.stdout.write(columns([['NAME', 'KIND', 'STATE', 'ID'], ...rows]));
      return 0;
    }
    const kind = OrganisationKind.safeParse(values.get('kind'));
    if (action !== 'add' || name === undefined || more.length > 0)
      throw usageError('organisation', 'This is not understood.');
    if (!kind.success)
      throw usageError('organisation', `--kind is one of ${OrganisationKind.options.join(', ')}.`);
    const { organisationId } = await people.organisations.add({ name, kind: kind.data });
    await auditConsole(people, 'organisation.add', { organisationId });
    process.stdout.write(`${name} is added.\n`);
    return 0;
  });
}

export const organisationCommand: Command = {
  summary: 'list and add organisations',
  help,
  setup: 'base',
  run,
};
