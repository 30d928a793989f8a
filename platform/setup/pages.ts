/**
 * The pages that browsers load, built by Vite again whenever a source changed: those of staff from `clients/` into
 * `clients/dist`, the bystander's from `clients/v` into `clients/dist-v`.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { mustRun, ownNodeEnv } from './run-program.ts';
import type { Say, SetupContext, Step } from './step.ts';

/** Everything that can end up in a page, with the versions of the libraries in it. */
const sources = ['clients', 'signaling/protocol', 'ar-annotations', 'package-lock.json'];
const stampName = '.built-from';

async function filesUnder(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/\.test\.tsx?$|\/(?:node_modules|dist|dist-v|\.dist-[^/]*)\//.test(file))
    .sort();
}

/** A hash over names and contents of the sources of the pages. */
export async function sourcesHash(root: string): Promise<string> {
  const hash = createHash('sha256');
  for (const source of sources) {
    const path = join(root, source);
    if (!existsSync(path)) continue;
    const files = source.includes('.') ? [path] : await filesUnder(path);
    for (const file of files) hash.update(`${relative(root, file)}\n`).update(await readFile(file));
  }
  return hash.digest('hex');
}

/** What is built, from which configuration into which folder of `clients`. */
const builds = [
  { config: ['vite.config.ts'], into: 'dist' },
  { config: ['v', 'vite.config.ts'], into: 'dist-v' },
] as const;
type Build = (typeof builds)[number];

function viteConfig(root: string, { config }: Build): string {
  return join(root, 'clients', ...config);
}

async function isBuilt(root: string, hash: string, { into }: Build): Promise<boolean> {
  const stamp = await readFile(join(root, 'clients', into, stampName), 'utf8').catch(() => '');
  return stamp === hash;
}

async function buildAll(context: SetupContext, say: Say): Promise<void> {
  const hash = await sourcesHash(context.root);
  for (const each of builds) {
    if (!(await isBuilt(context.root, hash, each))) await build(context, say, each, hash);
  }
}

async function build(context: SetupContext, say: Say, which: Build, hash: string): Promise<void> {
  const folder = join(context.root, 'clients');
  const built = join(folder, `.${which.into}-${process.pid}`);
  say('building');
  try {
    await mustRun(
      process.execPath,
      [
        join(context.root, 'node_modules', 'vite', 'bin', 'vite.js'),
        'build',
        '--config',
        viteConfig(context.root, which),
        '--outDir',
        built,
        '--emptyOutDir',
      ],
      {
        cwd: folder,
        env: ownNodeEnv(),
        signal: context.signal,
        deadlineMs: 10 * 60_000,
        onLine: (line) => {
          const modules = /(\d+) modules transformed/.exec(line)?.[1];
          if (modules !== undefined) say(`building from ${modules} modules`);
        },
        errorCode: 'pages-build-failed',
        whatToDo: 'The lines above name the file that does not build.',
      },
    );
    await writeFile(join(built, stampName), hash);
    await swap(built, join(folder, which.into), join(folder, `.dist-old-${process.pid}`));
  } finally {
    await rm(built, { recursive: true, force: true });
  }
}

/** Puts the new folder in the place of the old; a server that runs meanwhile misses it for an instant only. */
async function swap(built: string, target: string, old: string): Promise<void> {
  if (existsSync(target)) await rename(target, old);
  await rename(built, target);
  await rm(old, { recursive: true, force: true });
}

export const pagesStep: Step = {
  title: 'pages',
  isDone: async (context) => {
    if (context.profile === 'base' || !existsSync(viteConfig(context.root, builds[0]))) return true;
    const hash = await sourcesHash(context.root);
    const built = await Promise.all(builds.map((each) => isBuilt(context.root, hash, each)));
    return built.every(Boolean);
  },
  run: buildAll,
};
