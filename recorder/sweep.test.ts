import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createLogger } from '../platform/log.ts';
import { createMetricsRegistry } from '../platform/metrics.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { readState, writeState } from './room-state.ts';

describe('a recorder that starts after a kill', () => {
  const masterKey = randomBytes(32);
  const opening = {
    ...{ roomId: 'r1', epoch: 3, incidentId: 'i1', drill: false, createdUtc: 1 },
    ...{ by: 'system', reason: 'on by default' },
  };
  let dataDir: string;
  let recorder: Recorder;

  const start = async (): Promise<Recorder> => {
    recorder = await createRecorder({
      ...{ dataDir, nodeId: 'n1', masterKey, ready: true, reserveBytes: 0 },
      logger: createLogger('test', {}, { level: 'silent' }),
      metrics: createMetricsRegistry({ role: 'recorder', processMetrics: false }),
    });
    return recorder;
  };

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'goldenhour-sweep-'));
  });
  afterEach(async () => {
    await recorder.close('the test is over');
    await rm(dataDir, { recursive: true, force: true });
  });

  it('removes what was being written, also beside a seal, and nothing else', async () => {
    const first = await start();
    await first.handle('room.open', opening);
    const folder = join(dataDir, 'recordings', 'r1');
    const left = ['room.json.1.part', 'seal/request.tsq.1.part', 'supplements/.x.part', 'fills/.y.part'];
    const leave = async (files: readonly string[]) => {
      for (const file of files) {
        await mkdir(dirname(join(folder, file)), { recursive: true });
        await writeFile(join(folder, file), 'half');
      }
    };
    const lying = async (files: readonly string[]) => {
      const there = await readdir(folder, { recursive: true });
      return files.filter((file) => there.includes(file));
    };
    const kept = ['supplements/x.partly', 'stranger'];
    await leave([...left, ...kept]);
    await first.close('restart');
    const second = await start();
    assert.deepEqual(await lying([...left, ...kept]), kept);
    await second.close('restart');
    const state = await readState(dataDir, 'r1');
    assert.ok(state);
    await writeState(dataDir, { ...state, recording: false, package: 'sealed' });
    await leave(left.slice(0, 3));
    await start();
    assert.deepEqual(await lying([...left, ...kept]), kept);
  });
});
