/** The pages that browsers load: built by Vite from `clients/` into `clients/dist`, again whenever a source changed. */
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
    .filter((file) => !/\.test\.tsx?$|\/(?:node_modules|dist|\.dist-[^/]*)\//.test(file))
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

function viteConfig(root: string): string {
  return join(root, 'clients', 'vite.config.ts');
}

async function build(context: SetupContext, say: Say): Promise<void> {
  const folder = join(context.root, 'clients');
  const built = join(folder, `.dist-${process.pid}`);
  const hash = await sourcesHash(context.root);
  say('building');
  try {
    await mustRun(
      process.execPath,
      [
        join(context.root, 'node_modules', 'vite', 'bin', 'vite.js'),
        'build',
        '--config',
        viteConfig(context.root),
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
    await swap(built, join(folder, 'dist'), join(folder, `.dist-old-${process.pid}`));
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
    if (context.profile === 'base' || !existsSync(viteConfig(context.root))) return true;
    const stamp = await readFile(join(context.root, 'clients', 'dist', stampName), 'utf8').catch(() => '');
    return stamp === (await sourcesHash(context.root));
  },
  run: build,
};
