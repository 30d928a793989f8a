/**
 * A recorder that is killed again and again, and whose machine loses its power, while a room with picture and sound goes on: what it
 * cost, counted from sequence numbers (target R1).
 */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RecorderProcess } from '../../bin/service/recorder-process.ts';
import { loadConfig } from '../../platform/config/load.ts';
import { createLogger } from '../../platform/log.ts';
import { encodeStream } from '../../recorder/container/testing/streams.ts';
import { random } from '../../recorder/frames/testing/journal.ts';
import { packageFolder } from '../../recorder/room-state.ts';
import { Manifest } from '../../signaling/protocol/manifest.ts';
import { hostMs, LiveSource } from './live-source.ts';
import { beginShadow, cutPower } from './power-cut.ts';
import { ROOM_ID, RoomOwner } from './room-owner.ts';
import { type Outcome, outcomeOf, type Stop } from './stopped-outcome.ts';
import { SHADOW_VARIABLE } from './sync-watch.ts';

const WATCH = new URL('./sync-watch.ts', import.meta.url).href;
const PATIENCE_MS = 30_000;
/** Longest and shortest time that a recorder lives before it is killed. */
const LIFE_MS = [100, 2_500] as const;
/** After the last fault, so that it is seen to go on. */
const AFTERWARDS_MS = 3_000;
const FINISH_MS = 120_000;

export interface KilledOptions {
  readonly kills: number;
  readonly powerCuts: number;
  readonly seed: number;
}

/** Runs it. Everything it made is gone afterwards. */
export async function runKilled({ kills, powerCuts, seed }: KilledOptions): Promise<Outcome> {
  const base = await mkdtemp(join(tmpdir(), 'goldenhour-killed-'));
  const next = random(seed);
  const masterKey = randomBytes(32);
  const sources = await openSources();
  const owner = new RoomOwner({ sources });
  const stops: Stop[] = [];
  let dataDir = join(base, 'data-0');
  await mkdir(dataDir);
  let recorder = start(dataDir, masterKey);
  const life = () => LIFE_MS[0] + next() * (LIFE_MS[1] - LIFE_MS[0]);
  try {
    owner.use(recorder.client);
    for (let n = 0; n < kills; n += 1) {
      await live(owner, stops, life());
      stops.push(await stopOf('kill', owner, dataDir, () => kill(recorder)));
    }
    await live(owner, stops, life());
    for (let n = 0; n < powerCuts; n += 1) {
      const shadow = join(base, `shadow-${n}`);
      owner.detach();
      await recorder.close('to be watched');
      beginShadow(dataDir, shadow);
      stops.push({ ...(await stopOf('restart', owner, dataDir, async () => undefined)) });
      recorder = start(dataDir, masterKey, shadow);
      owner.use(recorder.client);
      await live(owner, stops, LIFE_MS[1] + life());
      const cut = join(base, `data-${n + 1}`);
      const [old, from] = [recorder, dataDir];
      stops.push(
        await stopOf('power', owner, dataDir, async () => {
          await kill(old);
          cutPower(from, shadow, cut);
        }),
      );
      owner.detach();
      await old.close('without power');
      dataDir = cut;
      recorder = start(dataDir, masterKey);
      owner.use(recorder.client);
    }
    await live(owner, stops, AFTERWARDS_MS);
    await owner.finish();
    await until(
      () => owner.packages.some(({ state }) => state === 'sealed' || state === 'failed'),
      'the seal',
      FINISH_MS,
    );
    await recorder.close('the proof is over');
    return await outcomeOf({ dataDir, masterKey, owner, sources, stops });
  } finally {
    owner.close();
    await recorder.close('the proof is over');
    await rm(base, { recursive: true, force: true });
  }
}

async function openSources(): Promise<LiveSource[]> {
  const [camera, overview, sound] = [
    await encodeStream({ codec: 'h264', seconds: 6, width: 640, height: 360, keyEvery: 30 }),
    await encodeStream({ codec: 'vp8', seconds: 6, width: 320, height: 180, keyEvery: 30 }),
    await encodeStream({ codec: 'opus', seconds: 6 }),
  ];
  return [
    new LiveSource({ trackId: 'camera', role: 'patient', ssrc: 1001, stream: camera }),
    new LiveSource({ trackId: 'overview', role: 'overview', ssrc: 1002, stream: overview }),
    new LiveSource({ trackId: 'sound', role: 'voice', ssrc: 1003, stream: sound }),
  ];
}

/** Kills are far apart where they happen by themselves: none of them is taken for the fault before, after which it would wait. */
function start(dataDir: string, masterKey: Uint8Array, shadow?: string): RecorderProcess {
  const args = ['--dataDir', dataDir, '--logLevel', 'fatal', '--recording.reserveBytes', '0'];
  const config = loadConfig({ cwd: dataDir, env: {}, args });
  const logger = createLogger('test', {}, { level: 'silent' });
  const watched =
    shadow === undefined ? {} : { execArgv: ['--import', WATCH], env: { [SHADOW_VARIABLE]: shadow } };
  return new RecorderProcess({ config, masterKey, ready: true, logger, steadyMs: 0, ...watched });
}

/** Waits until the recorder has the tracks again, and then for so long. */
async function live(owner: RoomOwner, stops: readonly Stop[], ms: number): Promise<void> {
  const since = stops.at(-1)?.at ?? 0;
  await until(() => owner.attached && (owner.attachedAt.at(-1) ?? 0) > since, 'the recorder', PATIENCE_MS);
  await sleep(ms);
}

/** Notes what was promised and made so far, and does it. */
async function stopOf(
  how: Stop['how'],
  owner: RoomOwner,
  dataDir: string,
  does: () => Promise<void>,
): Promise<Stop> {
  const durable = new Map(owner.durableUntil);
  const at = hostMs();
  await does();
  const text = await readFile(join(packageFolder(dataDir, ROOM_ID), 'manifest.json'), 'utf8').catch(
    () => undefined,
  );
  const tracks = text === undefined ? [] : Manifest.parse(JSON.parse(text)).tracks;
  const segments = tracks.flatMap((track) => track.segments.map(({ file, hash }) => ({ file, hash })));
  return { how, at, durable, segments };
}

async function kill({ pid, client }: RecorderProcess): Promise<void> {
  if (pid === undefined) throw new Error('there is no recorder to kill');
  process.kill(pid, 'SIGKILL');
  await until(() => !client.connected, 'its end', PATIENCE_MS);
}

async function until(isSo: () => boolean, what: string, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`in vain waited for ${what}`);
    await sleep(10);
  }
}
