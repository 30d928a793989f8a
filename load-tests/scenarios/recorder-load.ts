/** Many rooms are recorded at once: the recorder keeps up, and tells each room how far its tracks are safe. */
import { setTimeout as delay } from 'node:timers/promises';
import { exactly, logRows } from './rows.ts';
import type { Scenario } from './types.ts';

/** Camera and voice; data channels of marks are tracks too. */
const TRACKS_OF_A_ROOM = 2;
/** Rule of the recorder: fsync once a second; the word about it takes another one (targets.md, R1). */
const BEHIND_MS = 3000;
const LOOK_MS = 1000;

export const scenario: Scenario = {
  id: 'recorder-load',
  summary: 'many rooms are recorded at once',
  usual: { bots: 20, minutes: 1 },
  needs: { recorder: true },
  async run(scene, { bots, minutes }) {
    const rooms = await scene.passes.rooms(bots, 'Recorded room');
    const crews = await Promise.all(rooms.map((roomId) => scene.ambulance(roomId)));
    const recorded = crews.map(({ crew }) =>
      crew.where(({ recorded: now }) => now.tracks >= TRACKS_OF_A_ROOM, 'its tracks to be recorded'),
    );
    await Promise.all(recorded);
    const behind: number[] = [];
    let lapsed = 0;
    const end = performance.now() + minutes * 60_000;
    while (performance.now() < end) {
      await delay(LOOK_MS);
      for (const { recorded: now } of await scene.counts()) {
        behind.push(now.behindMs);
        if (now.tracks < TRACKS_OF_A_ROOM) lapsed += 1;
      }
    }
    const counts = await scene.counts();
    const last = Math.max(...counts.map((each) => each.recorded.behindMs));
    const worst = Math.max(...behind);
    return [
      exactly(
        'rooms whose camera and voice are recorded at the end',
        counts.filter(({ recorded: now }) => now.tracks >= TRACKS_OF_A_ROOM).length,
        bots,
      ),
      exactly('looks at which a track was not recorded', lapsed, 0),
      {
        what: 'least safe track, at worst and at the end',
        value: `${Math.round(worst)} ms and ${Math.round(last)} ms behind`,
        ok: last < BEHIND_MS,
        timed: true,
      },
      { what: 'pictures sent', value: `${counts.reduce((sum, c) => sum + (c.sight?.sentFrames ?? 0), 0)}` },
      ...logRows(counts),
    ];
  },
};
