import assert from 'node:assert/strict';
import { crew, dispatcher, doctor } from '../rooms/testing/people.ts';
import { Faults } from './testing/faults.ts';
import { opus, vp8Simulcast } from './testing/rtp.ts';
import { type TestClient, until, World } from './testing/world.ts';

/** Numbers that look random and are the same in every run (Lehmer's generator, modulus 2^31 − 1). */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % sides;
  };
}

/** Asks again as a client does, with the same ids, until the fault is over. */
async function persist<T>(ask: () => Promise<T>): Promise<T> {
  const end = performance.now() + 30_000;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > end) throw error;
      // The room may have to be placed anew first.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

const FAULTY = [
  'consumer.create',
  'consumer.setPaused',
  'consumer.close',
  'producer.create',
  'transport.createPipe',
  'transport.connectPipe',
  'router.create',
] as const;

describe('a room in which everything happens at once', function () {
  this.timeout(60_000);
  for (const seed of [7, 77, 777]) {
    it(`comes to rest with exactly what it should hold (${seed})`, async () => {
      const faults = new Faults();
      const world = await World.start({
        nodes: 2,
        workers: 1,
        wrap: faults.wrap,
        config: {
          spreadAt: { peers: 2, consumers: 400, packetsOutPerSecond: 60_000 },
          requestDeadlineMs: 200,
          keepHiddenMs: 0,
        },
      });
      try {
        await play(world, faults, dice(seed));
      } finally {
        await world.close();
      }
    });
  }

  async function play(world: World, faults: Faults, roll: (sides: number) => number): Promise<void> {
    const clients: TestClient[] = [];
    for (const person of [crew, doctor, dispatcher]) clients.push(await world.enter(person));
    for (const client of clients) await persist(() => client.start());
    const own = new Map<TestClient, Map<string, 'audio' | 'video'>>(clients.map((c) => [c, new Map()]));
    const shown = new Map<TestClient, string[]>();
    const all = (kind: 'audio' | 'video', except?: TestClient) =>
      [...own].flatMap(([client, made]) =>
        client === except ? [] : [...made].filter(([, k]) => k === kind).map(([id]) => id),
      );
    let made = 0;
    /** A reload, or a return after a loss: the same cameras under the same names, and nothing shown yet. */
    const again = async (client: TestClient) => {
      await persist(() => client.start());
      shown.set(client, []);
      for (const [id, kind] of own.get(client) ?? []) {
        const parameters = kind === 'audio' ? opus() : vp8Simulcast();
        await persist(() => client.publish(kind, parameters, { label: id }, id));
      }
    };

    for (let step = 0; step < 60; step += 1) {
      const client = clients[roll(clients.length)];
      assert.ok(client);
      const sources = own.get(client) ?? new Map();
      if (step === 30) {
        await killWorker(world, roll(2));
        for (const each of clients) await again(each);
      }
      switch (roll(7)) {
        case 0:
        case 1: {
          const kind = roll(2) === 0 ? 'audio' : 'video';
          if (sources.size >= 4) break;
          made += 1;
          const id = `source-${made}`;
          const parameters = kind === 'audio' ? opus() : vp8Simulcast();
          await persist(() => client.publish(kind, parameters, { label: id }, id));
          sources.set(id, kind);
          break;
        }
        case 2: {
          const [id] = sources.keys();
          if (id === undefined) break;
          await persist(() => client.ask('media.closeProducer', { producerId: id }));
          sources.delete(id);
          break;
        }
        case 3:
        case 4: {
          const visible = all('video', client).filter(() => roll(2) === 0);
          shown.set(client, visible);
          await client.show(
            ...visible.map((producerId) => ({ producerId, width: 100 << roll(6), height: 100 << roll(6) })),
          );
          break;
        }
        case 5: {
          await again(client);
          break;
        }
        default: {
          const method = FAULTY[roll(FAULTY.length)] ?? 'consumer.create';
          const fault = (['fail', 'hang', 'forget'] as const)[roll(3)] ?? 'fail';
          faults[fault](method, 1 + roll(2));
        }
      }
    }
    faults.clear();
    for (const client of clients) {
      const wanted = [
        ...all('audio', client),
        ...(shown.get(client) ?? []).filter((id) => all('video').includes(id)),
      ];
      await until(
        `${client.person.name} receives what it should`,
        () => receives(world, client, wanted.sort()),
        15_000,
      );
    }
    await noLeftovers(world, [...all('audio'), ...all('video')].sort());
  }

  /** Resolves when the node stands again with a fresh worker. */
  async function killWorker(world: World, index: number): Promise<void> {
    const node = world.nodes[index]?.node;
    const pid = node?.workers[0]?.pid;
    assert.ok(node && pid);
    process.kill(pid, 'SIGKILL');
    await until('a fresh worker', () => node.workers[0] !== undefined && node.workers[0].pid !== pid);
  }

  /** The node sends this client these sources and nothing else, each once. */
  async function receives(world: World, client: TestClient, wanted: readonly string[]): Promise<boolean> {
    const dumps = await Promise.all(world.nodes.map((node) => world.dump(node)));
    const consumers = dumps
      .flatMap((dump) => dump?.consumers ?? [])
      .filter((c) => c.transportId === client.recv);
    const names = consumers.map((c) => client.consumers.get(c.consumerId)?.producerId);
    return consumers.every((c) => !c.paused) && JSON.stringify(names.sort()) === JSON.stringify(wanted);
  }

  async function noLeftovers(world: World, published: readonly string[]): Promise<void> {
    await until(
      'the room knows the same sources as the nodes',
      async () => {
        const dumps = await Promise.all(world.nodes.map((node) => world.dump(node)));
        const pipes = new Set(
          dumps
            .flatMap((d) => d?.transports ?? [])
            .filter((t) => t.kind === 'pipe')
            .map((t) => t.transportId),
        );
        const held = dumps
          .flatMap((d) => d?.producers ?? [])
          .filter((p) => !pipes.has(p.transportId))
          .map((p) => p.producerId);
        const { sources } = await world.room.state();
        return [held.sort(), Object.keys(sources).sort()].every(
          (ids) => JSON.stringify(ids) === JSON.stringify(published),
        );
      },
      15_000,
    );
  }
});
