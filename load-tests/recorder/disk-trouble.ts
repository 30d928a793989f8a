/**
 * `node disk-trouble.ts full FOLDER` fills the small file system that FOLDER is while a call of four sources goes on, then gives space
 * back; `slow FOLDER` makes the disk slow instead. Prints a `DiskTrouble` as JSON. See `bench/r12-disk-full.ts`.
 */
import { randomBytes } from 'node:crypto';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RecorderProcess } from '../../bin/service/recorder-process.ts';
import { loadConfig } from '../../platform/config/load.ts';
import { createLogger } from '../../platform/log.ts';
import { encodeStream } from '../../recorder/container/testing/streams.ts';
import { readJournal } from '../../recorder/journal/reader.ts';
import { RecordingKeys, trackKeyName } from '../../recorder/keys/recording-keys.ts';
import { recordingKeysFolder, trackFolder } from '../../recorder/room-state.ts';
import { RECORDER_EVENTS } from '../../signaling/protocol/recorder.ts';
import type { DiskTrouble } from './disk-trouble-result.ts';
import { hostMs, LiveSource } from './live-source.ts';
import { type CallSource, RecordedCall } from './recorded-call.ts';
import { SLOW_VARIABLE } from './slow-disk.ts';

const MIB = 1024 * 1024;
const BALLAST = 14 * MIB;
const RESERVE = 20 * MIB;
/** Undisturbed, with trouble, and after it. */
const CALM_MS = 6_000;
const SLOW_MS = 15_000;
const FULL_MS = 6_000;
const FILL_MS = 120_000;
const FINISH_MS = 60_000;
/** The first packet that the viewer sees was sent within this before. */
const ON_THE_WAY_MS = 2;

type Mutable = {
  -readonly [K in keyof DiskTrouble]: DiskTrouble[K] extends readonly (infer E)[] ? E[] : DiskTrouble[K];
};

async function run(how: string, dataDir: string): Promise<DiskTrouble> {
  const result: Mutable = {
    ...{
      levels: [],
      alarms: [],
      shed: [],
      holes: {},
      kept: {},
      calmRepaired: 0,
      troubleRepaired: 0,
      sent: 0,
      seen: 0,
    },
    ...{ calmWaitsMs: [], troubleWaitsMs: [], fullFor: 0, sameProcess: true, packageState: 'none' },
  };
  const flag = join(dataDir, 'slow');
  if (how === 'full') await writeFile(join(dataDir, 'ballast'), Buffer.alloc(BALLAST, 1));
  const masterKey = randomBytes(32);
  const recorder = start(dataDir, masterKey, flag, how === 'full' ? RESERVE : 0);
  await until(() => recorder.client.connected, 'the recorder', 30_000);
  const { pid } = recorder;
  const sources = await openSources();
  const call = await RecordedCall.open(recorder, sources);
  const since = () => Math.round(hostMs() - call.zeroMs);
  recorder.client.on('disk.level', ({ level }) => result.levels.push({ level, ms: since() }));
  recorder.client.on('room.alarm', ({ code, trackId = '' }) =>
    result.alarms.push({ code, trackId, ms: since() }),
  );
  recorder.client.on('room.package', ({ state }) => {
    result.packageState = RECORDER_EVENTS['room.package'].shape.state.parse(state);
  });
  const level = () => result.levels.at(-1)?.level ?? 'ok';
  await sleep(CALM_MS);
  const calmEnd = hostMs();
  result.calmRepaired = await call.repaired();
  if (how === 'full') {
    await until(async () => level() === 'full' || (await free(dataDir)) < MIB / 2, 'a full disk', FILL_MS);
    result.fullFor = -since();
    await sleep(FULL_MS);
    result.fullFor += since();
  } else {
    await writeFile(flag, '');
    await sleep(SLOW_MS);
  }
  const troubleEnd = hostMs();
  result.troubleRepaired = (await call.repaired()) - result.calmRepaired;
  await rm(how === 'full' ? join(dataDir, 'ballast') : flag);
  if (how === 'full') await until(() => level() !== 'full' && level() !== 'essential', 'space again', 30_000);
  await sleep(CALM_MS);
  result.sameProcess = recorder.pid === pid;
  await call.finish();
  await sleep(500);
  measureViewer(result, call, sources, calmEnd, troubleEnd);
  await until(() => ['sealed', 'failed'].includes(result.packageState), 'the seal', FINISH_MS);
  await recorder.close('done');
  await call.close();
  const keys = new RecordingKeys({ folder: recordingKeysFolder(dataDir), masterKey });
  for (const { id } of sources) await readBack(keys, dataDir, id, call.zeroMs, result);
  return result;
}

