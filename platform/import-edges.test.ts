import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/**
 * The parts of the project and what each may import (design.md section 2): parts by name, libraries as `npm`, built-in
 * modules as `node`. The longest folder that contains a file decides its part.
 */
const parts: Readonly<Record<string, readonly string[]>> = {
  'ar-annotations': [],
  'signaling/protocol': ['ar-annotations', 'zod'],
  platform: ['npm', 'node'],
  signaling: ['signaling/protocol', 'ar-annotations', 'platform', 'npm', 'node'],
  sfu: ['signaling/protocol', 'ar-annotations', 'platform', 'npm', 'node'],
  recorder: ['signaling/protocol', 'ar-annotations', 'platform', 'npm', 'node'],
  integration: ['signaling/protocol', 'ar-annotations', 'platform', 'npm', 'node'],
  clients: ['signaling/protocol', 'ar-annotations', 'npm'],
  'load-tests': ['*'],
  bin: ['*'],
  'main.ts': ['*'],
};
/** Configuration of tools, which runs in Node and not in the part it stands in. */
const tools = new Set(['clients/vite.config.ts', 'clients/v/offline-files.ts']);
const longestFile = 400;

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const root = join(import.meta.dirname, '..');
const folders = Object.keys(parts).filter((name) => !name.endsWith('.ts'));
const files = globSync([`{${folders.join(',')}}/**/*.{ts,tsx,mjs}`, 'main.ts'], {
  cwd: root,
  exclude: ['**/node_modules/**', '**/dist/**', '**/.dist-*/**'],
}).sort();
/** Tests, and what only tests use. */
const isTest = (file: string) => /\.test\.tsx?$|\/testing\//.test(file);

function partOf(file: string): string {
  const names = Object.keys(parts).filter((name) => file === name || file.startsWith(`${name}/`));
  return names.sort((a, b) => b.length - a.length)[0] ?? 'unknown';
}

/** All imports of a file: `import … from`, `export … from`, `import '…'` and `import('…')`. */
function importsOf(file: string, text = readFileSync(join(root, file), 'utf8')): Import[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const pattern =
    /^\s*(?:import|export)\s+(?<type>type\s)?(?:[^'";]*?\sfrom\s+)?['"](?<target>[^'"]+)['"]|\bimport\(\s*['"](?<dynamic>[^'"]+)['"]/gm;
  return [...code.matchAll(pattern)].map(({ groups }) => {
    const target = groups?.target ?? groups?.dynamic ?? '';
    const to = target.startsWith('.') ? posix.join(posix.dirname(file), target) : target;
    return { from: file, to, typeOnly: groups?.type !== undefined };
  });
}

function isAllowed({ from, to, typeOnly }: Import): boolean {
  // Tests put real parts together; what they import is never part of the service.
  if (isTest(from) || tools.has(from)) return true;
  const allowed = parts[partOf(from)] ?? [];
  if (allowed.includes('*')) return true;
  if (isTest(to)) return false;
  if (to.startsWith('node:')) return allowed.includes('node');
  const target = partOf(to);
  if (target !== 'unknown') return target === partOf(from) || allowed.includes(target);
  // Types are gone before anything runs; the contract names mediasoup's own instead of copying them.
  if (typeOnly && to === 'mediasoup/types') return true;
  const library = to.split('/')[0] ?? '';
  return allowed.includes('npm') || allowed.includes(library);
}

/** The folder that a file belongs to, such as `platform/setup`; folders inside it count as one with it. */
function folderOf(file: string): string {
  return file.split('/').slice(0, -1).slice(0, 2).join('/');
}

/** Returns each cycle of a graph once, as the names on the way round. */
function findCycles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const cycles: string[] = [];
  const finished = new Set<string>();
  const visit = (node: string, path: readonly string[]): void => {
    const start = path.indexOf(node);
    if (start !== -1) {
      cycles.push([...path.slice(start), node].join(' → '));
      return;
    }
    if (finished.has(node)) return;
    for (const next of edges.get(node) ?? []) visit(next, [...path, node]);
    finished.add(node);
  };
  for (const node of edges.keys()) visit(node, []);
  return cycles;
}

