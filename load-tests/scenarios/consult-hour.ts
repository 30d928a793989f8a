/** One consultation from the ambulance to the hospital: crew, dispatcher, three specialists who come, draw, talk and go. */
import { setTimeout as delay } from 'node:timers/promises';
import { exactly, logRows, timed, times } from './rows.ts';
import type { Scenario } from './types.ts';

const SPECIALISTS = ['doctor', 'cardiologist', 'duty-doctor'] as const;
const FROZEN_MS = 3000;

export const scenario: Scenario = {
  id: 'consult-hour',
  summary: 'an ambulance, a dispatcher and three specialists; --minutes 60 is the whole hour',
  usual: { bots: 5, minutes: 2 },
  async run(scene, { minutes }) {
    const [roomId = ''] = await scene.passes.rooms(1, 'Consultation');
    const { crew, producerId } = await scene.ambulance(roomId);
    const dispatcher = await scene.bot('dispatcher');
    await dispatcher.join(roomId);
    const seconds = (minutes * 60) / 4;
    const guides = [];
    for (const username of SPECIALISTS) {
      const guide = await scene.bot(username);
      await guide.join(roomId, { role: username === 'cardiologist' ? 'specialist' : 'coordinator' });
      await guide.publish({ audio: true });
      await guide.chat(`${username} is here`);
      guides.push(guide);
      await delay((seconds * 1000) / SPECIALISTS.length);
    }
    const [leader, cardiologist] = guides;
    if (!leader || !cardiologist) throw new Error('three specialists were called');
    // The middle: talk and marks; the end: the one whose link is bad comes back, the others go one by one.
    const [drawn, said] = await Promise.all([
      leader.flood({ what: 'strokes', perSecond: 0.5, seconds, producerId }),
      cardiologist.flood({ what: 'chat', perSecond: 0.2, seconds }),
      delay(seconds * 1000),
    ]);
    await cardiologist.cut();
    await delay(seconds * 1000);
    const all = [crew, dispatcher, ...guides];
    const counts = await scene.settled(all);
    const seen = await Promise.all(all.map((bot) => bot.times([...drawn.ids, ...said.ids])));
    const viewers = counts
      .slice(1)
      .filter(({ sight }) => sight && sight.longestGapMs < FROZEN_MS && sight.frames > 0);
    await Promise.all(guides.map((guide) => guide.close()));
    const leave = await dispatcher.where(
      ({ last }) => last >= (counts[1]?.last ?? 0) + SPECIALISTS.length,
      'their leaving',
    );
    return [
      timed(
        exactly(
          `viewers whose picture never stood still for ${FROZEN_MS} ms`,
          viewers.length,
          counts.length - 1,
        ),
      ),
      exactly('marks and words missing or twice', seen.flat().filter((often) => often !== 1).length, 0),
      { what: 'marks and words', value: `${drawn.ids.length} and ${said.ids.length}` },
      {
        what: 'voices heard by the crew, in seconds',
        value: `${Math.round((counts[0]?.sight?.sounds ?? 0) / 100)}`,
      },
      times(
        'act until it is durable',
        counts.flatMap(({ ackMs }) => ackMs),
      ),
      times(
        'first decoded frame',
        counts.flatMap(({ sight }) => sight?.firstFrameMs ?? []),
      ),
      { what: 'entries in all', value: `${leave.last}` },
      ...logRows(counts),
    ];
  },
};
