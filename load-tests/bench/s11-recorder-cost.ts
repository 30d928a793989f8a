/**
 * S11: what a recorder's process costs for each 4K track of 20 Mbit/s: capture, encryption, packaging and the pictures for the time bar
 * by ffmpeg. The sender is another process. Samples are windows of 10 s; the 10 minutes of the target are 60 of them, `--runs 6` is one.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RecorderProcess } from '../../bin/service/recorder-process.ts';
import { loadConfig } from '../../platform/config/load.ts';
import { createLogger } from '../../platform/log.ts';
import { readKernelDrops } from '../../recorder/capture/kernel-drops.ts';
import type { EncodedStream } from '../../recorder/container/testing/streams.ts';
import { packageFolder } from '../../recorder/room-state.ts';
import { Manifest } from '../../signaling/protocol/manifest.ts';
import { hostMs, LiveSource } from '../recorder/live-source.ts';
import { costOfProcess } from '../recorder/process-cost.ts';
import { ROOM_ID, RoomOwner } from '../recorder/room-owner.ts';
import { uhdStream } from '../recorder/uhd-stream.ts';
import { type Bench, p95, series } from './types.ts';

const CPU_TARGET = 5;
const RSS_TARGET_MB = 60;
const WINDOW_MS = 10_000;
const START_MS = 20_000;
const MANY = 3;
const MB = 1e6;

interface Measured {
  /** Percent of a core per window: the process with all its threads, and its children. */
  readonly own: number[];
  readonly children: number[];
  /** At the end of each window. */
  readonly rss: number[];
  /** Before any track. */
  readonly idleRss: number;
  readonly idleCpu: number;
  readonly durableLags: number[];
  /** How far the newest segment in the manifest is behind. */
  readonly packagerLags: number[];
  readonly kernelDrops: number;
  readonly packetsPerSecond: number;
}

export const bench: Bench = {
  id: 'S11',
  target: 'recorder per 4K 20 Mbit/s track: ≤ 5 % of a core, ≤ 60 MB, over 10 minutes (60 windows of 10 s)',
  minutes: 22,
  run: async ({ runs = 60, progress } = {}) => {
    progress?.(1, 2);
    const stream = await uhdStream();
    const one = await measure(stream, 1, runs);
    progress?.(2, 2);
    const many = await measure(stream, MANY, runs);
    const total = series(
      'percent',
      one.own.map((own, window) => own + (one.children[window] ?? 0)),
    );
    const last = (values: readonly number[]) => (values.at(-1) ?? 0) / MB;
    const perTrack = (last(many.rss) - last(one.rss)) / (MANY - 1);
    const each = (values: readonly number[]) =>
      series(
        'percent',
        values.map((value) => value / MANY),
      );
    const reached = total.median <= CPU_TARGET && perTrack <= RSS_TARGET_MB;
    return {
      ...total,
      value: total.median,
      reached,
      leftOut: ['The disk: the files are written to this machine’s own, which nothing else used.'],
      ...(reached ? {} : { why: whyOf(one, perTrack) }),
      more: {
        'of it the process itself': series('percent', one.own),
        'of it its children (ffmpeg for the time bar)': series('percent', one.children),
        'the process itself, each of three tracks': each(many.own),
        'children, each of three tracks': each(many.children),
        'the process before any track': series('percent', [one.idleCpu, many.idleCpu]),
        'memory for each further track, one to three': series('MB', [perTrack]),
        'memory of the process before any track': series('MB', [one.idleRss / MB, many.idleRss / MB]),
        'memory with one track': series(
          'MB',
          one.rss.map((bytes) => bytes / MB),
        ),
        'memory with three tracks': series(
          'MB',
          many.rss.map((bytes) => bytes / MB),
        ),
        'packets a second of a track': series('count', [one.packetsPerSecond, many.packetsPerSecond / MANY]),
        'dropped by the kernel, one and three': series('count', [one.kernelDrops, many.kernelDrops]),
        'durable behind arrival, one track, p95': series('ms', [p95(one.durableLags)]),
        'durable behind arrival, three tracks, p95': series('ms', [p95(many.durableLags)]),
        'newest segment behind, one track': series('ms', one.packagerLags),
        'newest segment behind, three tracks': series('ms', many.packagerLags),
      },
    };
  },
};

