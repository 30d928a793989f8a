/** Acts of one bot on a schedule that does not wait for answers: a slow server gets no less than a quick one. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Bot } from './bot.ts';
import type { Flooded, FloodPlan } from './orders.ts';

/** A room shows a hundred marks; a bot takes its own away when it has drawn so many. */
const MARKS_KEPT = 10;

export async function flood(bot: Bot, { what, perSecond, seconds, producerId }: FloodPlan): Promise<Flooded> {
  const began = performance.now();
  const ids: string[] = [];
  const lateMs: number[] = [];
  const drawn: string[] = [];
  let failed = 0;
  const act = async (number: number) => {
    if (what === 'chat') return bot.chat(`flood ${number}`);
    if (producerId === undefined) throw new Error('strokes are drawn on a picture: name its producer');
    return bot.stroke(producerId);
  };
  const done = async (id: string) => {
    ids.push(id);
    if (what === 'strokes' && drawn.push(id) >= MARKS_KEPT) await bot.erase(drawn.splice(0));
  };
  const acts: Promise<void>[] = [];
  for (let number = 0; number < perSecond * seconds; number += 1) {
    const due = began + (number * 1000) / perSecond;
    const ahead = due - performance.now();
    if (ahead > 0) await delay(ahead);
    lateMs.push(Math.max(0, performance.now() - due));
    acts.push(
      act(number)
        .then(done)
        .catch(() => {
          // Its code is among the bot's own counts.
          failed += 1;
        }),
    );
  }
  await Promise.all(acts);
  if (drawn.length > 0) await bot.erase(drawn);
  return { ids, failed, lateMs };
}
