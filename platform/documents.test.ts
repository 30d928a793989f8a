import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { commands } from '../bin/cli.ts';
import { loadConfig } from './config/load.ts';
import { listOptions } from './config/option.ts';
import { configSchema } from './config/schema.ts';
import { runProgram } from './setup/run-program.ts';

const root = join(import.meta.dirname, '..');
const documents = globSync(['*.md', 'docs/**/*.md', '{clients,signaling,sfu,platform,load-tests}/**/*.md'], {
  cwd: root,
  exclude: ['**/node_modules/**', '**/dist/**'],
}).sort();
/** Those whose commands people type. */
const manuals = documents.filter((file) => file === 'README.md' || file.startsWith('docs/'));
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Links to files: `[text](path)`, `![text](path)` and `<img src="path">`, without what stands in fences and on other servers. */
function linksOf(text: string): string[] {
  const links = [...withoutFences(text).matchAll(/(?:\]\(|src=")([^)"\s]+)[)"]/g)].map(
    ([, target = '']) => target,
  );
  return links.filter((target) => !/^[a-z]+:/.test(target)).map((target) => target.replace(/#.*$/, ''));
}

/** Words in backticks that can only be meant as files or folders of the project. */
function pathsOf(text: string): string[] {
  const words = [...withoutFences(text).matchAll(/`([^`\s]+)`/g)].map(([, word = '']) => word);
  return words.filter((word) => {
    if (!/^[\w.*{},-]+(?:\/[\w.*{},-]+)*\/?$/.test(word)) return false;
    const [first = ''] = word.split('/');
    if (word.includes('/') && first !== '*' && existsSync(join(root, first))) return true;
    return /[\w*]\.(?:ts|tsx|mjs|md|sh|css)$/.test(word);
  });
}

function withoutFences(text: string): string {
  return text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
}

function fences(text: string, language: string): string[] {
  const pattern = new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\`$`, 'gm');
  return [...text.matchAll(pattern)].map(([, body = '']) => body);
}

/** A path as a document means it: from the project's folder, from its own, or a bare name of a file anywhere. */
function exists(file: string, path: string): boolean {
  const near = dirname(file);
  const anywhere = path.includes('/')
    ? []
    : [join('{bin,clients,load-tests,platform,sfu,signaling}', '**', path)];
  return [path, join(near, path), ...(near === '.' ? [] : [join(near, '**', path)]), ...anywhere].some(
    (pattern) => globSync(pattern, { cwd: root, exclude: ['**/node_modules/**'] }).length > 0,
  );
}

/** A test file with the stories beside it that it tells. */
function withStories(file: string): string {
  const stories = globSync('stories/*.ts', { cwd: join(root, dirname(file)) });
  return [file, ...stories.map((story) => join(dirname(file), story))].map(read).join('\n');
}

interface Typed {
  readonly file: string;
  readonly line: string;
  readonly words: readonly string[];
}

/** Every `goldenhour …` and `npm …` of a document, in fences and in running text. */
function commandsOf(file: string): Typed[] {
  const text = read(file);
  const lines = fences(text, 'sh').flatMap((body) => body.replaceAll(/\\\n\s*/g, '').split('\n'));
  const inline = [...withoutFences(text).matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
  return [...lines, ...inline].flatMap((line) => {
    const bare = line.replace(/\s#\s.*$/, '').trim();
    const found = /(?:^|\s)(?:(?:\S*\/)?bin\/)?(goldenhour|npm)\s+(.+)$/.exec(bare);
    if (!found || /^[A-Z]/.test(found[2] ?? '')) return [];
    const words = [...`${found[1]} ${found[2]}`.matchAll(/"[^"]*"|\S+/g)].map(([word]) => word);
    return [{ file, line: bare, words }];
  });
}

const options = new Set(listOptions(configSchema).map(({ path }) => path));

/** What is wrong with a command of a document; undefined when it exists as it is written. */
function flawOf({ words }: Pick<Typed, 'words'>): string | undefined {
  const [program, name = '', ...rest] = words;
  if (program === 'npm') return flawOfNpm([name, ...rest]);
  const command = commands.get(name);
  if (!command) return name === '--help' ? undefined : `there is no command ${name}`;
  const end = rest.indexOf('--');
  const own = end === -1 ? rest : rest.slice(0, end);
  const [action = ''] = own;
  const hasActions = command.help.includes(`goldenhour ${name} list`);
  const takesNames = /goldenhour \w+ (?:\w+\|)*(?:ID|NAME)…/.test(command.help);
  if (
    hasActions &&
    !takesNames &&
    !action.startsWith('-') &&
    !command.help.includes(`goldenhour ${name} ${action}`)
  )
    return `${name} has no ${action}`;
  for (const word of own.filter((each) => each.startsWith('--'))) {
    const option = word.slice(2).replace(/=.*$/, '');
    const inHelp = new RegExp(`--${option}\\b`).test(command.help);
    const takesConfig = /--config FILE|options of the configuration/.test(command.help);
    if (option !== 'help' && !inHelp && !(takesConfig && options.has(option)))
      return `${name} has no option ${word}`;
  }
  return undefined;
}

function flawOfNpm(words: readonly string[]): string | undefined {
  const [verb = '', script = ''] = words.filter((word) => !/^-[a-z]$/.test(word));
  if (['ci', 'install'].includes(verb)) return undefined;
  const name = verb === 'run' ? script : verb;
  const { scripts } = JSON.parse(read('package.json'));
  if (!(name in scripts)) return `package.json has no script ${name}`;
  const own = words.slice(words.indexOf('--') + 1);
  return words.includes('--') ? flawOf({ words: ['goldenhour', name, ...own] }) : undefined;
}

describe('the documents', () => {
  it('are the ones a reader is promised', () => {
    for (const file of ['README.md', 'ARCHITECTURE.md', 'DECISIONS.md', 'CHANGELOG.md'])
      assert(documents.includes(file), file);
    for (const name of ['operate', 'integrate', 'develop', 'protocol', 'safety', 'configuration'])
      assert(documents.includes(`docs/${name}.md`), name);
  });

  it('link and name only files that exist', () => {
    const wrong = documents.flatMap((file) => {
      const text = read(file);
      const links = linksOf(text).filter(
        (link) => link !== '' && !existsSync(join(root, dirname(file), link)),
      );
      const paths = pathsOf(text).filter((path) => !exists(file, path));
      return [...links, ...paths].map((path) => `${file}: ${path}`);
    });
    assert.deepEqual(wrong, []);
  });

  it('would be found out', () => {
    assert.deepEqual(linksOf('[a](docs/a.md#b) [c](https://c) ![d](d.png) <img src="e.png">'), [
      'docs/a.md',
      'd.png',
      'e.png',
    ]);
    const text = 'see `sfu/nothing.ts`, `room.close`, `signaling/rooms/`, `application/json` and `data/x`';
    assert.deepEqual(pathsOf(text), ['sfu/nothing.ts', 'signaling/rooms/']);
    assert(!exists('README.md', 'sfu/nothing.ts') && exists('clients/core/README.md', 'ladder.ts'));
    const flaw = (line: string) => flawOf({ words: line.split(' ') });
    assert.equal(flaw('goldenhour fly'), 'there is no command fly');
    assert.equal(flaw('goldenhour user fly x'), 'user has no fly');
    assert.equal(flaw('goldenhour start --http.port 1 --colour red'), 'start has no option --colour');
    assert.equal(flaw('goldenhour demo --http.port 1'), 'demo has no option --http.port');
    assert.equal(flaw('npm run fly'), 'package.json has no script fly');
    assert.equal(flaw('npm run -s demo -- --fly'), 'demo has no option --fly');
    assert.equal(flaw('npm run -s demo -- --json'), undefined);
  });

  it('name only commands and options that exist', () => {
    const typed = manuals.flatMap(commandsOf);
    assert(typed.length > 30, 'the commands were not found');
    const wrong = typed.flatMap((each) => {
      const flaw = flawOf(each);
      return flaw === undefined ? [] : [`${each.file}: ${each.line}: ${flaw}`];
    });
    assert.deepEqual(wrong, []);
  });

  it('name every command in the README', () => {
    const named = new Set(commandsOf('README.md').map(({ words }) => words[1]));
    const text = read('README.md');
    assert.deepEqual(
      [...commands.keys()].filter((name) => !named.has(name) && !text.includes(`\`${name}\``)),
      [],
    );
  });

  it('show configurations that load', async () => {
    const examples = fences(read('docs/operate.md'), 'json');
    assert(examples.length >= 3);
    const folder = await mkdtemp(join(tmpdir(), 'documents-test-'));
    try {
      for (const [index, text] of examples.entries()) {
        const file = join(folder, `example-${index}.json`);
        await writeFile(file, text);
        assert.doesNotThrow(() => loadConfig({ cwd: folder, env: {}, args: ['--config', file] }), text);
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('name in docs/safety.md only tests that exist', () => {
    const named = [
      ...read('docs/safety.md').matchAll(/`([\w./-]+\.test\.ts)`((?:[ ,;]*(?:and )?“[^”]+”)*)/g),
    ];
    assert(named.length > 20);
    const wrong = named.flatMap(([, file = '', quotes = '']) =>
      [...quotes.matchAll(/“([^”]+)”/g)]
        .filter(([, name = '']) => !withStories(file).includes(name))
        .map(([, name]) => `${file}: ${name}`),
    );
    assert.deepEqual(wrong, []);
  });
});

/**
 * What changes nothing and ends by itself is run as it is written. The rest is proven elsewhere: `start` by bin/cli.test.ts,
 * `user` and `unit` by bin/people-commands.test.ts, `setup` by platform/setup/setup.test.ts, `test` by
 * platform/testing/testing.test.ts. `demo` ends with code 1 unless all of it happened, so it is its own test.
 */
describe('the cheap commands of the documents', function () {
  this.timeout(120_000);

  const cheap = /^goldenhour (?:--help|\w+ --help|doctor --json|config|config --reference|npm run)$/;
  const lines = new Set(
    manuals
      .flatMap(commandsOf)
      .map(({ words }) => words.join(' '))
      .filter((line) => cheap.test(line)),
  );

  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'documents-test-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const line of [...lines].sort()) {
    it(`do what they say: ${line}`, async () => {
      const args = [join(root, 'bin', 'goldenhour'), ...line.split(' ').slice(1)];
      const { code, stdout, tail } = await runProgram(process.execPath, args, {
        cwd: folder,
        deadlineMs: 100_000,
      });
      // A machine that runs tests may well have a fault that the doctor finds.
      assert(code === 0 || (code === 1 && line.includes('doctor')), tail);
      if (line.includes('--help')) assert.match(stdout, /^Usage: |Usage: goldenhour/m);
      else if (line.includes('--reference')) assert.equal(stdout, read('docs/configuration.md'));
      else assert.equal(typeof JSON.parse(stdout), 'object');
    });
  }
});
