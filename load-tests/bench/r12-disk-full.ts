/**
 * R12: the recorder's disk fills up (a real tmpfs), or its flushes take 4 s each, while a call of sound, patient camera, overview camera
 * and a simulcast source goes through a real media node to a viewer: what is given up, what is kept, and what the viewer notices.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DiskTrouble } from '../recorder/disk-trouble-result.ts';
import { type Bench, p95, series } from './types.ts';

const execute = promisify(execFile);
const SCENARIO = fileURLToPath(new URL('../recorder/disk-trouble.ts', import.meta.url));
const ORDER = ['no-thumbnails', 'no-overview', 'no-4k', 'essential', 'full'];
/** A viewer's longest wait may be longer by this much before it is called harmed: less than three pictures. */
const NOTICED_MS = 100;

export const bench: Bench = {
  id: 'R12',
  target:
    'disk full or slow: alarm, lowest-value tracks stop first, sound and patient lose nothing, the call unharmed',
  minutes: 5,
  run: async ({ runs = 1, progress } = {}) => {
    const [full, slow]: [DiskTrouble[], DiskTrouble[]] = [[], []];
    for (let n = 0; n < runs; n += 1) {
      progress?.(n + 1, runs);
      full.push(await run('full'));
      slow.push(await run('slow'));
    }
    const all = [...full, ...slow];
    const flaws = [...full.flatMap(flawsOfFull), ...slow.flatMap(flawsOfSlow)];
    for (const flaw of flaws) process.stderr.write(`R12: ${flaw}\n`);
    const figure = series(
      'count',
      all.map((each) => missing(each) + essentialHoles(each)),
    );
    return {
      ...figure,
      value: figure.max,
      reached: flaws.length === 0 && figure.max === 0,
      more: {
        'packets of sound and patient missing before the disk was full': series(
          'count',
          full.map(essentialHoles),
        ),
        'packets missing in the journals of a slow disk': series('count', slow.map(holes)),
        'packets the viewer saw, full': series(
          'count',
          full.map(({ seen }) => seen),
        ),
        'packets the viewer did not see, full': series('count', full.map(missing)),
        'packets the viewer did not see, slow': series('count', slow.map(missing)),
        'longest wait of the viewer in a second, p95, undisturbed': series(
          'ms',
          all.map(({ calmWaitsMs }) => p95(calmWaitsMs)),
        ),
        'the same, filling and full': series(
          'ms',
          full.map(({ troubleWaitsMs }) => p95(troubleWaitsMs)),
        ),
        'the same, slow': series(
          'ms',
          slow.map(({ troubleWaitsMs }) => p95(troubleWaitsMs)),
        ),
        'from the first level to a full disk': series(
          'ms',
          full.map(({ levels }) => (at(levels, 'full') ?? 0) - (levels[0]?.ms ?? 0)),
        ),
        'alarms, full': series(
          'count',
          full.map(({ alarms }) => alarms.length),
        ),
        'alarms, slow': series(
          'count',
          slow.map(({ alarms }) => alarms.length),
        ),
      },
    };
  },
};

/** A full disk needs mounts of its own; 48 MiB are full within a minute. */
async function run(how: 'full' | 'slow'): Promise<DiskTrouble> {
  const folder = await mkdtemp(join(tmpdir(), 'goldenhour-r12-'));
  try {
    const scenario = [process.execPath, SCENARIO, how, folder];
    const [program = '', ...args] =
      how === 'slow'
        ? scenario
        : [
            'unshare',
            '-rm',
            'sh',
            '-c',
            'mount -t tmpfs -o size=48m tmpfs "$4" && exec "$@"',
            'sh',
            ...scenario,
          ];
    const { stdout } = await execute(program, args, { maxBuffer: 1e8, timeout: 240_000 });
    return DiskTrouble.parse(JSON.parse(stdout));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function at(levels: DiskTrouble['levels'], wanted: string): number | undefined {
  return levels.find(({ level }) => level === wanted)?.ms;
}

function missing({ sent, seen }: DiskTrouble): number {
  return Math.max(0, sent - seen);
}

function holes(trouble: DiskTrouble): number {
  return Object.values(trouble.holes).reduce((sum, each) => sum + each, 0);
}

function essentialHoles(trouble: DiskTrouble): number {
  return (trouble.holes.sound ?? 0) + (trouble.holes.patient ?? 0);
}

function flawsOfFull(trouble: DiskTrouble): string[] {
  const levels = trouble.levels.map(({ level }) => level).slice(0, ORDER.length);
  const shedAt = (trackId: string, level: string) =>
    trouble.shed.find((note) => note.trackId === trackId && note.level === level)?.ms ??
    Number.POSITIVE_INFINITY;
  const order = [
    shedAt('overview', 'no-overview'),
    shedAt('glasses', 'no-4k'),
    shedAt('glasses', 'essential'),
    shedAt('patient', 'full'),
  ];
  const back = trouble.shed.some(({ trackId, level }) => trackId === 'patient' && level === 'ok');
  return [
    ...(levels.join() === ORDER.join() ? [] : [`levels came as ${levels.join(', ')}`]),
    ...(order.every((ms, n) => n === 0 || ms > (order[n - 1] ?? 0))
      ? []
      : [`tracks were given up at ${order.join(', ')}`]),
    ...(trouble.alarms.some(({ code }) => code === 'shed') ? [] : ['nobody was told']),
    ...(back ? [] : ['it did not go on when there was space again']),
    ...flawsOfCall(trouble),
  ];
}

function flawsOfSlow(trouble: DiskTrouble): string[] {
  const told = trouble.alarms.some(({ code }) => code === 'slow-disk');
  return [
    ...(told ? [] : ['nobody was told of the slow disk']),
    ...(holes(trouble) > 0 ? [`${holes(trouble)} packets were lost on the slow disk`] : []),
    ...flawsOfCall(trouble),
  ];
}

function flawsOfCall({ calmWaitsMs, troubleWaitsMs, sameProcess, packageState }: DiskTrouble): string[] {
  const longer = p95(troubleWaitsMs) - p95(calmWaitsMs);
  return [
    ...(longer > NOTICED_MS ? [`the viewer waited ${Math.round(longer)} ms longer than undisturbed`] : []),
    ...(sameProcess ? [] : ['the recorder ended']),
    ...(packageState === 'sealed' ? [] : [`the package is ${packageState}`]),
  ];
}
