/** Programs and libraries of the operating system: what is needed, what is missing, and how it comes. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { AppError, messageOf } from '../errors.ts';
import type { FetchedItem } from './fetched.ts';
import { findProgram, mustRun, runProgram } from './run-program.ts';
import type { Profile, Say, SetupContext, Step } from './step.ts';

export interface Requirement {
  /** The package's name in Debian and Ubuntu. */
  readonly debian: string;
  /** Programs of which one suffices; without any, only the package itself counts. */
  readonly programs?: readonly string[];
}

export const ffmpegRequirement: Requirement = { debian: 'ffmpeg', programs: ['ffmpeg'] };

const browser: Requirement = {
  debian: 'chromium',
  programs: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
};

const forDemo: readonly Requirement[] = [
  browser,
  { debian: 'fonts-noto-cjk' },
  ffmpegRequirement,
  { debian: 'nftables', programs: ['nft'] },
  { debian: 'iproute2', programs: ['ip'] },
  { debian: 'util-linux', programs: ['unshare'] },
];

/** What each purpose needs before its own steps; `start` needs nothing that the worker or ffmpeg do not ask for. */
export const requirements: Record<Profile, readonly Requirement[]> = {
  base: [],
  start: [],
  demo: forDemo,
  test: [
    ...forDemo,
    { debian: 'coturn', programs: ['turnserver'] },
    { debian: 'postgresql' },
    { debian: 'redis-server', programs: ['redis-server'] },
    { debian: 'firefox-esr', programs: ['firefox-esr', 'firefox'] },
    // A message centre that shares no code with the sender of text messages.
    { debian: 'libnet-smpp-perl' },
    // The server that measurements of forwarding and of joining are compared with.
    { debian: 'janus', programs: ['janus'] },
  ],
};

/** Needed only where the worker must be built (see worker-build/build.sh). */
export const workerBuildRequirements: readonly Requirement[] = [
  { debian: 'g++', programs: ['g++'] },
  { debian: 'meson', programs: ['meson'] },
  { debian: 'ninja-build', programs: ['ninja'] },
  { debian: 'pkg-config', programs: ['pkg-config', 'pkgconf'] },
  { debian: 'libuv1-dev' },
  { debian: 'libssl-dev' },
  { debian: 'libsrtp2-dev' },
  { debian: 'libabsl-dev' },
  { debian: 'libflatbuffers-dev' },
  { debian: 'flatbuffers-compiler', programs: ['flatc'] },
  { debian: 'dpkg-dev', programs: ['dpkg-source'] },
];

/** Returns the packages of `wanted` that are neither installed nor made up for by a program of that name. */
export async function missingPackages(wanted: readonly Requirement[]): Promise<string[]> {
  const unknown = wanted.filter(({ programs }) => !programs?.some((name) => findProgram(name) !== undefined));
  if (unknown.length === 0) return [];
  const names = unknown.map(({ debian }) => debian);
  if (findProgram('dpkg-query') === undefined) return names;
  const installed = await installedVersions(names);
  return names.filter((name) => !installed.has(name));
}

async function installedVersions(names: readonly string[]): Promise<Map<string, string>> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: these are dpkg-query's own placeholders
  const format = '${db:Status-Status}\t${binary:Package}\t${Version}\n';
  // It ends with code 1 when one of the names is unknown, and lists the others all the same.
  const { stdout } = await runProgram('dpkg-query', ['-W', '-f', format, ...names]);
  const versions = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const [status, name, version] = line.split('\t');
    if (status !== 'installed' || name === undefined || version === undefined) continue;
    versions.set(name.split(':')[0] ?? name, version);
  }
  return versions;
}

/**
 * Installs what is missing, as root on a system with apt; elsewhere throws `system-packages-missing`
 * with the line to run.
 */
export async function requirePackages(
  context: Pick<SetupContext, 'signal' | 'record'>,
  wanted: readonly Requirement[],
  purpose: string,
  say: Say,
): Promise<void> {
  const missing = await missingPackages(wanted);
  if (missing.length === 0) return;
  const line = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (findProgram('apt-get') === undefined) {
    throw new AppError(
      'system-packages-missing',
      `${purpose} needs what Debian calls ${missing.join(', ')}.`,
      {
        whatToDo: 'Install the same from your system, then start again.',
      },
    );
  }
  if (process.getuid?.() !== 0) {
    throw new AppError(
      'system-packages-missing',
      `${purpose} needs system packages: ${missing.join(', ')}.`,
      {
        whatToDo: `Run this line, then start again:\n    sudo sh -c '${line}'`,
      },
    );
  }
  await install(context, missing, say);
}

async function install(
  context: Pick<SetupContext, 'signal' | 'record'>,
  names: readonly string[],
  say: Say,
): Promise<void> {
  const options = {
    signal: context.signal,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    deadlineMs: 20 * 60_000,
    errorCode: 'system-packages-failed',
    whatToDo: `Run "apt-get update && apt-get install -y ${names.join(' ')}" by hand, see why it fails, then start again.`,
  };
  const apt = ['-qq', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3'];
  say('reading the package lists');
  await mustRun('apt-get', [...apt, 'update'], options);
  const allowServices = await keepServicesFromStarting();
  try {
    let unpacked = 0;
    say(`installing ${names.join(' ')}`);
    await mustRun('apt-get', [...apt, 'install', '-y', '--no-install-recommends', ...names], {
      ...options,
      onLine: (text) => {
        const name = /^(?:Unpacking|Setting up) (\S+)/.exec(text)?.[1];
        if (name === undefined) return;
        unpacked += 1;
        say(`installing ${names.length} packages and what they need (${unpacked} steps, now ${name})`);
      },
    });
  } finally {
    await allowServices();
  }
  const versions = await installedVersions(names);
  await context.record(
    [...versions].map(
      ([name, version]): FetchedItem => ({
        what: `system package ${name}`,
        version,
        source: 'apt',
        from: name,
      }),
    ),
  );
}

const policyFile = '/usr/sbin/policy-rc.d';
const policyMark = '# Placed by GoldenHour set-up for the length of one installation.';

/**
 * Debian starts a server as soon as its package is installed. Tests start their own on ports of their own, so nothing is
 * started here: invoke-rc.d(8) asks this file and takes 101 for "no". Where a file of the system's owner
 * exists already (containers have one), it decides.
 *
 * @returns the function that takes the file away again
 */
async function keepServicesFromStarting(): Promise<() => Promise<void>> {
  try {
    await writeFile(policyFile, `#!/bin/sh\n${policyMark}\nexit 101\n`, { mode: 0o755, flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return removeServicePolicy;
}

/** Removes our policy file, also one that an interrupted set-up left behind. */
async function removeServicePolicy(): Promise<void> {
  const content = await readFile(policyFile, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw new AppError('system-packages-failed', `${policyFile} cannot be read: ${messageOf(error)}`, {
      whatToDo: `Look at ${policyFile}; while it exists, no service starts on installation.`,
    });
  });
  if (content.includes(policyMark)) await rm(policyFile, { force: true });
}

export const systemPackagesStep: Step = {
  title: 'system packages',
  isDone: async (context) => (await missingPackages(requirements[context.profile])).length === 0,
  run: async (context, say) => {
    if (process.getuid?.() === 0) await removeServicePolicy();
    await requirePackages(context, requirements[context.profile], `"${context.profile}"`, say);
  },
};
