/** An ordinary busy day: many incidents at once, each an ambulance and somebody who looks on and asks. */
import { setTimeout as delay } from 'node:timers/promises';
import { exactly, logRows, timed, times } from './rows.ts';
import { COORDINATORS, roleOf } from './scene.ts';
import type { Scenario } from './types.ts';

const FROZEN_MS = 3000;

export const scenario: Scenario = {
  id: 'many-rooms',
  summary: 'many small rooms, each with an ambulance and a doctor, over two media nodes',
  usual: { bots: 40, minutes: 1 },
  needs: { nodes: 2 },
  async run(scene, { bots, minutes }) {
    const rooms = await scene.passes.rooms(Math.max(1, Math.floor(bots / 2)), 'Small room');
    const doctors = await scene.cast(rooms.length, COORDINATORS);
    const crews = await Promise.all(rooms.map((roomId) => scene.ambulance(roomId)));
    await Promise.all(doctors.map((doctor, i) => doctor.join(rooms[i] ?? '', roleOf(doctor.name))));
    const seeing = doctors.map((doctor) => doctor.where(({ sight }) => (sight?.frames ?? 0) > 0, 'pictures'));
    await Promise.all(seeing);
    const plan = { what: 'chat', perSecond: 0.2, seconds: minutes * 60 } as const;
    await Promise.all([...doctors.map((doctor) => doctor.flood(plan)), delay(minutes * 60_000)]);
    const counts = await Promise.all(
      crews.map(({ crew }, i) => scene.settled([crew, ...doctors.slice(i, i + 1)])),
    );
    const viewers = counts.flatMap(([, viewer]) => (viewer ? [viewer] : []));
    const live = viewers.filter(({ sight }) => sight && sight.frames > 0 && sight.longestGapMs < FROZEN_MS);
    const homes = await Promise.all(rooms.map((roomId) => scene.stack.dumps(roomId)));
    const onNode = (node: number) => homes.filter((dumps) => (dumps[node]?.producers.length ?? 0) > 0).length;
    return [
      timed(exactly(`rooms whose picture never stood still for ${FROZEN_MS} ms`, live.length, rooms.length)),
      {
        what: 'rooms on each node',
        value: `${onNode(0)} and ${onNode(1)}`,
        ok: rooms.length < 2 || onNode(0) * onNode(1) > 0,
      },
      times(
        'first decoded frame',
        viewers.map(({ sight }) => sight?.firstFrameMs ?? Number.NaN),
      ),
      times(
        'message until it is durable',
        viewers.flatMap(({ ackMs }) => ackMs),
      ),
      ...logRows(counts.flat()),
    ];
  },
};
