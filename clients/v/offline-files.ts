/** The part of the build that writes the offline worker: which files it keeps, and under which version. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin, Rolldown } from 'vite';

const CARDS = /\/guidance\/cards\/[^/]+\.tsx?$/;

/** Emits `sw.js`: the shell and the cards are kept; the live part is of no use without the network. */
export function offlineWorker(base: string): Plugin {
  return {
    name: 'goldenhour-offline-worker',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const old = readFileSync(join(import.meta.dirname, 'public', 'old.js'));
        const page = bundle['index.html'];
        const html = page?.type === 'asset' ? page.source : '';
        const files = [...keptFiles(bundle)].sort().map((file) => `${base}${file}`);
        const hash = createHash('sha256').update(files.join('\n')).update(html).update(old).digest('hex');
        const source = readFileSync(join(import.meta.dirname, 'offline-worker.js'), 'utf8')
          .replace('__VERSION__', `goldenhour-v-${hash.slice(0, 16)}`)
          .replace("['__FILES__']", JSON.stringify([`${base}old.js`, ...files]));
        this.emitFile({ type: 'asset', fileName: 'sw.js', source });
      },
    },
  };
}

/** Names of the entry, the cards, what each of them imports at once, and the styles of these. */
export function keptFiles(bundle: Rolldown.OutputBundle): Set<string> {
  const kept = new Set<string>();
  const keep = (name: string) => {
    const output = bundle[name];
    if (kept.has(name) || output?.type !== 'chunk') return;
    kept.add(name);
    for (const each of output.imports) keep(each);
    for (const style of output.viteMetadata?.importedCss ?? []) kept.add(style);
  };
  for (const output of Object.values(bundle)) {
    if (output.type !== 'chunk') continue;
    if (output.isEntry || CARDS.test(output.facadeModuleId ?? '')) keep(output.fileName);
  }
  return kept;
}
