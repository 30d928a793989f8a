/** `goldenhour volunteer`: who may be alerted near an incident. */
import { type Answer, print, takeJson } from '../answer.ts';
import type { Command } from '../command.ts';
import { type OwnArguments, splitArguments, usageError } from '../own-arguments.ts';
import { auditConsole, columns } from '../with-people.ts';
import { type OpenedSite, parsePoint, withSite } from '../with-site.ts';

const help = `Usage: goldenhour volunteer list
       goldenhour volunteer add --name NAME --phone +8613… [--near LAT,LON] [--language zh-CN|en]
       goldenhour volunteer remove VOLUNTEER-ID

Volunteers have agreed to be alerted when somebody near them needs help. A dispatcher sees them by name, nearest to the
address first, and alerts them by an SMS with a link of their own. Names, numbers and places are stored encrypted;
"remove" deletes them. Places are WGS-84, in degrees.

  --json    print the answer as one JSON object

Any option of the configuration can follow, such as --config FILE.
`;

type Action = (opened: OpenedSite, subject: string, own: OwnArguments) => Promise<Answer>;

const add: Action = async ({ site, people }, _subject, { values }) => {
  const { NewVolunteer } = await import('../../signaling/bystander/volunteers.ts');
  const text = values.get('near');
  const near = text === undefined ? undefined : parsePoint(text);
  if (text !== undefined && !near)
    throw usageError('volunteer', '--near is LAT,LON in degrees, such as 39.9,116.4.');
  const volunteer = NewVolunteer.safeParse({
    name: values.get('name'),
    phone: values.get('phone')?.replaceAll(/[\s-]/g, ''),
    language: values.get('language') ?? 'zh-CN',
    ...(near ? { near } : {}),
  });
  if (!volunteer.success) {
    const field = volunteer.error.issues[0]?.path.join('.') ?? '';
    throw usageError(
      'volunteer',
      `"add" needs --name and --phone with its country, such as +8613800138000; --${field} does not fit.`,
    );
  }
  const { volunteerId } = await site.volunteers.add(volunteer.data);
  await auditConsole(people, 'volunteer.add', { subject: volunteerId });
  return { text: `${volunteer.data.name} is registered as ${volunteerId}.\n`, json: { volunteerId } };
};

const remove: Action = async ({ site, people }, volunteerId) => {
  await site.volunteers.remove(volunteerId);
  await auditConsole(people, 'volunteer.remove', { subject: volunteerId });
  return { text: 'The volunteer is removed.\n', json: { volunteerId, removed: true } };
};

const list: Action = async ({ site }) => {
  const volunteers = await site.volunteers.list();
  const rows = volunteers.map(({ name, phone, near, volunteerId }) => [
    name,
    phone,
    near ? `${near.lat},${near.lon}` : 'not known',
    volunteerId,
  ]);
  return { text: columns([['NAME', 'PHONE', 'NEAR', 'VOLUNTEER-ID'], ...rows]), json: { volunteers } };
};

async function run(args: readonly string[]): Promise<number> {
  const { json, rest } = takeJson(args);
  const own = splitArguments('volunteer', rest, ['name', 'phone', 'near', 'language']);
  const [name = '', subject, ...more] = own.words;
  const action = actionOf(name, subject);
  if (action === undefined || more.length > 0) throw usageError('volunteer', 'This is not understood.');
  const answer = await withSite(own.settings, (opened) => action(opened, subject ?? '', own));
  print(answer, json);
  return 0;
}

function actionOf(name: string, subject: string | undefined): Action | undefined {
  if (name === 'remove') return subject === undefined ? undefined : remove;
  if (subject !== undefined) return undefined;
  return name === 'list' ? list : name === 'add' ? add : undefined;
}

export const volunteerCommand: Command = {
  summary: 'register volunteers who may be alerted near an incident',
  help,
  setup: 'base',
  run,
};
