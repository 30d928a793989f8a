/** `goldenhour user`: people with local accounts. */
import type { Role } from '../../signaling/protocol/roles.ts';
import { type Answer, print, takeJson } from '../answer.ts';
import type { Command } from '../command.ts';
import { type OwnArguments, splitArguments, usageError } from '../own-arguments.ts';
import { auditConsole, columns, findOrganisation, type Opened, withPeople } from '../with-people.ts';

const help = `Usage: goldenhour user list
       goldenhour user add USERNAME --name NAME --organisation NAME --roles ROLE,ROLE
       goldenhour user change USERNAME [--name NAME] [--organisation NAME] [--roles ROLE,ROLE]
       goldenhour user password USERNAME
       goldenhour user disable USERNAME
       goldenhour user enable USERNAME

People with local accounts. "add" and "password" print a generated password, which has to be changed at the first
sign-in. Changes take effect at once, also in a running service; "disable" and "password" end the person's sessions.

  --json    print the answer as one JSON object

Roles: dispatcher, crew, wearer, coordinator, specialist, partner, interpreter, observer, reviewer, admin, auditor, service

Any option of the configuration can follow, such as --config FILE.
`;

type Action = (opened: Opened, username: string, own: OwnArguments) => Promise<Answer>;

/** Roles of people who come by a link have no account. */
const withoutAccount: readonly Role[] = ['bystander', 'volunteer', 'patient', 'relative'];

async function rolesOf(text: string | undefined): Promise<Role[] | undefined> {
  if (text === undefined) return undefined;
  const { Role, ROLES } = await import('../../signaling/protocol/roles.ts');
  return text.split(',').map((word) => {
    const role = Role.safeParse(word.trim());
    if (role.success && !withoutAccount.includes(role.data)) return role.data;
    const allowed = ROLES.filter((each) => !withoutAccount.includes(each));
    throw usageError('user', `"${word}" is not a role of an account; allowed: ${allowed.join(', ')}.`);
  });
}

/** Roles in the form the audit takes: codes as names of fields. */
function namesOf(roles: readonly Role[]): Record<string, boolean> {
  return Object.fromEntries(roles.map((role) => [role, true]));
}

async function personOf({ people }: Opened, username: string) {
  const person = await people.persons.findByUsername(username);
  if (person === undefined)
    throw usageError('user', `There is no user "${username}"; "goldenhour user list" shows all.`);
  return person;
}

const add: Action = async ({ people }, username, { values }) => {
  const name = values.get('name');
  const organisation = values.get('organisation');
  const roles = await rolesOf(values.get('roles'));
  if (name === undefined || organisation === undefined || roles === undefined) {
    throw usageError('user', '"add" needs --name, --organisation and --roles.');
  }
  const { generatePassword } = await import('../../signaling/people/first-people.ts');
  const { organisationId } = await findOrganisation(people, organisation);
  const password = generatePassword();
  const person = await people.persons.add({
    username,
    name,
    organisationId,
    roles,
    password,
    mustChangePassword: true,
  });
  await auditConsole(people, 'person.add', { subject: person.principalId, ...namesOf(roles) });
  return {
    text: `${person.username} is added, with the password ${password}\n`,
    json: { ...person, password },
  };
};

const change: Action = async (opened, username, { values }) => {
  const { people } = opened;
  const person = await personOf(opened, username);
  const organisation = values.get('organisation');
  const roles = await rolesOf(values.get('roles'));
  await auditConsole(people, 'person.change', { subject: person.principalId, ...namesOf(roles ?? []) });
  const changed = await people.persons.change(person.principalId, {
    name: values.get('name'),
    organisationId:
      organisation === undefined ? undefined : (await findOrganisation(people, organisation)).organisationId,
    roles,
  });
  return { text: `${person.username} is changed.\n`, json: changed };
};

const password: Action = async (opened, username) => {
  const { generatePassword } = await import('../../signaling/people/first-people.ts');
  const person = await personOf(opened, username);
  const generated = generatePassword();
  await opened.people.persons.setPassword(person.principalId, generated, { mustChange: true });
  await auditConsole(opened.people, 'person.password', { subject: person.principalId });
  return {
    text: `${person.username} has the password ${generated}\n`,
    json: { username: person.username, password: generated },
  };
};

const setDisabled =
  (disabled: boolean): Action =>
  async (opened, username) => {
    const person = await personOf(opened, username);
    const changed = await opened.people.persons.change(person.principalId, { disabled });
    await auditConsole(opened.people, disabled ? 'person.disable' : 'person.enable', {
      subject: person.principalId,
    });
    return { text: `${person.username} is ${disabled ? 'disabled' : 'enabled'}.\n`, json: changed };
  };

async function list({ people }: Opened): Promise<Answer> {
  const organisations = new Map(
    (await people.organisations.list()).map((each) => [each.organisationId, each.name]),
  );
  const persons = await people.persons.list();
  const rows = persons.map((person) => [
    person.username,
    person.name,
    organisations.get(person.organisationId) ?? '',
    person.roles.join(','),
    person.disabled ? 'disabled' : 'active',
  ]);
  return {
    text: columns([['USERNAME', 'NAME', 'ORGANISATION', 'ROLES', 'STATE'], ...rows]),
    json: { people: persons },
  };
}

const actions: ReadonlyMap<string, Action> = new Map([
  ['add', add],
  ['change', change],
  ['password', password],
  ['disable', setDisabled(true)],
  ['enable', setDisabled(false)],
]);

async function run(args: readonly string[]): Promise<number> {
  const { json, rest } = takeJson(args);
  const own = splitArguments('user', rest, ['name', 'organisation', 'roles']);
  const [name = '', username, ...more] = own.words;
  const action = name === 'list' && username === undefined ? list : actions.get(name);
  if (action === undefined || more.length > 0 || (action !== list && username === undefined)) {
    throw usageError('user', 'This is not understood.');
  }
  const answer = await withPeople(own.settings, (opened) => action(opened, username ?? '', own));
  print(answer, json);
  return 0;
}

export const userCommand: Command = {
  summary: 'list, add and change people',
  help,
  setup: 'base',
  run,
};