function graph(imports: readonly Import[], name: (file: string) => string): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>();
  for (const { from, to } of imports) {
    if (!files.includes(to) || name(from) === name(to)) continue;
    const targets = edges.get(name(from)) ?? new Set();
    edges.set(name(from), targets.add(name(to)));
  }
  return edges;
}

describe('the imports of the project', () => {
  const imports = files.flatMap((file) => importsOf(file));

  it('are read from every form of import', () => {
    const text = [
      "import a from './a.ts';",
      "import type { B } from '../platform/b.ts';",
      "export * from './c.ts';",
      "import './d.ts';",
      "const e = await import('node:fs');",
      "import {\n  f,\n} from 'zod/mini';",
      "// import x from './x.ts';",
    ].join('\n');
    const found = importsOf('sfu/z.ts', text).map(({ to, typeOnly }) => (typeOnly ? `type ${to}` : to));
    assert.deepEqual(found, [
      'sfu/a.ts',
      'type platform/b.ts',
      'sfu/c.ts',
      'sfu/d.ts',
      'node:fs',
      'zod/mini',
    ]);
  });

  it('are judged as design.md section 2 says', () => {
    const judge = (from: string, to: string) => isAllowed({ from, to, typeOnly: false });
    assert.ok(judge('sfu/a.ts', 'platform/log.ts') && judge('signaling/a.ts', 'signaling/protocol/b.ts'));
    assert.ok(judge('sfu/a.test.ts', 'signaling/x.ts') && judge('signaling/protocol/a.ts', 'zod'));
    const forbidden: [string, string][] = [
      ['signaling/a.ts', 'sfu/b.ts'],
      ['sfu/a.ts', 'signaling/b.ts'],
      ['sfu/a.ts', 'load-tests/b.ts'],
      ['sfu/a.ts', 'sfu/testing/b.ts'],
      ['platform/a.ts', 'signaling/protocol/b.ts'],
      ['signaling/protocol/a.ts', 'koa'],
      ['signaling/protocol/a.ts', 'node:fs'],
      ['signaling/protocol/a.ts', 'signaling/b.ts'],
      ['clients/a.ts', 'platform/log.ts'],
      ['clients/a.tsx', 'node:fs'],
      ['ar-annotations/a.ts', 'zod'],
    ];
    for (const [from, to] of forbidden) assert.ok(!judge(from, to), `${from} may import ${to}`);
  });

  it('follow no other edge', () => {
    assert.ok(imports.length > 50, 'the project was not found');
    const wrong = imports.filter((edge) => !isAllowed(edge)).map(({ from, to }) => `${from} imports ${to}`);
    assert.deepEqual(wrong, []);
  });

  it('make no cycle between files', () => {
    const runtime = imports.filter(({ typeOnly }) => !typeOnly);
    assert.deepEqual(findCycles(graph(runtime, (file) => file)), []);
  });

  it('make no cycle between folders', () => {
    const isInside = (a: string, b: string) => a.startsWith(`${b}/`);
    const runtime = imports.filter(({ from, to, typeOnly }) => {
      // A folder and those inside it are one thing to the rest: what holds them together and what they share lie there.
      const [a, b] = [folderOf(from), folderOf(to)];
      return !typeOnly && !isTest(from) && !isInside(a, b) && !isInside(b, a);
    });
    assert.deepEqual(findCycles(graph(runtime, folderOf)), []);
  });

  it('find a cycle where there is one', () => {
    const edges = new Map([
      ['a', new Set(['b'])],
      ['b', new Set(['c'])],
      ['c', new Set(['a'])],
    ]);
    assert.deepEqual(findCycles(edges), ['a → b → c → a']);
  });
});

describe('the files of the project', () => {
  it(`have at most ${longestFile} lines`, () => {
    const long = files.flatMap((file) => {
      const lines = readFileSync(join(root, file), 'utf8').split('\n').length - 1;
      return lines > longestFile ? [`${file}: ${lines}`] : [];
    });
    assert.deepEqual(long, []);
  });
});
