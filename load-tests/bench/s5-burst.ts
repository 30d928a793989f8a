/**
 * The second half of S5: fifty people join one room within ten seconds, over the same path of 50 ms round trip. They are bots with
 * real WebRTC (fifty browsers need more than the two cores of a small machine), each with a connection of its own from the first
 * packet of TLS to the first decoded frame; the system runs as processes of their own on the other core.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Fleet, GENERATOR_CORE, type RemoteBot } from '../bot/fleet.ts';
import { Passes } from '../bot/passes.ts';
import { pinSelf } from '../bot/pin-self.ts';
import { busyBetween, readCores } from '../measuring/cores.ts';
import { voidReason } from '../measuring/void.ts';
import { openRelay } from '../network/relay.ts';
import { EVERYONE, PICTURE, roleOf, startScenarioStack } from '../scenarios/scene.ts';

const WITHIN_MS = 10_000;
const BOT_PROCESSES = 2;

export interface BurstOptions {
  readonly bursts: number;
  readonly joins: number;
  readonly oneWayMs: number;
  /** Above this 99th percentile the relay was the limit, in milliseconds. */
  readonly relayLimitMs: number;
  /** Address of the relay. */
  readonly front: string;
}

export interface Bursts {
  /** From the call to the first decoded frame, in milliseconds, by burst. */
  readonly firstFrames: readonly (readonly number[])[];
  readonly invalid?: string;
}

/** Rejects when somebody never saw a frame. */
export async function measureBursts(options: BurstOptions): Promise<Bursts> {
  const unpin = await pinSelf();
  const stack = await startScenarioStack({}, { sfu: { announcedAddresses: [options.front] } });
  const port = Number(new URL(stack.origin).port);
  const [mediaPort = 0] = stack.ports.media;
  const relay = await openRelay({
    listen: options.front,
    target: '127.0.0.1',
    udpPorts: [mediaPort],
    tcpPorts: [port],
    delayMs: options.oneWayMs,
  });
  const passes = new Passes(stack, `https://${options.front}:${port}`);
  try {
    const firstFrames: number[][] = [];
    let generatorCore = 0;
    for (let number = 0; number < options.bursts; number += 1) {
      const fleet = new Fleet({ processes: BOT_PROCESSES });
      try {
        const burst = await runBurst(fleet, passes, options.joins);
        firstFrames.push(burst.firstFrames);
        generatorCore = Math.max(generatorCore, burst.generatorCore);
      } finally {
        await fleet.close();
      }
    }
    const invalid = voidReason({ generatorCore }) ?? lateRelay(relay.accuracy().p99, options);
    return { firstFrames, ...(invalid === undefined ? {} : { invalid }) };
  } finally {
    await relay.close();
    await stack.close();
    await unpin();
  }
}

async function runBurst(fleet: Fleet, passes: Passes, joins: number) {
  const [roomId = ''] = await passes.rooms(1, 'Burst');
  const add = async (name: string) =>
    fleet.add({ name, pass: await passes.of(name.split(' ')[0] ?? ''), media: true });
  const crew = await add('paramedic');
  await crew.join(roomId, { role: 'crew' });
  await crew.publish({ video: PICTURE, audio: true });
  const colleague = await add('cardiologist');
  await colleague.join(roomId);
  await colleague.where(({ sight }) => (sight?.frames ?? 0) > 0, 'the colleague sees it');
  const bots: RemoteBot[] = [];
  for (let index = 0; index < joins; index += 1)
    bots.push(await add(`${EVERYONE[index % EVERYONE.length] ?? 'doctor'} ${index}`));
  const before = await readCores();
  await Promise.all(
    bots.map(async (bot, index) => {
      await delay((index * WITHIN_MS) / joins);
      await bot.join(roomId, roleOf(bot.name));
    }),
  );
  const busy = busyBetween(before, await readCores());
  const seen = await Promise.all(
    bots.map((bot) => bot.where(({ sight }) => sight?.firstFrameMs !== undefined, 'its first frame')),
  );
  await Promise.all([crew, colleague, ...bots].map((bot) => bot.close()));
  return {
    firstFrames: seen.map(({ sight }) => sight?.firstFrameMs ?? Number.POSITIVE_INFINITY),
    generatorCore: busy[GENERATOR_CORE] ?? 0,
  };
}

function lateRelay(p99: number, { oneWayMs, relayLimitMs }: BurstOptions): string | undefined {
  return p99 > relayLimitMs ? `the relay added ${Math.round(p99)} ms instead of ${oneWayMs}` : undefined;
}
