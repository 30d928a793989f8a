/** What a recorder's process costs with so many 1080p tracks of 4 Mbit/s at once. A process of its own for each point. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RecorderProcess } from '../../bin/service/recorder-process.ts';
import { loadConfig } from '../../platform/config/load.ts';
import { createLogger } from '../../platform/log.ts';
import { LiveSource } from '../recorder/live-source.ts';
import { costOfProcess } from '../recorder/process-cost.ts';
import { RoomOwner } from '../recorder/room-owner.ts';
import { hdStream } from '../recorder/uhd-stream.ts';
import { onSecondCore } from './cores.ts';
import { windowOf } from './run-time.ts';

export const TRACK_MBIT = 4;
const SETTLE_MS = 2_000;
const WAIT_MS = 30_000;

export interface RecorderPoint {
  /** Percent of a core: of the process, of the programs it started that have ended, and of this process. */
  readonly recorder: number;
  readonly programs: number;
  readonly generator: number;
  readonly rssBytes: number;
}

/** The window should be a multiple of 10 s, the time between two pictures for the time bar, each of which starts a program. */
export async function measureRecorder(tracks: number, windowMs: number): Promise<RecorderPoint> {
  const stream = await hdStream();
  const dataDir = await mkdtemp(join(tmpdir(), 'goldenhour-cost-'));
  const sources = Array.from(
    { length: tracks },
    (_, n) => new LiveSource({ trackId: `camera${n}`, role: 'patient', ssrc: 1001 + n, stream }),
  );
  const args = ['--dataDir', dataDir, '--logLevel', 'fatal', '--recording.reserveBytes', '0'];
  const recorder = new RecorderProcess({
    config: loadConfig({ cwd: dataDir, env: {}, args }),
    ...{ masterKey: randomBytes(32), ready: true },
    logger: createLogger('cost', {}, { level: 'silent' }),
  });
  const owner = new RoomOwner({ sources, factMs: 0 });
  try {
    await until(() => recorder.client.connected, 'the recorder');
    const pid = recorder.pid ?? 0;
    await onSecondCore(pid);
    owner.use(recorder.client);
    await until(() => owner.attached, 'the tracks');
    await sleep(SETTLE_MS);
    const before = await costOfProcess(pid);
    const window = await windowOf(pid, () => sleep(windowMs));
    const after = await costOfProcess(pid);
    return {
      ...{ recorder: window.percent, generator: window.ownPercent, rssBytes: after.rssBytes },
      programs: (after.childrenMs - before.childrenMs) / window.seconds / 10,
    };
  } finally {
    owner.close();
    await recorder.close('measured');
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + WAIT_MS;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`in vain waited for ${what}`);
    await sleep(10);
  }
}
