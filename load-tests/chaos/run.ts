/** One run of chaos: clients that write and read, faults from a seed, then peace, and a judgement over all that was seen. */
import { setTimeout as sleep } from 'node:timers/promises';
import { randomOf } from '../cpr/random.ts';
import { checkHistory } from './check.ts';
import { ChaosClient } from './client.ts';
import { headOf, logOf, packageOf, withStore } from './collect.ts';
import type { Violation } from './facts.ts';
import { History } from './history.ts';
import { signIn } from './http.ts';
import { injectAll } from './inject.ts';
import { type Link, openLink } from './link.ts';
import { type Flow, openFlow } from './media.ts';
import { createRooms } from './rooms.ts';
import { type Fault, planFaults, shapeOf, type Wishes, WRITERS_PER_ROOM } from './schedule.ts';
import type { ChaosStack } from './stack.ts';
import { watch } from './watch.ts';

/** The people of a room, one client each; the first two write. */
const PEOPLE = ['dispatcher', 'paramedic', 'doctor', 'cardiologist'];
/** Between two commands of one writer, in milliseconds, on average. */
const PACE_MS = { storm: 300, stack: 60 } as const;
const JOIN_MS = 60_000;
const SETTLE_MS = 60_000;

export interface RunOptions {
  readonly stack: ChaosStack;
  readonly wishes: Wishes;
  /** Where the history is written as well. */
  readonly file?: string;
  /** Faults to run instead of those of the seed: of a history that is run again. */
  readonly schedule?: readonly Fault[];
  /** How long everyone is waited for in the end, in milliseconds; a minute unless told. */
  readonly settleMs?: number;
}

export interface Outcome {
  readonly history: History;
  readonly schedule: readonly Fault[];
  readonly violations: readonly Violation[];
}

/** Runs it on a stack whose processes all stand; they stand again afterwards. Rejects when it could not be run at all. */
export async function runChaos({ stack, wishes, file, ...options }: RunOptions): Promise<Outcome> {
  const schedule = options.schedule ?? planFaults(wishes);
  const history = new History(file);
  history.add({
    t: 'run',
    wishes,
    schedule: [...schedule],
    date: new Date().toISOString(),
    left: leftOut(stack),
  });
  const scene = await openScene(stack, wishes, history);
  const stopWatching = watch(stack, scene.rooms, history);
  try {
    await until(() => scene.clients.every(({ joined }) => joined), 'all clients to join', JOIN_MS);
    let isOver = false;
    const writing = scene.clients
      .filter((_, index) => index % PEOPLE.length < WRITERS_PER_ROOM)
      .map((client) => client.write(PACE_MS[wishes.storm ? 'storm' : 'stack'], () => isOver));
    await injectAll(schedule, { stack, clients: scene.clients, history });
    await calm(stack);
    isOver = true;
    await Promise.all(writing);
    await finish(stack, scene, history, options.settleMs ?? SETTLE_MS);
  } finally {
    await stopWatching();
    await scene.close();
    await history.close();
  }
  return { history, schedule, violations: checkHistory(history.lines) };
}

/** What this machine cannot do, in words. */
function leftOut({ smallDisk, recorder, postgres }: ChaosStack): string[] {
  return [
    ...(postgres
      ? []
      : ['PostgreSQL is not installed: one signaling process on SQLite, which nobody takes over']),
    ...(recorder && !smallDisk ? ['no file system may be mounted: the disk does not fill'] : []),
  ];
}

interface Scene {
  readonly rooms: readonly string[];
  readonly clients: readonly ChaosClient[];
  /** Media of the first room, where the stack carries media. */
  readonly flow: Flow | undefined;
  close(): Promise<void>;
}

async function openScene(stack: ChaosStack, wishes: Wishes, history: History): Promise<Scene> {
  const shape = shapeOf(wishes);
  const random = randomOf(wishes.seed + 1);
  const cookies = new Map<string, string>();
  for (const username of PEOPLE) {
    const person = stack.demo.people.find((each) => each.username === username);
    cookies.set(username, await signIn(stack.port(), username, person?.password ?? ''));
  }
  const organisations = Object.values(stack.demo.organisations);
  const rooms = await createRooms(stack.port(), cookies.get('dispatcher') ?? '', shape.rooms, organisations);
  const links: Link[] = [];
  const clients: ChaosClient[] = [];
  for (const [index, room] of rooms.entries()) {
    for (const username of PEOPLE.slice(0, shape.clientsPerRoom)) {
      const link = await openLink(() => stack.port());
      links.push(link);
      const name = `${username}-${index}`;
      clients.push(
        new ChaosClient({ name, room, cookie: cookies.get(username) ?? '', link, history, random }),
      );
    }
  }
  stack.onTurn = () => {
    for (const link of links) link.cut(0);
  };
  for (const client of clients) client.start();
  let flow: Flow | undefined;
  const close = async () => {
    delete stack.onTurn;
    await flow?.close();
    await Promise.all([...clients, ...links].map((each) => each.close()));
  };
  const [first] = rooms;
  if (!stack.sfu || first === undefined) return { rooms, clients, flow, close };
  try {
    const link = await openLink(() => stack.port());
    links.push(link);
    const seats = { publisher: cookies.get('paramedic') ?? '', viewer: cookies.get('doctor') ?? '' };
    flow = await openFlow(link, first, seats, history);
    return { rooms, clients, flow, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Every clock is right again, and every client is back. */
async function calm(stack: ChaosStack): Promise<void> {
  for (const index of stack.signalings.keys()) await stack.stepClock(index, 0);
}

/** Everyone gets the time to reach the end; then rooms are closed, and what stands everywhere is written down. */
async function finish(
  stack: ChaosStack,
  { rooms, clients, flow }: Scene,
  history: History,
  settleMs: number,
): Promise<void> {
  const soon = (isSo: () => boolean) => until(isSo, 'everyone to settle', settleMs).catch(() => undefined);
  await soon(() => clients.every(({ joined }) => joined));
  if (flow) history.add({ t: 'flows', at: history.now(), again: await flow.flowsAgain() });
  await withStore(stack, async (store) => {
    const heads = new Map<string, number>();
    for (const room of rooms) heads.set(room, await headOf(store, room));
    const headFor = (room: string) => heads.get(room) ?? 0;
    await soon(() => clients.every(({ room, seq }) => seq >= headFor(room)));
    for (const { name, room, seq } of clients) {
      history.add({ t: 'settled', at: history.now(), client: name, room, seq, head: headFor(room) });
    }
    const closers = clients.filter((_, index) => index % PEOPLE.length === 0);
    await Promise.all(closers.map((client) => client.operate('room.close', { reason: 'the run is over' })));
    // Only what carried media is a recording.
    const [recorded] = rooms;
    if (flow && stack.recorder && recorded !== undefined) {
      history.add({ at: history.now(), ...(await packageOf(stack, recorded)) });
    }
    for (const room of rooms) history.add({ at: history.now(), ...(await logOf(store, stack, room)) });
  });
}

async function until(isSo: () => boolean, what: string, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`waited ${patienceMs} ms in vain for ${what}`);
    await sleep(10);
  }
}
