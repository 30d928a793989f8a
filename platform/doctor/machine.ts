/** Checks of the machine itself: size, system, clock, disk. */
import { existsSync } from 'node:fs';
import { mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, release, totalmem, type } from 'node:os';
import { dirname, join } from 'node:path';
import { findProgram, runProgram } from '../setup/run-program.ts';
import { type Check, type DoctorContext, fail, ok, warn } from './check.ts';

const gigabyte = 1024 ** 3;
const inGigabytes = (bytes: number) => `${(bytes / gigabyte).toFixed(1)} GB`;

export const machineCheck: Check = {
  title: 'machine',
  run: async () => {
    const cores = availableParallelism();
    const found = `${cores} cores, ${inGigabytes(totalmem())} memory (${inGigabytes(freemem())} free), ${type()} ${release()}, Node ${process.versions.node}`;
    if (process.platform !== 'linux')
      return warn(found, 'Run services on Linux; other systems are for development only.');
    if (totalmem() < 1.5 * gigabyte) return fail(found, 'Give the machine at least 2 GB of memory.');
    if (cores < 2)
      return warn(found, 'Give the machine at least 2 cores: media and signaling share one now.');
    return ok(found);
  },
};

/** A clock before this program was written is wrong for certain. */
const programYear = 2026;

export const clockCheck: Check = {
  title: 'clock',
  run: async () => {
    const now = new Date();
    const time = now.toISOString();
    if (now.getUTCFullYear() < programYear)
      return fail(`it is ${time}`, 'Set the clock: certificates and records need it.');
    const synchronized = await timeSynchronized();
    if (synchronized === true) return ok(`${time}, kept by a time server`);
    if (synchronized === undefined)
      return warn(
        `${time}; whether a time server keeps it cannot be seen`,
        'Make sure that NTP runs on the host.',
      );
    return warn(
      `${time}, not kept by a time server`,
      'Turn on NTP (such as "timedatectl set-ntp true"): the records of all systems are compared by time.',
    );
  },
};

/** Asks systemd's or chrony's tools; undefined where neither can tell. */
async function timeSynchronized(): Promise<boolean | undefined> {
  if (findProgram('timedatectl') !== undefined) {
    const { code, stdout } = await runProgram(
      'timedatectl',
      ['show', '--property=NTPSynchronized', '--value'],
      { deadlineMs: 5_000 },
    );
    if (code === 0 && stdout.trim() !== '') return stdout.trim() === 'yes';
  }
  if (findProgram('chronyc') !== undefined) {
    const { code, stdout } = await runProgram('chronyc', ['-c', 'tracking'], { deadlineMs: 5_000 });
    if (code === 0) return !stdout.includes('Not synchronised');
  }
  return undefined;
}

export function diskCheck({ config }: DoctorContext): Check {
  return {
    title: 'disk',
    run: async () => {
      const folder = nearestExisting(config.dataDir);
      const { bavail, bsize } = await statfs(folder);
      const free = bavail * bsize;
      const { megabytesPerSecond, syncMs } = await writeSpeed(folder);
      const found = `${inGigabytes(free)} free, writes ${megabytesPerSecond.toFixed(0)} MB/s, a small write is durable after ${syncMs.toFixed(1)} ms`;
      if (free < gigabyte)
        return fail(
          found,
          'Free space for the data folder: nothing more can be written down when the disk is full.',
        );
      if (syncMs > 200) return fail(found, 'Use a local disk for the data folder: every fact waits for it.');
      if (free < 20 * gigabyte)
        return warn(found, 'Plan for 2 GB an hour and camera at 4 Mbit/s, 9 GB at 20 Mbit/s.');
      if (megabytesPerSecond < 50 || syncMs > 30)
        return warn(found, 'Use a faster disk for the data folder.');
      return ok(found);
    },
  };
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}

/** Writes 32 MB and twenty small blocks, each flushed, and removes them. */
async function writeSpeed(folder: string): Promise<{ megabytesPerSecond: number; syncMs: number }> {
  const work = await mkdtemp(join(folder, '.doctor-'));
  try {
    const file = await open(join(work, 'block'), 'w');
    try {
      const block = Buffer.alloc(1024 * 1024, 0x5a);
      const startedAt = performance.now();
      for (let index = 0; index < 32; index += 1) await file.write(block);
      await file.sync();
      const megabytesPerSecond = 32 / ((performance.now() - startedAt) / 1_000);
      const smallAt = performance.now();
      for (let index = 0; index < 20; index += 1) {
        await file.write(block, 0, 4_096);
        await file.datasync();
      }
      return { megabytesPerSecond, syncMs: (performance.now() - smallAt) / 20 };
    } finally {
      await file.close();
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
