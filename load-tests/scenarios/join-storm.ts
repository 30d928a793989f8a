/** Fifty people open one room within ten seconds, as when a bus has crashed and everyone wants to see. */
import { setTimeout as delay } from 'node:timers/promises';
import { exactly, logRows, times } from './rows.ts';
import { EVERYONE, roleOf } from './scene.ts';
import type { Scenario } from './types.ts';

const WITHIN_MS = 10_000;
/** Of targets.md, S5; there it holds at a round trip of 50 ms, which `goldenhour bench S5` adds. */
const TARGET_MS = 2500;

export const scenario: Scenario = {
  id: 'join-storm',
  summary: 'many join one live room within ten seconds',
  usual: { bots: 50, minutes: 1 },
  async run(scene, { bots, minutes }) {
    const [roomId = ''] = await scene.passes.rooms(1, 'Join storm');
    await scene.ambulance(roomId);
    const all = await scene.cast(bots, EVERYONE);
    const [first, ...others] = all;
    await first?.join(roomId, roleOf(first.name));
    await first?.where(({ sight }) => (sight?.frames ?? 0) > 0, 'the first viewer sees it');
    const joining = others.map(async (bot, index) => {
      await delay(((index + scene.random()) * Math.min(WITHIN_MS, minutes * 60_000)) / bots);
      await bot.join(roomId, roleOf(bot.name));
      return bot.where(({ sight }) => sight?.firstFrameMs !== undefined, 'its first frame');
    });
    await Promise.all(joining);
    const counts = await scene.settled(all);
    const late = counts.slice(1);
    const seeing = late.filter(({ sight }) => (sight?.pictures ?? 0) === 1);
    return [
      exactly('viewers that see the picture', seeing.length, bots - 1),
      times(
        'joined the room',
        late.map(({ joinMs = Number.NaN }) => joinMs),
      ),
      times(
        'first decoded frame',
        late.map(({ sight }) => sight?.firstFrameMs ?? Number.NaN),
        TARGET_MS,
      ),
      ...logRows(counts),
    ];
  },
};
