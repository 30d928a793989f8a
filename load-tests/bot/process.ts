/** A process of bots: carries out what `fleet.ts` asks, many things at once, and ends with its parent. */
import { z } from 'zod';
import { messageOf } from '../../platform/errors.ts';
import { Bot } from './bot.ts';
import { flood } from './flood.ts';
import { webrtc } from './media.ts';
import { Order } from './orders.ts';

const Question = z.strictObject({ id: z.number(), message: Order });

const bots = new Map<string, Bot>();
const media = webrtc();

function named(name: string): Bot {
  const bot = bots.get(name);
  if (!bot) throw new Error(`there is no bot ${name} here`);
  return bot;
}

async function carryOut(order: Order): Promise<unknown> {
  switch (order.order) {
    case 'open':
      bots.set(order.bot, new Bot({ name: order.bot, pass: order.pass, ...(order.media ? { media } : {}) }));
      return undefined;
    case 'join':
      return named(order.bot).join(order.roomId, order.plan);
    case 'publish':
      return named(order.bot).publish(order.plan);
    case 'chat':
      return named(order.bot).chat(order.text, order.to);
    case 'flood':
      return flood(named(order.bot), order.plan);
    case 'cut':
      return named(order.bot).cut();
    case 'reaches':
      return named(order.bot).reaches(order.seq, order.waitMs);
    case 'counts':
      return named(order.bot).counts();
    case 'times':
      return order.ids.map((id) => named(order.bot).log.timesOf(id));
    case 'close':
      await named(order.bot).close();
      bots.delete(order.bot);
      return undefined;
    case 'vanish':
      named(order.bot).vanish();
      bots.delete(order.bot);
      return undefined;
  }
}

// Libwebrtc's own end crashes in this build, after everything has been said: the process is gone before it begins.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
async function answer(question: unknown): Promise<void> {
  const { id, message } = Question.parse(question);
  const reply = await carryOut(message).then(
    (value) => ({ id, value }),
    (error: unknown) => ({ id, error: messageOf(error) }),
  );
  process.send?.(reply);
}

process.on('message', (question) => void answer(question));
