/** Checks of what the service runs or opens: libraries, worker, ffmpeg, browser, database. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { sql } from 'kysely';
import { withDeadline } from '../deadline.ts';
import { messageOf } from '../errors.ts';
import { chosenFfmpeg } from '../setup/ffmpeg.ts';
import { matchesLock } from '../setup/npm-dependencies.ts';
import { findProgram, runProgram } from '../setup/run-program.ts';
import { checkWorkerStarts, workerPath } from '../setup/worker.ts';
import { openDatabase } from '../sql/database.ts';
import { type Check, type DoctorContext, fail, ok, warn } from './check.ts';

export function librariesCheck({ root }: DoctorContext): Check {
  return {
    title: 'libraries',
    run: async () =>
      (await matchesLock(root))
        ? ok('as the lock file asks')
        : fail('not as the lock file asks', 'Run "goldenhour setup".'),
  };
}

export function workerCheck({ root, cache, config }: DoctorContext): Check {
  return {
    title: 'mediasoup worker',
    run: async () => {
      if (config.role === 'signaling') return ok('not needed for this role');
      const binary = process.env.MEDIASOUP_WORKER_BIN ?? (await workerPath(root, cache));
      if (!existsSync(binary)) return fail('missing', 'Run "goldenhour setup".');
      try {
        await checkWorkerStarts(root, binary);
        return ok('starts');
      } catch (error) {
        return fail(messageOf(error), 'Run "goldenhour setup --again worker".');
      }
    },
  };
}

export function ffmpegCheck({ cache }: DoctorContext): Check {
  return {
    title: 'ffmpeg',
    run: async () => {
      const binary = process.env.FFMPEG_BIN ?? (await chosenFfmpeg(cache)) ?? findProgram('ffmpeg');
      if (binary === undefined) return fail('missing', 'Run "goldenhour setup".');
      const { code, stdout, tail } = await runProgram(binary, ['-version'], { deadlineMs: 20_000 });
      if (code !== 0) return fail(`does not run: ${tail}`, 'Run "goldenhour setup --again ffmpeg".');
      return ok(stdout.split('\n')[0]?.replace(/ Copyright.*/, '') ?? 'runs');
    },
  };
}

export const browserCheck: Check = {
  title: 'browser',
  run: async () => {
    const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
    const found = names.map((name) => findProgram(name)).find((path) => path !== undefined);
    if (found === undefined) {
      return warn('none', 'Only the demo and the tests need one: "goldenhour setup --for demo" installs it.');
    }
    const { code, stdout } = await runProgram(found, ['--version'], { deadlineMs: 20_000 });
    return code === 0 ? ok(stdout.trim()) : warn(`${found} does not run`, 'Install it again.');
  },
};

export function databaseCheck({ config }: DoctorContext): Check {
  return {
    title: 'database',
    run: async () => {
      const { url } = config.database;
      const file = /^sqlite:(.+)$/.exec(url)?.[1];
      if (config.role === 'sfu') return ok('not needed for this role');
      if (file !== undefined && file !== ':memory:' && !existsSync(file))
        return ok('SQLite, made at the first start');
      try {
        const database = await openDatabase(url);
        try {
          await withDeadline(sql`select 1`.execute(database.query), 10_000, 'asking the database');
        } finally {
          await database.close();
        }
        return ok(`${database.engine} opens`);
      } catch (error) {
        // The message of a driver may name the user and host, never the password.
        const where =
          file === undefined ? 'database.url and whether the server runs' : `the file and ${dirname(file)}`;
        return fail(`does not open: ${messageOf(error)}`, `Check ${where}.`);
      }
    },
  };
}
