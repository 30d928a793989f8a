/** Everybody writes, or draws, as fast as a person could and faster, into one room. */

import type { RemoteBot } from '../bot/fleet.ts';
import type { FloodPlan } from '../bot/orders.ts';
import { exactly, logRows, times } from './rows.ts';
import { COORDINATORS, EVERYONE, roleOf, type Scene } from './scene.ts';
import type { Row, Scenario, Wishes } from './types.ts';

/** Of the whole room; each message is a fact for everyone, with a receipt of each. */
const MESSAGES_PER_SECOND = 10;
const STROKES_PER_SECOND = 20;

export const chatFlood: Scenario = {
  id: 'chat-flood',
  summary: 'everybody in a room writes at once',
  usual: { bots: 20, minutes: 1 },
  async run(scene, wishes) {
    const [roomId = ''] = await scene.passes.rooms(1, 'Chat flood');
    const all = await scene.cast(wishes.bots, EVERYONE, { media: false });
    await Promise.all(all.map((bot) => bot.join(roomId, roleOf(bot.name))));
    return await flood(scene, all, wishes, { what: 'chat', perSecond: MESSAGES_PER_SECOND / wishes.bots });
  },
};

export const markFlood: Scenario = {
  id: 'mark-flood',
  summary: 'doctors draw on one picture at once',
  usual: { bots: 10, minutes: 1 },
  async run(scene, wishes) {
    const [roomId = ''] = await scene.passes.rooms(1, 'Mark flood');
    const { producerId } = await scene.ambulance(roomId, { audio: false });
    const all = await scene.cast(wishes.bots, COORDINATORS, { media: false });
    await Promise.all(all.map((bot) => bot.join(roomId, { role: 'coordinator' })));
    const perSecond = STROKES_PER_SECOND / wishes.bots;
    return await flood(scene, all, wishes, { what: 'strokes', perSecond, producerId });
  },
};

/** Acts do not wait for answers; at the end every act that was acknowledged stands once in everybody's log. */
async function flood(
  scene: Scene,
  all: readonly RemoteBot[],
  { minutes }: Wishes,
  plan: Omit<FloodPlan, 'seconds'>,
): Promise<Row[]> {
  const done = await Promise.all(all.map((bot) => bot.flood({ ...plan, seconds: minutes * 60 })));
  const ids = done.flatMap((each) => each.ids);
  const counts = await scene.settled(all);
  const seen = await Promise.all(all.map((bot) => bot.times(ids)));
  const wrong = seen.flat().filter((often) => often !== 1).length;
  return [
    exactly(
      'acts that failed',
      done.reduce((sum, { failed }) => sum + failed, 0),
      0,
    ),
    exactly('acts missing or twice, over all readers', wrong, 0),
    { what: 'acts', value: `${ids.length} (${(ids.length / (minutes * 60)).toFixed(1)} a second)` },
    times(
      'act until it is durable',
      counts.flatMap(({ ackMs }) => ackMs),
    ),
    times(
      'act until another sees it',
      counts.flatMap(({ heardMs }) => heardMs),
    ),
    times(
      'begun after its time',
      done.flatMap(({ lateMs }) => lateMs),
    ),
    ...logRows(counts),
  ];
}