async function openSources(): Promise<CallSource[]> {
  const stream = (width: number, height: number) =>
    encodeStream({ codec: 'vp8', seconds: 4, width, height, keyEvery: 60 });
  const [small, middle, large] = [await stream(320, 180), await stream(640, 360), await stream(1280, 720)];
  const sound = await encodeStream({ codec: 'opus', seconds: 4 });
  const live = (
    trackId: string,
    role: 'voice' | 'patient' | 'overview' | 'glasses',
    ssrc: number,
    of: typeof small,
  ) => new LiveSource({ trackId, role, ssrc, stream: of });
  return [
    { id: 'sound', encodings: [live('sound', 'voice', 1, sound)] },
    { id: 'patient', encodings: [live('patient', 'patient', 2, middle)] },
    { id: 'overview', encodings: [live('overview', 'overview', 3, middle)] },
    {
      id: 'glasses',
      encodings: [small, middle, large].map((each, n) => live('glasses', 'glasses', 4 + n, each)),
    },
  ];
}

function start(dataDir: string, masterKey: Uint8Array, flag: string, reserve: number): RecorderProcess {
  const args = ['--dataDir', dataDir, '--logLevel', 'fatal', '--recording.reserveBytes', String(reserve)];
  return new RecorderProcess({
    config: loadConfig({ cwd: dataDir, env: {}, args }),
    ...{ masterKey, ready: true, logger: createLogger('test', {}, { level: 'silent' }) },
    execArgv: ['--import', new URL('./slow-disk.ts', import.meta.url).href],
    env: { [SLOW_VARIABLE]: flag },
  });
}

/** Counted where nothing is switched between layers: sound, patient and overview. */
function measureViewer(
  result: Mutable,
  call: RecordedCall,
  sources: readonly CallSource[],
  calmEnd: number,
  troubleEnd: number,
): void {
  for (const { id, encodings } of sources.filter((source) => source.encodings.length === 1)) {
    const seen = call.seenAt.get(id) ?? [];
    const first = (seen[0] ?? 0) - ON_THE_WAY_MS;
    result.sent += encodings[0]?.sentAt.filter((at) => at >= first).length ?? 0;
    result.seen += seen.length;
    // The first second is that of starting.
    const from = (seen[0] ?? 0) + 1_000;
    result.calmWaitsMs.push(...waitsOf(seen.filter((at) => at > from && at <= calmEnd)));
    const trouble = seen.filter((at) => at > calmEnd && at <= troubleEnd);
    result.troubleWaitsMs.push(...waitsOf(trouble));
  }
}

/** Longest wait for a packet in each second. */
function waitsOf(times: readonly number[]): number[] {
  const longest = new Map<number, number>();
  for (const [index, at] of times.entries()) {
    const second = Math.floor(at / 1000);
    longest.set(second, Math.max(longest.get(second) ?? 0, at - (times[index - 1] ?? at)));
  }
  return [...longest.values()];
}

async function readBack(
  keys: RecordingKeys,
  dataDir: string,
  trackId: string,
  zeroMs: number,
  result: Mutable,
): Promise<void> {
  const { key } = await keys.open('r1', trackKeyName(trackId), 'care');
  const fullAt = result.levels.find(({ level }) => level === 'full')?.ms ?? Number.POSITIVE_INFINITY;
  const last = new Map<number, number>();
  let [holes, kept] = [0, 0];
  for await (const { frame } of readJournal({ folder: trackFolder(dataDir, 'r1', trackId), key })) {
    const ms = Math.round(Number(frame.at) / 1e6 - zeroMs);
    if (frame.type === 'note' && frame.note.kind === 'shed')
      result.shed.push({ trackId, level: frame.note.level, ms });
    if (frame.type !== 'rtp') continue;
    kept += 1;
    const packet = Buffer.from(frame.payload);
    const [ssrc, sequence] = [packet.readUInt32BE(8), packet.readUInt16BE(2)];
    const missing = ((sequence - (last.get(ssrc) ?? sequence - 1) - 1) << 16) >> 16;
    if (missing > 0 && ms < fullAt) holes += missing;
    last.set(ssrc, sequence);
  }
  result.holes = { ...result.holes, [trackId]: holes };
  result.kept = { ...result.kept, [trackId]: kept };
}

async function free(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

async function until(
  isSo: () => boolean | Promise<boolean>,
  what: string,
  patienceMs: number,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`in vain waited for ${what}`);
    await sleep(20);
  }
}

if (import.meta.main) {
  const [, , how = '', folder = ''] = process.argv;
  process.stdout.write(`${JSON.stringify(await run(how, folder))}\n`);
  process.exit(0);
}
