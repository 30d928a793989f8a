/** One room's life, as often as a soak lasts: people come, write, drop and are cut off, media flows, and the room is closed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fleet } from '../bot/fleet.ts';
import { ChaosClient } from '../chaos/client.ts';
import { History } from '../chaos/history.ts';
import type { Link } from '../chaos/link.ts';
import { openLink } from '../chaos/link.ts';
import { createRooms } from '../chaos/rooms.ts';
import type { ChaosStack } from '../chaos/stack.ts';
import { between, type Random } from '../cpr/random.ts';

export const PEOPLE = ['dispatcher', 'paramedic', 'doctor', 'cardiologist'] as const;
const JOIN_MS = 60_000;
const PLAN = { video: { width: 320, height: 180, fps: 10 }, audio: true } as const;

export interface Ground {
  readonly stack: ChaosStack;
  /** Sessions of the people, by name. */
  readonly cookies: ReadonlyMap<string, string>;
  readonly random: Random;
  /** Bots with media; none unless given. */
  readonly fleet?: Fleet;
}

export interface Churned {
  readonly facts: number;
  readonly cuts: number;
}

/** Lives one room of about `lifeMs`. Rejects when somebody could not join or the room could not be closed. */
export async function churn(ground: Ground, round: number, lifeMs: number): Promise<Churned> {
  const { stack, cookies, random, fleet } = ground;
  const cookie = (name: string) => cookies.get(name) ?? '';
  const organisations = Object.values(stack.demo.organisations);
  const [room = ''] = await createRooms(stack.port(), cookie('dispatcher'), 1, organisations);
  const history = new History();
  const links: Link[] = [];
  const clients: ChaosClient[] = [];
  try {
    for (const name of PEOPLE) {
      const link = await openLink(() => stack.port());
      links.push(link);
      clients.push(new ChaosClient({ name, room, cookie: cookie(name), link, history, random }));
    }
    for (const client of clients) client.start();
    await allJoined(clients);
    const end = performance.now() + lifeMs;
    const writing = clients.slice(0, 2).map((client) => client.write(100, () => performance.now() > end));
    const media = fleet ? withMedia(fleet, ground, room, round, lifeMs) : Promise.resolve();
    let cuts = 0;
    while (performance.now() < end) {
      await sleep(between(random, 200, 900));
      links[Math.floor(random() * links.length)]?.cut(between(random, 0, 300));
      cuts += 1;
    }
    await Promise.all([...writing, media]);
    const closed = await clients[0]?.operate('room.close', { reason: 'its time is over' });
    if (!closed) throw new Error(`room ${room} could not be closed`);
    return { facts: clients[0]?.seq ?? 0, cuts };
  } finally {
    await Promise.all([...clients, ...links].map((each) => each.close()));
    await history.close();
  }
}

/** A camera that vanishes without a word, and a viewer that leaves in good order. */
async function withMedia(
  fleet: Fleet,
  { stack, cookies }: Ground,
  room: string,
  round: number,
  lifeMs: number,
): Promise<void> {
  const pass = (name: string) => ({
    origin: `https://127.0.0.1:${stack.port()}`,
    cookie: cookies.get(name) ?? '',
  });
  const camera = await fleet.add({ name: `camera-${round}`, pass: pass('paramedic'), media: true });
  const viewer = await fleet.add({ name: `viewer-${round}`, pass: pass('doctor'), media: true });
  await Promise.all([camera.join(room), viewer.join(room)]);
  await camera.publish(PLAN);
  await viewer.where(({ sight }) => (sight?.frames ?? 0) > 3, 'pictures');
  await sleep(lifeMs / 2);
  await camera.vanish();
  await viewer.close();
}

async function allJoined(clients: readonly ChaosClient[]): Promise<void> {
  const deadline = performance.now() + JOIN_MS;
  while (!clients.every(({ joined }) => joined)) {
    if (performance.now() > deadline) throw new Error(`not everyone joined in ${JOIN_MS} ms`);
    await sleep(10);
  }
}