function whyOf(one: Measured, perTrack: number): string {
  const of = (values: readonly number[]) => series('percent', values).median;
  const memory =
    perTrack > RSS_TARGET_MB
      ? ` A further track takes ${perTrack.toFixed(1)} MB of memory; what holds it is not known.`
      : '';
  return `The process itself takes ${of(one.own)} % and its pictures for the time bar ${of(one.children)} %: every one of ${Math.round(one.packetsPerSecond)} packets a second passes through JavaScript, which receives, journals and packages it. Which step takes how much is not known.${memory}`;
}

async function measure(stream: EncodedStream, tracks: number, windows: number): Promise<Measured> {
  const dataDir = await mkdtemp(join(tmpdir(), 'goldenhour-s11-'));
  const sources = Array.from(
    { length: tracks },
    (_, n) => new LiveSource({ trackId: `camera${n}`, role: 'patient', ssrc: 1001 + n, stream }),
  );
  const args = ['--dataDir', dataDir, '--logLevel', 'fatal', '--recording.reserveBytes', '0'];
  const recorder = new RecorderProcess({
    config: loadConfig({ cwd: dataDir, env: {}, args }),
    ...{ masterKey: randomBytes(32), ready: true },
    logger: createLogger('bench', {}, { level: 'silent' }),
    execArgv: process.env.GOLDENHOUR_PROFILE
      ? ['--cpu-prof', `--cpu-prof-dir=${process.env.GOLDENHOUR_PROFILE}`]
      : [],
  });
  const owner = new RoomOwner({ sources, factMs: 0 });
  try {
    await until(() => recorder.client.connected, 'the recorder');
    await sleep(WINDOW_MS / 2);
    const idle = await windowOf(recorder, WINDOW_MS / 2);
    owner.use(recorder.client);
    await until(() => owner.attached, 'the tracks');
    await sleep(START_MS);
    owner.durableLags.length = 0;
    const [own, children, rss, packagerLags]: [number[], number[], number[], number[]] = [[], [], [], []];
    const [begin, sent] = [hostMs(), countOf(sources)];
    for (let n = 0; n < windows; n += 1) {
      const window = await windowOf(recorder, WINDOW_MS);
      own.push(window.own);
      children.push(window.children);
      rss.push(window.rss);
      packagerLags.push(await packagerLag(dataDir, owner));
    }
    return {
      ...{ own, children, rss, packagerLags },
      ...{ idleRss: idle.rss, idleCpu: idle.own, durableLags: owner.durableLags },
      kernelDrops: (await readKernelDrops()).get(`127.0.0.1:${owner.tapPort}`) ?? 0,
      packetsPerSecond: ((countOf(sources) - sent) * 1000) / (hostMs() - begin),
    };
  } finally {
    owner.close();
    await recorder.close('measured');
    await rm(dataDir, { recursive: true, force: true });
  }
}

function countOf(sources: readonly LiveSource[]): number {
  return sources.reduce((sum, { sentAt }) => sum + sentAt.length, 0);
}

async function windowOf({ pid }: RecorderProcess, ms: number) {
  if (pid === undefined) throw new Error('the recorder has ended');
  const [before, begin] = [await costOfProcess(pid), performance.now()];
  await sleep(ms);
  const [after, took] = [await costOfProcess(pid), performance.now() - begin];
  const share = (name: 'cpuMs' | 'childrenMs') => ((after[name] - before[name]) / took) * 100;
  return { own: share('cpuMs'), children: share('childrenMs'), rss: after.rssBytes };
}

async function packagerLag(dataDir: string, owner: RoomOwner): Promise<number> {
  const text = await readFile(join(packageFolder(dataDir, ROOM_ID), 'manifest.json'), 'utf8');
  const { tracks } = Manifest.parse(JSON.parse(text));
  const oldest = Math.min(...tracks.map(({ segments }) => segments.at(-1)?.to ?? 0));
  return hostMs() - owner.zeroMs - oldest;
}

async function until(isSo: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`in vain waited for ${what}`);
    await sleep(10);
  }
}
