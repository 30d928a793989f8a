import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError } from '../platform/errors.ts';
import { createLogger } from '../platform/log.ts';
import { createMetricsRegistry } from '../platform/metrics.ts';
import { RECORDER_EVENTS, type SealedLogLine } from '../signaling/protocol/recorder.ts';
import type { DurableTrack, Packager, PackageSummary } from './core/packager.ts';
import type { RecordingState } from './core/state.ts';
import type { JournalFrame, TrackNote } from './core/types.ts';
import { localFiles } from './journal/files.ts';
import { readJournal } from './journal/reader.ts';
import { RecordingKeys, trackKeyName } from './keys/recording-keys.ts';
import { createRecorder, type Recorder, type RecorderOptions } from './recorder.ts';
import { readState, recordingKeysFolder, trackFolder } from './room-state.ts';
import { audioTrack, messageTrack, rtpPacket, TapSender, until, videoTrack } from './testing/tap-sender.ts';

const refusedAs = (code: string) => (error: unknown) => isAppError(error, code);

describe('a recorder', () => {
  const masterKey = randomBytes(32);
  const room = { roomId: 'r1', epoch: 3 };
  const opening = {
    ...room,
    incidentId: 'i1',
    drill: false,
    createdUtc: 1,
    by: 'system',
    reason: 'on by default',
  };
  let dataDir: string;
  let events: { event: string; data: unknown }[];
  const closers: (() => unknown)[] = [];

  const start = async (more: Partial<RecorderOptions> = {}): Promise<Recorder> => {
    const recorder = await createRecorder({
      ...{ dataDir, nodeId: 'n1', masterKey, ready: true, reserveBytes: 0 },
      logger: createLogger('test', {}, { level: 'silent' }),
      metrics: createMetricsRegistry({ role: 'recorder', processMetrics: false }),
      ...more,
    });
    recorder.onEvent((event, data) => events.push({ event, data }));
    closers.push(() => recorder.close('the test is over'));
    return recorder;
  };
  const openTap = async (recorder: Recorder, tapId = 'tap1') => {
    const { port } = await recorder.handle('tap.open', { ...room, tapId });
    const sender = await TapSender.open(port);
    closers.push(() => sender.close());
    await recorder.handle('tap.connect', { ...room, tapId, ...sender.address });
    return sender;
  };
  const durable = (trackId: string) => {
    const reports = events.filter(({ event }) => event === 'room.durable').map(({ data }) => data);
    const last = reports.at(-1);
    if (last === undefined) return undefined;
    const { tracks } = RECORDER_EVENTS['room.durable'].parse(last);
    return tracks.find((track) => track.trackId === trackId);
  };
  const framesOf = async (trackId: string): Promise<JournalFrame[]> => {
    const keys = new RecordingKeys({ folder: recordingKeysFolder(dataDir), masterKey });
    const { key } = await keys.open('r1', trackKeyName(trackId), 'care');
    const frames: JournalFrame[] = [];
    const folder = trackFolder(dataDir, 'r1', trackId);
    for await (const { frame } of readJournal({ folder, key })) frames.push(frame);
    return frames;
  };
  const notesOf = async (trackId: string): Promise<TrackNote['kind'][]> =>
    (await framesOf(trackId)).flatMap((frame) => (frame.type === 'note' ? [frame.note.kind] : []));
  const sequences = (frames: readonly JournalFrame[]) =>
    frames.flatMap((frame) => (frame.type === 'rtp' ? [Buffer.from(frame.payload).readUInt16BE(2)] : []));

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'goldenhour-recorder-'));
    events = [];
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('keeps what a tap sends: packets, reports, messages and the clock, and says how far it is on the disk', async () => {
    const recorder = await start();
    assert.deepEqual(await recorder.handle('room.open', opening), { logSeq: 0 });
    const sender = await openTap(recorder);
    const track = (each: ReturnType<typeof videoTrack>) =>
      recorder.handle('track.start', { ...room, tapId: 'tap1', track: each });
    await track(videoTrack('v1', [11]));
    await track(audioTrack('a1', 22));
    await recorder.handle('track.startMessages', { ...room, tapId: 'tap1', track: messageTrack('m1') });
    const { monotonicMs } = await recorder.handle('recorder.clock', {});
    await recorder.handle('room.clock', { ...room, offsetMs: 5000 - monotonicMs, errorMs: 1 });
    for (let n = 0; n < 50; n += 1) await sender.send(rtpPacket(11, n, { key: n === 0 }));
    await sender.send(rtpPacket(22, 7));
    await sender.send(Buffer.concat([rtcp(11), rtcp(22), rtcp(99)]));
    await sender.sendFeed('report', 'a1', rtcp(22));
    await sender.sendFeed('message', 'm1', Buffer.from('a stroke'));
    await until(() => (durable('v1')?.durableUntil ?? 0) > 5100, 'a durable report');
    assert.ok((durable('v1')?.durableUntil ?? 0) < 15_000, 'in room time');
    await recorder.handle('track.note', { ...room, trackId: 'v1', note: 'rung', detail: '1080' });
    await recorder.handle('track.stop', { ...room, trackId: 'v1', reason: 'left' });
    await sender.send(rtpPacket(11, 50));
    await recorder.handle('room.pause', { ...room, by: 'p1', reason: 'private' });
    const video = await framesOf('v1');
    assert.deepEqual(
      sequences(video),
      Array.from({ length: 50 }, (_, n) => n),
    );
    assert.ok(video.some(({ type }) => type === 'clock'));
    assert.equal(video.filter(({ type }) => type === 'rtcp').length, 1);
    assert.deepEqual(await notesOf('v1'), ['parameters', 'rung', 'stopped']);
    const audio = (await framesOf('a1')).map(({ type }) => type);
    for (const type of ['rtp', 'rtcp', 'report'])
      assert.equal(audio.filter((each) => each === type).length, 1);
    const message = (await framesOf('m1')).find(({ type }) => type === 'message');
    assert.ok(message?.type === 'message' && Buffer.from(message.payload).toString() === 'a stroke');
    const [span] = (await readState(dataDir, 'r1'))?.spans ?? [];
    assert.ok(span && Math.abs((span.from ?? 0) - 5000) < 5000 && span.to !== undefined && span.to > 5000);
    await assert.rejects(track(videoTrack('v2', [33])), refusedAs('conflict'));
  });

  it('takes nothing from any other port, however well it fits', async () => {
    const recorder = await start();
    await recorder.handle('room.open', opening);
    const sender = await openTap(recorder);
    await recorder.handle('track.start', { ...room, tapId: 'tap1', track: videoTrack('v1', [11]) });
    const stranger = createSocket('udp4');
    closers.push(() => stranger.close());
    const { port } = (await recorder.handle('tap.open', { ...room, tapId: 'tap1' })) ?? {};
    for (let n = 0; n < 20; n += 1) {
      await new Promise((resolve) => stranger.send(rtpPacket(11, 100 + n), port, '127.0.0.1', resolve));
      await sender.send(rtpPacket(11, n, { key: n === 0 }));
    }
    // What belongs on the other port of the same sender is not taken there either.
    await sender.sendFeed('message', 'v9', rtpPacket(11, 500));
    await until(async () => sequences(await framesOf('v1').catch(() => [])).length >= 20, 'the own packets');
    assert.deepEqual(
      sequences(await framesOf('v1')),
      Array.from({ length: 20 }, (_, n) => n),
    );
  });

  it('asks the lesser encoding for a keyframe when the better one stops, so that the picture goes on', async () => {
    const recorder = await start();
    await recorder.handle('room.open', opening);
    const sender = await openTap(recorder);
    await recorder.handle('track.start', { ...room, tapId: 'tap1', track: videoTrack('v1', [10, 20]) });
    let sequence = 0;
    const step = async (better: boolean) => {
      sequence += 1;
      await sender.send(rtpPacket(10, sequence, { key: sequence === 1 }));
      if (better) await sender.send(rtpPacket(20, sequence, { key: sequence === 1 }));
    };
    const begunAt = performance.now();
    await until(async () => {
      await step(true);
      return performance.now() - begunAt > 2_500;
    }, 'both flow, longer than a keyframe forbids the next');
    assert.deepEqual(sender.requests, []);
    await until(async () => {
      await step(false);
      return sender.requests.length > 0;
    }, 'the request');
    assert.deepEqual(sender.requests, [10]);
  });

  it('asks the source for a keyframe until one comes, and again when somebody wants one', async () => {
    const recorder = await start();
    await recorder.handle('room.open', opening);
    const sender = await openTap(recorder);
    await recorder.handle('track.start', { ...room, tapId: 'tap1', track: videoTrack('v1', [11, 12]) });
    await until(
      () => sender.requests.includes(11) && sender.requests.includes(12),
      'requests for each encoding',
    );
    const keyframesAt = performance.now();
    await sender.send(rtpPacket(11, 0, { key: true }));
    await sender.send(rtpPacket(12, 0, { key: true }));
    await until(() => durable('v1')?.state === 'recording', 'the keyframes');
    const before = sender.requests.length;
    await recorder.handle('track.requestKeyFrame', { ...room, trackId: 'v1' });
    await until(() => sender.requests.length >= before + 2, 'a request that was asked for');
    assert.ok(
      performance.now() - keyframesAt > 1_800,
      'keyframes cost sharpness and are not asked for in a row',
    );
  });

  it('goes on in a new file when parameters or owner change, and refuses the owner before', async () => {
    const recorder = await start();
    await recorder.handle('room.open', opening);
    const sender = await openTap(recorder);
    const begin = (epoch: number, ssrc: number) =>
      recorder.handle('track.start', { roomId: 'r1', epoch, tapId: 'tap1', track: videoTrack('v1', [ssrc]) });
    await begin(3, 11);
    await begin(3, 11);
    await sender.send(rtpPacket(11, 1));
    await until(() => durable('v1')?.state === 'recording', 'the packet');
    await begin(3, 12);
    await sender.send(rtpPacket(12, 2));
    await sender.send(rtpPacket(11, 3));
    await begin(4, 12);
    await sender.send(rtpPacket(12, 4));
    await assert.rejects(begin(3, 11), refusedAs('stale-epoch'));
    await assert.rejects(recorder.handle('room.log', { ...room, lines: [] }), refusedAs('stale-epoch'));
    const { rooms } = await recorder.handle('recorder.dump', {});
    assert.deepEqual(
      rooms.map(({ roomId, epoch, recording }) => [roomId, epoch, recording]),
      [['r1', 4, true]],
    );
    await until(async () => sequences(await framesOf('v1')).length === 3, 'three packets');
    const frames = await framesOf('v1');
    assert.deepEqual(sequences(frames), [1, 2, 4]);
    const epochs = frames.flatMap((f) =>
      f.type === 'note' && f.note.kind === 'parameters' ? [f.note.epoch] : [],
    );
    assert.deepEqual(epochs, [3, 3, 4]);
    assert.deepEqual((await readState(dataDir, 'r1'))?.tracks[0]?.epochs, [3, 4]);
  });

  it('appends the log once, without holes, over restarts and torn lines', async () => {
    let recorder = await start();
    await recorder.handle('room.open', opening);
    const append = (...seqs: number[]) =>
      recorder.handle('room.log', { ...room, lines: seqs.map((seq) => logLine(seq)) });
    assert.deepEqual(await append(1, 2), { logSeq: 2 });
    assert.deepEqual(await append(1, 2, 3), { logSeq: 3 });
    await assert.rejects(append(5), refusedAs('conflict'));
    await recorder.close('restart');
    const file = join(dataDir, 'recordings', 'r1', 'log.jsonl');
    await appendFile(file, '{"seq":4,"ep');
    recorder = await start();
    assert.deepEqual(await append(3, 4), { logSeq: 4 });
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).seq),
      [1, 2, 3, 4],
    );
  });

  it('knows after a restart what was recorded, and says in the track that it was away', async () => {
    const first = await start();
    await first.handle('room.open', opening);
    await openTap(first);
    await first.handle('track.start', { ...room, tapId: 'tap1', track: videoTrack('v1', [11]) });
    await assert.rejects(
      start().then((second) => second.handle('room.open', opening)),
      refusedAs('recording-locked'),
      'two recorders never write one package',
    );
    const waiting = await start();
    const asked = { roomIds: ['r1', 'never-here'] };
    // Neither "never had it" nor "has ended": whoever ends the room must come again.
    await assert.rejects(waiting.handle('recorder.dump', asked), refusedAs('recording-locked'));
    await first.close('restart');
    assert.equal((await waiting.handle('recorder.dump', asked)).rooms.length, 1);
    await waiting.close('restart');
    const second = await start();
    const { rooms } = await second.handle('recorder.dump', {});
    assert.deepEqual(
      rooms.map(({ roomId, recording, tap }) => [roomId, recording, tap]),
      [['r1', true, null]],
    );
    await openTap(second, 'tap2');
    await second.handle('track.start', { ...room, tapId: 'tap2', track: videoTrack('v1', [11]) });
    await second.handle('room.pause', { ...room, by: 'p1', reason: 'end' });
    assert.deepEqual((await notesOf('v1')).slice(-3), ['parameters', 'recorder-back', 'stopped']);
  });

  it('packages, seals and then lets go; what it did not finish it finishes after a restart', async () => {
    const told: DurableTrack[] = [];
    let broken = true;
    const summary: PackageSummary = { state: 'checked', tracks: 1, gaps: 0, durationMs: 1, bytes: 1 };
    const packager: Packager = {
      advance: (_state, tracks) => told.push(...tracks),
      finish: async () => {
        if (broken) throw new Error('the thread died');
        return summary;
      },
      setDiskLevel: () => {},
      lagMs: () => 0,
      close: async () => {},
    };
    const sealer = { seal: async (_: RecordingState) => ({ ...summary, state: 'sealed' as const }) };
    const states = () =>
      events.flatMap(({ event, data }) =>
        event === 'room.package' ? [RECORDER_EVENTS['room.package'].parse(data).state] : [],
      );
    const first = await start({ packager, sealer });
    await first.handle('room.open', opening);
    const sender = await openTap(first);
    await first.handle('track.start', { ...room, tapId: 'tap1', track: videoTrack('v1', [11]) });
    await sender.send(rtpPacket(11, 1));
    await until(() => told.length > 0, 'word to the packager');
    await first.handle('room.finish', { ...room, endedAt: 100, reason: 'closed' });
    await until(() => states().includes('failed'), 'the failure');
    await first.close('restart');
    broken = false;
    told.splice(0);
    const second = await start({ packager, sealer });
    await until(() => states().includes('sealed'), 'the seal');
    assert.deepEqual(states(), ['failed', 'checked', 'sealed']);
    assert.deepEqual(
      told.map(({ trackId }) => trackId),
      ['v1'],
      'a packager that starts is told where journals end',
    );
    await until(async () => (await second.handle('recorder.dump', {})).rooms.length === 0, 'an empty dump');
    await assert.rejects(second.handle('room.open', opening), refusedAs('closed'));
    assert.deepEqual(await second.handle('room.finish', { ...room, endedAt: 100, reason: 'closed' }), {});
  });

  it('takes over what a recorder that is still ending holds, as soon as it lets go', async () => {
    const first = await start();
    await first.handle('room.open', opening);
    const second = await start();
    assert.equal(second.stateOf('r1'), undefined, 'the first has it');
    await first.close('its parent is gone');
    await until(() => second.stateOf('r1')?.recording === true, 'the recording');
  });

  it('starts nothing without its reserve, and says how much is missing', async () => {
    const recorder = await start({ reserveBytes: Number.MAX_SAFE_INTEGER });
    await assert.rejects(recorder.handle('room.open', opening), refusedAs('disk-full'));
    assert.equal((await recorder.handle('recorder.describe', {})).disk.level, 'essential');
  });

  it('stays within its memory and answers at once while the disk stands still', async function () {
    this.timeout(60_000);
    const gate = Promise.withResolvers<void>();
    const files = {
      ...localFiles,
      create: async (path: string) => {
        const file = await localFiles.create(path);
        return { ...file, write: async (bytes: Uint8Array) => gate.promise.then(() => file.write(bytes)) };
      },
    };
    const recorder = await start({ files, bufferBytes: 8 * 1024 * 1024 });
    await recorder.handle('room.open', opening);
    const sender = await openTap(recorder);
    await recorder.handle('track.start', { ...room, tapId: 'tap1', track: videoTrack('v1', [11]) });
    const before = process.memoryUsage().rss;
    let slowest = 0;
    for (let n = 0; n < 30_000; n += 1) {
      await sender.send(rtpPacket(11, n, { bytes: 1100 }));
      // A pause as a network makes them; without any, the kernel has to drop before the recorder can.
      if (n % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      if (n % 1000 !== 0) continue;
      const asked = performance.now();
      await recorder.handle('recorder.describe', {});
      slowest = Math.max(slowest, performance.now() - asked);
    }
    const grown = (process.memoryUsage().rss - before) / 1024 ** 2;
    assert.ok(grown < 150, `${Math.round(grown)} MiB more for 33 MB of packets that had no place to go`);
    assert.ok(slowest < 500, `${slowest} ms`);
    const alarms = events.filter(({ event }) => event === 'room.alarm').map(({ data }) => data);
    assert.ok(JSON.stringify(alarms).includes('slow-disk'));
    gate.resolve();
    await sender.send(rtpPacket(11, 30_000));
    await recorder.handle('room.pause', { ...room, by: 'p1', reason: 'end' });
    const notes = (await framesOf('v1')).flatMap((f) =>
      f.type === 'note' && f.note.kind === 'dropped' ? [f.note] : [],
    );
    assert.ok((notes[0]?.packets ?? 0) > 10_000, 'what was let go is written down');
  });
});

/** A sender report from this SSRC (RFC 3550 section 6.4.1). */
function rtcp(ssrc: number): Buffer {
  const packet = Buffer.alloc(28);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(200, 1);
  packet.writeUInt16BE(6, 2);
  packet.writeUInt32BE(ssrc, 4);
  return packet;
}

function logLine(seq: number): SealedLogLine {
  return {
    ...{ seq, epoch: 3, at: seq, utc: seq, actor: 'system' },
    ...{ audience: '{}', payloadHash: 'x', hash: 'y', body: 'eg==' },
  };
}
