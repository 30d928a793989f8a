/** The network of everyone breaks at once while they talk, again and again; nobody may miss a word, and no word may stand twice. */
import { setTimeout as delay } from 'node:timers/promises';
import { exactly, logRows, times } from './rows.ts';
import { EVERYONE, roleOf } from './scene.ts';
import type { Scenario } from './types.ts';

const BETWEEN_MS = 5000;
const WORDS_PER_SECOND = 1;

export const scenario: Scenario = {
  id: 'reconnect-storm',
  summary: 'all connections break at once while people talk',
  usual: { bots: 50, minutes: 1 },
  async run(scene, { bots, minutes }) {
    const [roomId = ''] = await scene.passes.rooms(1, 'Reconnect storm');
    const all = await scene.cast(bots, EVERYONE, { media: false });
    await Promise.all(all.map((bot) => bot.join(roomId, roleOf(bot.name))));
    const seconds = minutes * 60;
    const talkers = all.slice(0, 6);
    const plan = { what: 'chat', perSecond: WORDS_PER_SECOND, seconds } as const;
    const talking = Promise.all(talkers.map((bot) => bot.flood(plan)));
    const cuts = Math.max(1, Math.floor((seconds * 1000) / BETWEEN_MS) - 1);
    for (let cut = 0; cut < cuts; cut += 1) {
      await delay(Math.min(BETWEEN_MS, seconds * 500));
      await Promise.all(all.map((bot) => bot.cut()));
    }
    const words = (await talking).flatMap(({ ids }) => ids);
    const counts = await scene.settled(all);
    const heard = await Promise.all(all.map((bot) => bot.times(words)));
    const wrong = heard.flat().filter((often) => often !== 1).length;
    return [
      exactly(
        'connections that came back',
        counts.reduce((sum, c) => sum + c.backMs.length, 0),
        cuts * bots,
      ),
      times(
        'cut until joined again',
        counts.flatMap(({ backMs }) => backMs),
      ),
      exactly(
        'words said and acknowledged',
        words.length,
        talkers.length * Math.ceil(WORDS_PER_SECOND * seconds),
      ),
      exactly('words missing or twice, over all listeners', wrong, 0),
      ...logRows(counts),
    ];
  },
};
