/** The libraries, exactly as the lock file has them, without running any of their install scripts. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import type { FetchedItem } from './fetched.ts';
import { findProgram, mustRun, ownNodeEnv } from './run-program.ts';
import type { Say, SetupContext, Step } from './step.ts';

interface LockedPackage {
  readonly version: string;
  readonly integrity: string | undefined;
  readonly optional: boolean;
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

/** Reads the packages of a lock file (npm's lockfileVersion 3), by their place in node_modules. */
async function readLock(file: string): Promise<Map<string, LockedPackage>> {
  const packages = field(JSON.parse(await readFile(file, 'utf8')), 'packages');
  const found = new Map<string, LockedPackage>();
  if (typeof packages !== 'object' || packages === null) return found;
  for (const [place, entry] of Object.entries(packages)) {
    const version = field(entry, 'version');
    const integrity = field(entry, 'integrity');
    if (place === '' || typeof version !== 'string') continue;
    found.set(place, {
      version,
      integrity: typeof integrity === 'string' ? integrity : undefined,
      optional: field(entry, 'optional') === true || field(entry, 'devOptional') === true,
    });
  }
  return found;
}

/**
 * True when node_modules is what the lock file asks for. npm writes `node_modules/.package-lock.json` last of all, so a
 * broken-off installation has none.
 */
export async function matchesLock(root: string): Promise<boolean> {
  try {
    const wanted = await readLock(join(root, 'package-lock.json'));
    const present = await readLock(join(root, 'node_modules', '.package-lock.json'));
    return [...wanted].every(([place, { version, integrity, optional }]) => {
      const found = present.get(place);
      if (found === undefined) return optional;
      return found.version === version && (integrity === undefined || found.integrity === integrity);
    });
  } catch {
    // A missing or damaged file of these two means that there is no finished installation; npm says what is wrong.
    return false;
  }
}

async function install(context: SetupContext, say: Say): Promise<void> {
  const env = ownNodeEnv();
  if (findProgram('npm', env) === undefined) {
    throw new AppError('npm-missing', 'The program npm was not found.', {
      whatToDo: 'Install npm (Debian: apt-get install npm), then start again.',
    });
  }
  const expected = (await readLock(join(context.root, 'package-lock.json'))).size;
  const seen = new Set<string>();
  say('installing from the lock file', 0);
  await mustRun(
    'npm',
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--include=dev', '--loglevel=http'],
    {
      cwd: context.root,
      env,
      signal: context.signal,
      deadlineMs: 20 * 60_000,
      onLine: (line) => {
        // npm has no progress of its own without a terminal, but names each archive it opens.
        const archive = /http (?:fetch|cache) (?:GET \d+ )?(\S+\/-\/\S+\.tgz)/.exec(line)?.[1];
        if (archive !== undefined) seen.add(archive);
        say('installing from the lock file', Math.min(0.99, seen.size / expected));
      },
      errorCode: 'npm-dependencies-failed',
      whatToDo:
        'Check that this machine reaches its npm registry (npm ping) and has disk space, then start again.',
    },
  );
}

/** The libraries of the lock file as entries of the list of what was fetched. */
async function fetchedPackages(root: string): Promise<FetchedItem[]> {
  const lockFile = join(root, 'package-lock.json');
  const lock = await readFile(lockFile);
  const packages = await readLock(join(root, 'node_modules', '.package-lock.json'));
  return [
    {
      what: 'npm lock file',
      version: String(packages.size),
      source: 'npm',
      from: 'package-lock.json',
      integrity: `sha256-${createHash('sha256').update(lock).digest('base64')}`,
      size: lock.length,
    },
    ...[...packages].map(([place, { version, integrity }]): FetchedItem => {
      const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return {
        what: `npm package ${name} ${version}`,
        version,
        source: 'npm',
        from: name,
        ...(integrity === undefined ? {} : { integrity }),
      };
    }),
  ];
}

export const npmDependenciesStep: Step = {
  title: 'libraries',
  isDone: (context) => matchesLock(context.root),
  run: async (context, say) => {
    await install(context, say);
    if (!(await matchesLock(context.root))) {
      throw new AppError(
        'npm-dependencies-failed',
        'npm ended well, but its work is not what the lock file asks for.',
        {
          whatToDo: `Remove ${join(context.root, 'node_modules')} and start again.`,
        },
      );
    }
    await context.record(await fetchedPackages(context.root));
  },
};
