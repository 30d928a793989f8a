/**
 * One room with a picture of 3840 × 2160 that everybody shows large. A bot encodes it, so that it carries few frames a second; how
 * many viewers one core serves of a full 4K stream of 20 Mbit/s is measured with pre-encoded packets (`goldenhour bench S2`).
 */
import { setTimeout as delay } from 'node:timers/promises';
import { exactly, logRows, timed, times } from './rows.ts';
import { EVERYONE, roleOf } from './scene.ts';
import type { Scenario } from './types.ts';

const UHD = { width: 3840, height: 2160, fps: 1 } as const;
/** Of one frame a second, on a core that encodes and decodes all of them. */
const FROZEN_MS = 8000;

export const scenario: Scenario = {
  id: 'large-room',
  summary: 'one room with a 4K picture that everybody shows large',
  usual: { bots: 6, minutes: 1 },
  async run(scene, { bots, minutes }) {
    const [roomId = ''] = await scene.passes.rooms(1, 'Large room');
    const crew = await scene.bot('paramedic');
    await crew.join(roomId, { role: 'crew' });
    await crew.publish({ video: UHD, audio: true });
    const all = await scene.cast(bots, EVERYONE);
    const view = { width: UHD.width, height: UHD.height };
    await Promise.all(all.map((bot) => bot.join(roomId, { ...roleOf(bot.name), view })));
    await Promise.all(
      all.map((bot) => bot.where(({ sight }) => (sight?.frames ?? 0) > 0, 'the picture', 120_000)),
    );
    await delay(minutes * 60_000);
    const counts = await scene.settled([crew, ...all]);
    const viewers = counts.slice(1);
    const live = viewers.filter(({ sight }) => sight && sight.longestGapMs < FROZEN_MS);
    const whole = viewers.filter(({ sight }) => sight?.height === UHD.height);
    return [
      exactly(`viewers with ${UHD.height} lines`, whole.length, bots),
      timed(exactly(`viewers whose picture never stood still for ${FROZEN_MS} ms`, live.length, bots)),
      { what: 'frames sent', value: `${counts[0]?.sight?.sentFrames ?? 0}` },
      { what: 'frames decoded by each', value: viewers.map(({ sight }) => sight?.frames ?? 0).join(', ') },
      times(
        'first decoded frame',
        viewers.map(({ sight }) => sight?.firstFrameMs ?? Number.NaN),
      ),
      ...logRows(counts),
    ];
  },
};
