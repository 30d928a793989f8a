/**
 * Fills a small file system with a recording until nothing more fits, then gives space back. Run it with the folder of that
 * file system; it prints what happened as one JSON object (`ScenarioResult`).
 */
import { randomBytes } from 'node:crypto';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '../../platform/log.ts';
import { createMetricsRegistry } from '../../platform/metrics.ts';
import { RECORDER_EVENTS } from '../../signaling/protocol/recorder.ts';
import { readJournal } from '../journal/reader.ts';
import { trackKeyName } from '../keys/recording-keys.ts';
import { createRecorder, type Recorder } from '../recorder.ts';
import { trackFolder } from '../room-state.ts';
import type { ScenarioResult } from './scenario-result.ts';
import { audioTrack, rtpPacket, TapSender, until, videoTrack } from './tap-sender.ts';

const MIB = 1024 * 1024;
const RESERVE = 20 * MIB;
const BALLAST = 12 * MIB;
const room = { roomId: 'r1', epoch: 1 };
const tapId = 'tap1';

/** Two packets a round for each encoding: [track, SSRC]. */
const STREAMS = [
  ['sound', 1],
  ['patient', 2],
  ['overview', 3],
  ['glasses', 4],
  ['glasses', 5],
  ['glasses', 6],
  ['monitor', 7],
] as const;

async function run(folder: string): Promise<ScenarioResult> {
  await writeFile(join(folder, 'ballast'), Buffer.alloc(BALLAST, 1));
  const masterKey = randomBytes(32);
  const recorder = await createRecorder({
    ...{ dataDir: folder, nodeId: 'n1', masterKey, ready: true, reserveBytes: RESERVE },
    logger: createLogger('test', {}, { level: 'silent' }),
    metrics: createMetricsRegistry({ role: 'recorder', processMetrics: false }),
  });
  const result: ScenarioResult = {
    ...{ levels: [], alarms: [], rounds: 0, kept: {}, shedNotes: {}, refused: '' },
  };
  recorder.onEvent((event, data) => {
    if (event === 'disk.level') {
      result.levels.push({ level: RECORDER_EVENTS['disk.level'].parse(data).level, round: result.rounds });
    }
    if (event === 'room.alarm') result.alarms.push(RECORDER_EVENTS['room.alarm'].parse(data).code);
  });
  const sender = await open(recorder);
  const sendRound = async () => {
    for (const [, ssrc] of STREAMS) {
      for (let n = 0; n < 2; n += 1) await sender.send(rtpPacket(ssrc, result.rounds, { bytes: 1100 }));
    }
    result.rounds += 1;
    await sleep(5);
  };
  const lastLevel = () => result.levels.at(-1)?.level ?? 'ok';
  const isFull = async () => {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize < MIB / 2 || lastLevel() === 'full';
  };
  const deadline = performance.now() + 60_000;
  while (!(await isFull()) && performance.now() < deadline) await sendRound();
  for (let n = 0; n < 100; n += 1) await sendRound();
  result.refused = await recorder.handle('room.open', { ...opening, roomId: 'r2' }).then(
    () => 'nothing',
    (error: unknown) => String(error instanceof Error && 'code' in error && error.code),
  );
  await rm(join(folder, 'ballast'));
  await until(() => ['ok', 'no-thumbnails', 'no-overview', 'no-4k'].includes(lastLevel()), 'space again');
  for (let n = 0; n < 100; n += 1) await sendRound();
  await recorder.handle('room.pause', { ...room, by: 'p1', reason: 'end' });
  for (const trackId of new Set(STREAMS.map(([name]) => name)))
    await readBack(recorder, folder, trackId, result);
  sender.close();
  await recorder.close('done');
  return result;
}

const opening = { ...room, incidentId: 'i1', drill: false, createdUtc: 1, by: 'system', reason: 'on' };

async function open(recorder: Recorder): Promise<TapSender> {
  await recorder.handle('room.open', opening);
  const { port } = await recorder.handle('tap.open', { ...room, tapId });
  const sender = await TapSender.open(port);
  await recorder.handle('tap.connect', { ...room, tapId, ...sender.address });
  const tracks = [
    audioTrack('sound', 1),
    videoTrack('patient', [2], 'patient'),
    videoTrack('overview', [3], 'overview'),
    videoTrack('glasses', [4, 5, 6], 'glasses'),
    videoTrack('monitor', [7], 'monitor'),
  ];
  for (const track of tracks) await recorder.handle('track.start', { ...room, tapId, track });
  return sender;
}

async function readBack(
  recorder: Recorder,
  dataDir: string,
  trackId: string,
  result: ScenarioResult,
): Promise<void> {
  const { key } = await recorder.keys.open('r1', trackKeyName(trackId), 'care');
  const notes: string[] = [];
  const kept = new Map<string, Set<number>>();
  for await (const { frame } of readJournal({ folder: trackFolder(dataDir, 'r1', trackId), key })) {
    if (frame.type === 'note' && frame.note.kind === 'shed') notes.push(frame.note.level);
    if (frame.type !== 'rtp') continue;
    const packet = Buffer.from(frame.payload);
    const ssrc = String(packet.readUInt32BE(8));
    const rounds = kept.get(ssrc) ?? new Set();
    kept.set(ssrc, rounds.add(packet.readUInt16BE(2)));
  }
  result.shedNotes[trackId] = notes;
  for (const [ssrc, rounds] of kept) result.kept[ssrc] = [...rounds];
}

if (import.meta.main) process.stdout.write(JSON.stringify(await run(process.argv[2] ?? '')));
