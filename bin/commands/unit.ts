/** `goldenhour unit`: vehicles and teams, and their devices. */
import { type Answer, print, takeJson } from '../answer.ts';
import type { Command } from '../command.ts';
import { type OwnArguments, splitArguments, usageError } from '../own-arguments.ts';
import { auditConsole, columns, findOrganisation, type Opened, withPeople } from '../with-people.ts';

const help = `Usage: goldenhour unit list
       goldenhour unit add NAME --organisation NAME
       goldenhour unit enrol NAME [--role crew|wearer]
       goldenhour unit devices NAME
       goldenhour unit revoke DEVICE-ID
       goldenhour unit disable NAME
       goldenhour unit enable NAME

Units are vehicles and teams. "enrol" prints a code, and a QR code for the device's camera, with which one device joins
the unit within ten minutes; from then on it signs in by itself after power-on. "revoke" and "disable" end that at once.

  --json    print the answer as one JSON object

Any option of the configuration can follow, such as --config FILE.
`;

type Action = (opened: Opened, subject: string, own: OwnArguments) => Promise<Answer>;

async function unitOf({ people }: Opened, name: string) {
  const unit = await people.units.findByName(name);
  if (unit === undefined)
    throw usageError('unit', `There is no unit "${name}"; "goldenhour unit list" shows all.`);
  return unit;
}

const add: Action = async ({ people }, name, { values }) => {
  const organisation = values.get('organisation');
  if (organisation === undefined) throw usageError('unit', '"add" needs --organisation.');
  const { organisationId } = await findOrganisation(people, organisation);
  const unit = await people.units.add({ name, organisationId });
  await auditConsole(people, 'unit.add', { unitId: unit.unitId, organisationId });
  return { text: `${name} is added. Enrol its devices with: goldenhour unit enrol "${name}"\n`, json: unit };
};

const enrol: Action = async (opened, name, { values }) => {
  const { terminalQr } = await import('../../platform/tls/qr.ts');
  const role = values.get('role') ?? 'crew';
  if (role !== 'crew' && role !== 'wearer') throw usageError('unit', '--role is crew or wearer.');
  const { unitId } = await unitOf(opened, name);
  const { code, secret, expiresAt } = await opened.people.devices.invite(unitId, role);
  await auditConsole(opened.people, 'unit.invite-device', { unitId, role });
  // The secret stands in the fragment, which browsers never send and servers never log.
  const address = new URL(`/enrol#${secret}`, opened.origin).href;
  const until = new Date(expiresAt).toISOString();
  const text = `${await terminalQr(address)}\nOpen ${address}\nor open ${new URL('/enrol', opened.origin).href} and type ${code}\nValid for one device until ${until}.\n`;
  return { text, json: { unitId, role, code, address, expiresAt } };
};

const devices: Action = async (opened, name) => {
  const { unitId } = await unitOf(opened, name);
  const found = await opened.people.devices.list(unitId);
  const rows = found.map((device) => [
    device.label,
    device.role,
    device.revoked ? 'revoked' : 'active',
    new Date(device.seenUtc).toISOString(),
    device.deviceId,
  ]);
  return {
    text: columns([['DEVICE', 'ROLE', 'STATE', 'LAST SIGN-IN', 'DEVICE-ID'], ...rows]),
    json: { devices: found },
  };
};

const revoke: Action = async ({ people }, deviceId) => {
  await people.devices.revoke(deviceId);
  await auditConsole(people, 'unit.revoke-device', { deviceId });
  return { text: 'The device is revoked.\n', json: { deviceId, revoked: true } };
};

const setDisabled =
  (disabled: boolean): Action =>
  async (opened, name) => {
    const { unitId } = await unitOf(opened, name);
    const changed = await opened.people.units.change(unitId, { disabled });
    await auditConsole(opened.people, disabled ? 'unit.disable' : 'unit.enable', { unitId });
    return { text: `${name} is ${disabled ? 'disabled' : 'enabled'}.\n`, json: changed };
  };

async function list({ people }: Opened): Promise<Answer> {
  const organisations = new Map(
    (await people.organisations.list()).map((each) => [each.organisationId, each.name]),
  );
  const units = await people.units.list();
  const rows = units.map((unit) => [
    unit.name,
    organisations.get(unit.organisationId) ?? '',
    unit.disabled ? 'disabled' : 'active',
    unit.unitId,
  ]);
  return { text: columns([['UNIT', 'ORGANISATION', 'STATE', 'ID'], ...rows]), json: { units } };
}

const actions: ReadonlyMap<string, Action> = new Map([
  ['add', add],
  ['enrol', enrol],
  ['devices', devices],
  ['revoke', revoke],
  ['disable', setDisabled(true)],
  ['enable', setDisabled(false)],
]);

async function run(args: readonly string[]): Promise<number> {
  const { json, rest } = takeJson(args);
  const own = splitArguments('unit', rest, ['organisation', 'role']);
  const [name = '', subject, ...more] = own.words;
  const action = name === 'list' && subject === undefined ? list : actions.get(name);
  if (action === undefined || more.length > 0 || (action !== list && subject === undefined)) {
    throw usageError('unit', 'This is not understood.');
  }
  const answer = await withPeople(own.settings, (opened) => action(opened, subject ?? '', own));
  print(answer, json);
  return 0;
}

export const unitCommand: Command = {
  summary: 'list and add vehicles and teams, enrol their devices',
  help,
  setup: 'base',
  run,
};
