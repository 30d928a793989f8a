import assert from 'node:assert/strict';
import { isAppError } from '../../platform/errors.ts';
import { Faults } from '../media/testing/faults.ts';
import { opus, vp8Simulcast, vp9Svc } from '../media/testing/rtp.ts';
import { type TestClient, until } from '../media/testing/world.ts';
import { crew, dispatcher, doctor } from '../rooms/testing/people.ts';
import { Studio } from './testing/studio.ts';

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
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

const NODE_FAULTS = [
  'tap.create',
  'tap.connect',
  'tap.consume',
  'tap.close',
  'consumer.setPaused',
  'consumer.close',
  'producer.create',
  'transport.createPipe',
] as const;
const RECORDER_FAULTS = [
  'room.open',
  'tap.open',
  'tap.connect',
  'track.start',
  'track.stop',
  'room.log',
] as const;

describe('recording while everything happens at once', function () {
  this.timeout(120_000);
  for (const seed of [5, 13, 555]) {
    it(`comes to rest with every source in the right recorder, and nothing else (${seed})`, async () => {
      const faults = new Faults();
      const studio = await Studio.open({
        nodes: 2,
        workers: 1,
        wrap: faults.wrap,
        config: {
          spreadAt: { peers: 2, consumers: 400, packetsOutPerSecond: 60_000 },
          requestDeadlineMs: 200,
          keepHiddenMs: 0,
        },
        recording: { requestDeadlineMs: 300 },
      });
      try {
        await play(studio, faults, dice(seed));
      } finally {
        await studio.close();
      }
    });
  }

  async function play(studio: Studio, faults: Faults, roll: (sides: number) => number): Promise<void> {
    const { world } = studio;
    const clients: TestClient[] = [];
    for (const person of [crew, doctor, dispatcher]) clients.push(await world.enter(person));
    for (const client of clients) await persist(() => client.start());
    const own = new Map<TestClient, Map<string, 'audio' | 'video'>>(clients.map((c) => [c, new Map()]));
    let made = 0;
    const publish = (client: TestClient, kind: 'audio' | 'video', id: string) => {
      const parameters = kind === 'audio' ? opus() : roll(2) ? vp8Simulcast() : vp9Svc();
      return persist(async () => {
        try {
          await client.publish(kind, parameters, { label: id }, id);
        } catch (error) {
          // Its media was lost: a page that is told so starts anew.
          if (isAppError(error, 'conflict')) await again(client);
          throw error;
        }
      });
    };
    const again = async (client: TestClient): Promise<void> => {
      await persist(() => client.start());
      for (const [id, kind] of own.get(client) ?? []) await publish(client, kind, id);
    };
    for (let step = 0; step < 40; step += 1) {
      const client = clients[roll(clients.length)];
      const recorder = studio.recorders[roll(2)];
      assert.ok(client && recorder);
      const sources = own.get(client) ?? new Map();
      if (step === 15) {
        await killWorker(studio, roll(2));
        for (const each of clients) await again(each);
      }
      if (step === 25) await world.takeOver();
      switch (roll(8)) {
        case 0:
        case 1:
        case 2: {
          if (sources.size >= 3) break;
          made += 1;
          const kind = roll(2) ? 'video' : 'audio';
          await publish(client, kind, `source-${made}`);
          sources.set(`source-${made}`, kind);
          break;
        }
        case 3: {
          const [id] = sources.keys();
          if (id === undefined) break;
          await persist(() => client.ask('media.closeProducer', { producerId: id }));
          sources.delete(id);
          break;
        }
        case 4: {
          await again(client);
          break;
        }
        case 5: {
          await recorder.kill();
          await recorder.listen();
          break;
        }
        case 6: {
          const method = RECORDER_FAULTS[roll(RECORDER_FAULTS.length)] ?? 'track.start';
          if (roll(2)) recorder.refuses.set(method, 'unavailable');
          else recorder.hangs.add(method);
          break;
        }
        default: {
          const method = NODE_FAULTS[roll(NODE_FAULTS.length)] ?? 'tap.create';
          faults[(['fail', 'hang', 'forget'] as const)[roll(3)] ?? 'fail'](method, 1 + roll(2));
        }
      }
    }
    faults.clear();
    for (const recorder of studio.recorders) {
      recorder.refuses.clear();
      recorder.hangs.clear();
    }
    const published = [...own.values()].flatMap((sources) => [...sources.keys()]).sort();
    await until('everything is recorded', () => rests(studio, published), 30_000);
  }

  /** The recorder of the room's node runs these tracks, its tap carries them, and nothing else is tapped. */
  async function rests(studio: Studio, published: readonly string[]): Promise<boolean> {
    const { media, seq, recording } = await studio.state();
    const recorder = studio.recorders.find(({ nodeId }) => nodeId === media?.nodeId);
    const held = recorder && studio.held(recorder);
    if (!held?.recording || !held.tap) return false;
    const running = [...held.tracks].filter(([, { ended }]) => ended === undefined);
    const dumps = await Promise.all(studio.world.nodes.map((node) => studio.world.dump(node)));
    const taps = dumps.flatMap((dump) => dump?.transports ?? []).filter(({ kind }) => kind === 'tap');
    const tapped = dumps
      .flatMap((dump) => dump?.consumers ?? [])
      .filter(({ transportId }) => transportId === held.tap?.tapId);
    const ssrcs = (tracks: typeof running) =>
      tracks
        .map(([, { track }]) => ('rtpParameters' in track ? track.rtpParameters.encodings?.[0]?.ssrc : 0))
        .sort();
    return (
      JSON.stringify(running.map(([trackId]) => trackId).sort()) === JSON.stringify(published) &&
      taps.length === 1 &&
      taps[0]?.transportId === held.tap.tapId &&
      tapped.every(({ paused }) => !paused) &&
      JSON.stringify(tapped.map(({ rtpParameters }) => rtpParameters.encodings?.[0]?.ssrc).sort()) ===
        JSON.stringify(ssrcs(running)) &&
      held.lines.at(-1)?.seq === seq &&
      Object.keys(recording?.stalled ?? {}).length === 0 &&
      studio.recorders.every((other) => other === recorder || studio.held(other)?.recording !== true)
    );
  }

  /** Resolves when the node stands again with a fresh worker. */
  async function killWorker(studio: Studio, index: number): Promise<void> {
    const node = studio.world.nodes[index]?.node;
    const pid = node?.workers[0]?.pid;
    assert.ok(node && pid);
    process.kill(pid, 'SIGKILL');
    await until('a fresh worker', () => node.workers[0] !== undefined && node.workers[0].pid !== pid);
  }
});
