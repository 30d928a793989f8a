/** `goldenhour place`: fixed codes on door plates and AEDs. */
import { type Answer, print, takeJson } from '../answer.ts';
import type { Command } from '../command.ts';
import { type OwnArguments, splitArguments, usageError } from '../own-arguments.ts';
import { auditConsole, columns } from '../with-people.ts';
import { type OpenedSite, parsePoint, withSite } from '../with-site.ts';

const help = `Usage: goldenhour place list
       goldenhour place add --name NAME --address TEXT [--at LAT,LON] [--kind door|aed] [--svg FILE]
       goldenhour place revoke PLACE-ID

A place is a known address with a code to scan, on a door plate or an AED. Whoever scans it and taps opens an incident
there, which rings at dispatch until somebody acknowledges it; the page says "call the emergency number" first. "add"
prints the address of the code and the code itself, once: the secret in it is stored hashed. "--svg FILE" also writes the
code as a drawing for the printer. "revoke" makes it open nothing any more. Places are WGS-84, in degrees.

  --json    print the answer as one JSON object

Any option of the configuration can follow, such as --config FILE.
`;

type Action = (opened: OpenedSite, subject: string, own: OwnArguments) => Promise<Answer>;

const add: Action = async ({ site, people, bystanderOrigin }, _subject, { values }) => {
  const { PlaceKind } = await import('../../signaling/bystander/places.ts');
  const { Address } = await import('../../signaling/protocol/geo.ts');
  const { Label } = await import('../../signaling/protocol/values.ts');
  const { svgQr, terminalQr } = await import('../../platform/tls/qr.ts');
  const { writeAtomically } = await import('../../platform/files.ts');
  const at = values.get('at');
  const point = at === undefined ? undefined : parsePoint(at);
  if (at !== undefined && !point)
    throw usageError('place', '--at is LAT,LON in degrees, such as 39.9,116.4.');
  const name = Label.safeParse(values.get('name'));
  const address = Address.safeParse({ text: values.get('address'), ...(point ? { point } : {}) });
  if (!name.success || !address.success) throw usageError('place', '"add" needs --name and --address.');
  const kind = PlaceKind.safeParse(values.get('kind') ?? 'door');
  if (!kind.success) throw usageError('place', '--kind is door or aed.');
  const made = await site.places.add({ name: name.data, address: address.data, kind: kind.data });
  const { placeId } = made.place;
  await auditConsole(people, 'place.add', { placeId });
  // The secret stands in the fragment, which browsers never send and servers never log.
  const url = new URL(`/v#${made.fragment}`, bystanderOrigin).href;
  const file = values.get('svg');
  if (file !== undefined) await writeAtomically(file, await svgQr(url));
  const text = `${await terminalQr(url)}\n${url}\nThis is shown once. Place ${placeId}.\n`;
  return { text, json: { placeId, url } };
};

const revoke: Action = async ({ site, people }, placeId) => {
  await site.places.revoke(placeId);
  await auditConsole(people, 'place.revoke', { placeId });
  return { text: 'The code of this place opens nothing any more.\n', json: { placeId, revoked: true } };
};

const list: Action = async ({ site }) => {
  const places = await site.places.list();
  const rows = places.map(({ name, kind, address, revoked, incidents, placeId }) => [
    name,
    kind,
    address.text,
    revoked ? 'revoked' : 'active',
    String(incidents),
    placeId,
  ]);
  const head = ['NAME', 'KIND', 'ADDRESS', 'STATE', 'INCIDENTS', 'PLACE-ID'];
  return { text: columns([head, ...rows]), json: { places } };
};

async function run(args: readonly string[]): Promise<number> {
  const { json, rest } = takeJson(args);
  const own = splitArguments('place', rest, ['name', 'address', 'at', 'kind', 'svg']);
  const [name = '', subject, ...more] = own.words;
  const action = actionOf(name, subject);
  if (action === undefined || more.length > 0) throw usageError('place', 'This is not understood.');
  const answer = await withSite(own.settings, (opened) => action(opened, subject ?? '', own));
  print(answer, json);
  return 0;
}

function actionOf(name: string, subject: string | undefined): Action | undefined {
  if (name === 'revoke') return subject === undefined ? undefined : revoke;
  if (subject !== undefined) return undefined;
  return name === 'list' ? list : name === 'add' ? add : undefined;
}

export const placeCommand: Command = {
  summary: 'make codes for door plates and AEDs that open an incident with its address',
  help,
  setup: 'base',
  run,
};
