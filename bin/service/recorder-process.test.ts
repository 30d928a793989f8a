import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../platform/config/load.ts';
import { createLogger } from '../../platform/log.ts';
import { readJournal } from '../../recorder/journal/reader.ts';
import { RecordingKeys, trackKeyName } from '../../recorder/keys/recording-keys.ts';
import { recordingKeysFolder, trackFolder } from '../../recorder/room-state.ts';
import { rtpPacket, TapSender, until, videoTrack } from '../../recorder/testing/tap-sender.ts';
import type { RecorderClient } from '../../signaling/protocol/recorder.ts';
import { RecorderProcess } from './recorder-process.ts';

const KILLS = 3;
const room = { roomId: 'r1', epoch: 1 };

describe('the process of the recorder', function () {
  this.timeout(120_000);
  const masterKey = randomBytes(32);
  let dataDir: string;
  let own: RecorderProcess;

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'goldenhour-recorder-process-'));
    const args = ['--dataDir', dataDir, '--logLevel', 'fatal', '--recording.reserveBytes', '0'];
    const config = loadConfig({ cwd: dataDir, env: {}, args });
    const logger = createLogger('test', {}, { level: 'silent' });
    own = new RecorderProcess({ config, masterKey, ready: true, logger });
  });
  after(async () => {
    await own.close('the test is over');
    await rm(dataDir, { recursive: true, force: true });
  });

  /** As the owner of the room does after each `up`. */
  async function attach(client: RecorderClient, tapId: string): Promise<TapSender> {
    const opening = { incidentId: 'i1', drill: false, createdUtc: 1, by: 'system', reason: 'on' };
    await client.request('room.open', { ...room, ...opening });
    const { monotonicMs } = await client.request('recorder.clock', {});
    assert.ok(Math.abs(monotonicMs - Number(process.hrtime.bigint()) / 1e6) < 1000, 'one clock on one host');
    await client.request('room.clock', { ...room, offsetMs: 0, errorMs: 0 });
    const { port } = await client.request('tap.open', { ...room, tapId });
    const sender = await TapSender.open(port);
    await client.request('tap.connect', { ...room, tapId, ...sender.address });
    await client.request('track.start', { ...room, tapId, track: videoTrack('v1', [11]) });
    return sender;
  }

  it('loses less than the last second when it is killed, whenever that is, and comes back by itself', async () => {
    const { client } = own;
    const sentAt: number[] = [];
    const killedAt: { first: number; ms: number }[] = [];
    let durableUntil = 0;
    client.on('room.durable', ({ tracks }) => {
      durableUntil = tracks.find(({ trackId }) => trackId === 'v1')?.durableUntil ?? durableUntil;
    });
    const backMs: number[] = [];
    await until(() => client.connected, 'the recorder');
    for (let life = 0; life <= KILLS; life += 1) {
      const sender = await attach(client, `tap${life}`);
      const first = sentAt.length;
      // At most 1000 packets a second, as a 4K source sends on average; the moment of the kill falls anywhere.
      const last = first + 1_500 + ((life * 377) % 500);
      while (sentAt.length < last) {
        for (let n = 0; n < 5; n += 1) {
          await sender.send(rtpPacket(11, sentAt.length, { bytes: 1100 }));
          sentAt.push(Number(process.hrtime.bigint()) / 1e6);
        }
        await sleep(5);
      }
      sender.close();
      if (life === KILLS) break;
      const ms = Number(process.hrtime.bigint()) / 1e6;
      killedAt.push({ first, ms });
      assert.ok(durableUntil > ms - 3_000, 'it reports how far it is');
      assert.ok(own.pid !== undefined);
      process.kill(own.pid, 'SIGKILL');
      await until(() => !client.connected, 'the end');
      await until(() => client.connected, 'the recorder to be back');
      backMs.push(Number(process.hrtime.bigint()) / 1e6 - ms);
    }
    await client.request('room.pause', { ...room, by: 'p1', reason: 'end' });

    const found = await sequencesOf(dataDir, masterKey);
    const lost = sentAt.flatMap((at, n) => (found.has(n) ? [] : [at]));
    for (const at of lost) {
      const kill = killedAt.find(({ ms }) => at <= ms);
      assert.ok(
        kill && kill.ms - at < 1_000,
        `a packet ${kill ? kill.ms - at : 0} ms before the kill is lost`,
      );
    }
    assert.ok(found.size > 0.5 * sentAt.length);
    assert.ok(Math.max(...backMs) < 5_000, `back after ${backMs.map(Math.round)} ms`);
  });

  it('takes no secret in its arguments or its environment', async () => {
    for (const file of ['cmdline', 'environ']) {
      const text = await readFile(`/proc/${own.pid}/${file}`, 'latin1');
      assert.ok(!text.includes(own.secret) && !text.includes(masterKey.toString('base64')));
    }
  });

  it('is tried again when the system could not even start it, and closes meanwhile', async () => {
    const args = [
      '--dataDir',
      join(dataDir, 'other'),
      '--logLevel',
      'fatal',
      '--recording.reserveBytes',
      '0',
    ];
    const config = loadConfig({ cwd: dataDir, env: {}, args });
    const logger = createLogger('test', {}, { level: 'silent' });
    const { execPath } = process;
    process.execPath = join(dataDir, 'no-such-program');
    const late = new RecorderProcess({ config, masterKey, ready: true, logger });
    const never = new RecorderProcess({ config, masterKey, ready: true, logger });
    try {
      await never.close('before it could start');
    } finally {
      process.execPath = execPath;
    }
    try {
      await until(() => late.client.connected, 'the recorder');
    } finally {
      await late.close('the test is over');
    }
  });
});

async function sequencesOf(dataDir: string, masterKey: Uint8Array): Promise<Set<number>> {
  const keys = new RecordingKeys({ folder: recordingKeysFolder(dataDir), masterKey });
  const { key } = await keys.open('r1', trackKeyName('v1'), 'care');
  const found = new Set<number>();
  for await (const { frame } of readJournal({ folder: trackFolder(dataDir, 'r1', 'v1'), key })) {
    if (frame.type === 'rtp') found.add(Buffer.from(frame.payload).readUInt16BE(2));
  }
  return found;
}
