/** `goldenhour guidance`: which cards the site has approved. */
import type { CardId } from '../../signaling/protocol/guidance.ts';
import { type Answer, print, takeJson } from '../answer.ts';
import type { Command } from '../command.ts';
import { type OwnArguments, splitArguments, usageError } from '../own-arguments.ts';
import { auditConsole, columns } from '../with-people.ts';
import { type OpenedSite, withSite } from '../with-site.ts';

const help = `Usage: goldenhour guidance list
       goldenhour guidance approve CARD --by NAME
       goldenhour guidance withdraw CARD

Cards tell the public at the scene what to do. Somebody who answers for it at this site reads each of them, in both
languages, and approves it by name; in production (NODE_ENV=production) a card without an approval cannot be pushed.
An approval holds for one version: a changed card has to be approved again. Changes take effect at once.

  --json    print the answer as one JSON object

Any option of the configuration can follow, such as --config FILE.
`;

type Action = (opened: OpenedSite, card: string, own: OwnArguments) => Promise<Answer>;

async function cardOf(text: string): Promise<CardId> {
  const { CARD_IDS, CardId } = await import('../../signaling/protocol/guidance.ts');
  const card = CardId.safeParse(text);
  if (card.success) return card.data;
  throw usageError('guidance', `There is no card "${text}"; there are: ${CARD_IDS.join(', ')}.`);
}

const approve: Action = async ({ site, people }, text, { values }) => {
  const { Label } = await import('../../signaling/protocol/values.ts');
  const cardId = await cardOf(text);
  const approver = Label.safeParse(values.get('by'));
  if (!approver.success) throw usageError('guidance', '"approve" needs --by with the name of who approves.');
  const standing = await site.guidance.approve(cardId, approver.data);
  const { version } = standing;
  await auditConsole(people, 'guidance.approve', { cardId, version: String(version) });
  return { text: `Version ${version} of ${cardId} is approved by ${approver.data}.\n`, json: standing };
};

const withdraw: Action = async ({ site, people }, text) => {
  const cardId = await cardOf(text);
  const standing = await site.guidance.withdraw(cardId);
  const { version } = standing;
  await auditConsole(people, 'guidance.withdraw', { cardId, version: String(version) });
  return { text: `Version ${version} of ${cardId} is not approved any more.\n`, json: standing };
};

const list: Action = async ({ site }) => {
  const cards = await site.guidance.standings();
  const rows = cards.map(({ cardId, version, guideline, approval }) => [
    cardId,
    String(version),
    approval === undefined ? 'not approved' : `${approval.approver}, ${dayOf(approval.at)}`,
    guideline,
  ]);
  return { text: columns([['CARD', 'VERSION', 'APPROVED', 'GUIDELINE'], ...rows]), json: { cards } };
};

function dayOf(utc: number): string {
  return new Date(utc).toISOString().slice(0, 10);
}

const actions: ReadonlyMap<string, Action> = new Map([
  ['approve', approve],
  ['withdraw', withdraw],
]);

async function run(args: readonly string[]): Promise<number> {
  const { json, rest } = takeJson(args);
  const own = splitArguments('guidance', rest, ['by']);
  const [name = '', card, ...more] = own.words;
  const action = name === 'list' && card === undefined ? list : actions.get(name);
  if (action === undefined || more.length > 0 || (action !== list && card === undefined)) {
    throw usageError('guidance', 'This is not understood.');
  }
  const answer = await withSite(own.settings, (opened) => action(opened, card ?? '', own));
  print(answer, json);
  return 0;
}

export const guidanceCommand: Command = {
  summary: 'list and approve the cards shown to the public at the scene',
  help,
  setup: 'base',
  run,
};
