/** Builds pages of tests into temporary folders that a stack serves in place of the real pages. */
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { build, type Plugin } from 'vite';

const built = new Map<string, Promise<string>>();

/** The folder of the built harness. */
export function harnessPages(): Promise<string> {
  return pagesOf(join(import.meta.dirname, 'harness.ts'));
}

/** The folder of a page that runs this script; built once per process. */
export function pagesOf(script: string): Promise<string> {
  const known = built.get(script) ?? buildOnce(script);
  built.set(script, known);
  return known;
}

async function buildOnce(script: string): Promise<string> {
  const outDir = join(tmpdir(), `goldenhour-page-${process.pid}-${built.size}`);
  await build({
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'error',
    plugins: [running(script)],
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  });
  return outDir;
}

/** Puts the script into the one page. */
function running(script: string): Plugin {
  const address = relative(import.meta.dirname, script);
  return {
    name: 'test-page',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) => html.replace('./harness.ts', address.startsWith('.') ? address : `./${address}`),
    },
  };
}
