import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../platform/setup/run-program.ts';
import type { JournalFrame } from '../core/types.ts';
import { BufferBudget } from '../journal/budget.ts';
import { JournalWriter } from '../journal/writer.ts';
import { trackKeyName } from '../keys/recording-keys.ts';
import { makePackage, ROOM, type TestPackage } from '../seal/testing/package.ts';
import { writeRaw } from './raw.ts';

const MS = 1_000_000n;

describe('the raw packets of a track', () => {
  let root: string;
  let made: TestPackage;
  const packet = (n: number) => {
    const bytes = Buffer.alloc(12 + 20, n);
    bytes.writeUInt16BE(0x8060, 0);
    bytes.writeUInt16BE(100 + n, 2);
    bytes.writeUInt32BE(3000 * n, 4);
    bytes.writeUInt32BE(0xabcd, 8);
    return bytes;
  };
  const report = Buffer.from('80c80006000000010000000000000000000000000000000000000000', 'hex');

  before(async function () {
    this.timeout(60_000);
    root = await mkdtemp(join(tmpdir(), 'raw-test-'));
    made = await makePackage(join(root, 'package'));
    const folder = join(made.folder, 'tracks', 'cam');
    await rm(join(folder, 'journal-000001-1'));
    const { key, keyId } = await made.keys.forWriting(ROOM, trackKeyName('cam'));
    const parameters: JournalFrame = {
      type: 'note',
      at: 1n,
      note: { kind: 'parameters', rtpParameters: {}, epoch: 1 },
    };
    const writer = new JournalWriter({
      ...{ folder, roomId: ROOM, trackId: 'cam', key, keyId, epoch: 1, bootId: 'b', hostBoot: 'h' },
      ...{ opening: () => [parameters], budget: new BufferBudget(), essential: true },
      onError: (error) => assert.fail(String(error)),
    });
    writer.append({ type: 'clock', at: 1000n * MS, offsetMs: -1000, errorMs: 1 });
    for (let n = 0; n < 50; n += 1)
      writer.append({ type: 'rtp', at: (1100n + BigInt(n) * 20n) * MS, payload: packet(n) });
    writer.append({ type: 'report', at: 2200n * MS, payload: report });
    await writer.close();
  });
  after(() => rm(root, { recursive: true, force: true }));

  async function raw() {
    const [track] = made.manifest.tracks;
    assert(track);
    const file = join(root, 'cam.rtpdump');
    await rm(file, { force: true });
    const access = made.access(made.folder);
    const counts = await writeRaw({ folder: made.folder, manifest: made.manifest, track, access, file });
    return { file, counts };
  }

  it('stand in an rtpdump file with their times, byte by byte', async () => {
    const { file, counts } = await raw();
    assert.deepEqual(counts, { rtp: 50, rtcp: 1 });
    const bytes = await readFile(file);
    const line = '#!rtpplay1.0 127.0.0.1/5004\n';
    assert.equal(bytes.toString('latin1', 0, line.length), line);
    assert.equal(bytes.readUInt32BE(line.length), Math.floor(made.manifest.anchorUtc / 1000));
    let at = line.length + 16;
    for (let n = 0; n < 50; n += 1) {
      const length = bytes.readUInt16BE(at);
      assert.deepEqual(
        [length, bytes.readUInt16BE(at + 2), bytes.readUInt32BE(at + 4)],
        [40, 32, 100 + 20 * n],
      );
      assert.deepEqual(bytes.subarray(at + 8, at + length), packet(n));
      at += length;
    }
    assert.deepEqual([bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2)], [8 + report.length, 0]);
    assert.equal(at + 8 + report.length, bytes.length);
  });

  it('are read by Wireshark, from its version 4.2 on', async function () {
    this.timeout(60_000);
    const tshark = findProgram('tshark');
    const [, version = '0'] =
      tshark === undefined
        ? []
        : (/ (\d+\.\d+)\./.exec(execFileSync(tshark, ['--version'], { encoding: 'utf8' })) ?? []);
    if (tshark === undefined || Number(version) < 4.2) this.skip();
    const { file } = await raw();
    const args = ['-r', file, '-Y', 'rtp', '-T', 'fields', '-e', 'rtp.seq', '-e', 'rtp.timestamp'];
    const lines = String(execFileSync(tshark, args)).trim().split('\n');
    assert.equal(lines.length, 50);
    assert.equal(lines[49], '149\t147000');
  });
});
