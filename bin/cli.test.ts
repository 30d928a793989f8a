import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../platform/setup/run-program.ts';
import { commands } from './cli.ts';

const root = join(import.meta.dirname, '..');
const program = join(root, 'bin', 'goldenhour');
/** Building all that a service needs, on a machine that is busy. */
const SETUP_MS = 600_000;

describe('goldenhour', function () {
  // Each test starts programs, which takes long on a machine that is busy with other tests.
  this.timeout(60_000);

  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cli-test-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const goldenhour = (...args: string[]) =>
    runProgram(process.execPath, [program, ...args], { cwd: folder, deadlineMs: 60_000 });

  it('lists all commands, and explains each of them', async () => {
    const overview = await goldenhour('--help');
    assert.equal(overview.code, 0);
    for (const [name, { summary, help }] of commands) {
      assert.match(overview.stdout, new RegExp(`^ {2}${name} +${summary}$`, 'm'));
      assert.match(help, new RegExp(`^Usage: goldenhour ${name}\\b`));
    }
    const start = await goldenhour('start', '--help');
    assert.equal(start.stdout, commands.get('start')?.help);
  });

  it('explains each command before any library is there', async () => {
    for (const part of ['bin', 'platform', 'package.json'])
      await cp(join(root, part), join(folder, part), { recursive: true });
    for (const [name, { help }] of commands) {
      const args = [join(folder, 'bin', 'goldenhour'), name, '--help'];
      const { code, stdout, tail } = await runProgram(process.execPath, args, {
        cwd: folder,
        deadlineMs: 60_000,
      });
      assert.equal(code, 0, tail);
      assert.equal(stdout, help);
    }
  });

  it('says what it does not understand, with code 2', async () => {
    const unknown = await goldenhour('strat');
    assert.equal(unknown.code, 2);
    assert.match(unknown.tail, /no command "strat"/);
    assert.equal((await goldenhour('setup', '--for', 'fun')).code, 2);
  });

  it('writes the support file where it is told, and here when it is not', async () => {
    for (const [args, file] of [
      [['--report', '--json'], 'goldenhour-support.json'],
      [['--json', '--report', 'elsewhere.json'], 'elsewhere.json'],
    ] as const) {
      const { stdout } = await goldenhour('doctor', ...args);
      assert.ok(Array.isArray(JSON.parse(stdout).checks));
      const report = JSON.parse(await readFile(join(folder, file), 'utf8'));
      assert.ok(report.checks.length > 0);
    }
  });

  it('refuses a wrong configuration with the whole list of problems, before it makes anything', async () => {
    await writeFile(join(folder, 'goldenhour.json'), '{ "http": { "port": "x" }, "colour": 1 }');
    const { code, tail } = await goldenhour('start', '--role', 'king');
    assert.equal(code, 2);
    assert.match(tail, /The configuration has 3 problems:/);
    for (const place of ['http.port', 'colour', 'role \\(from --role\\)'])
      assert.match(tail, new RegExp(`  - ${place}: `));
    assert.match(tail, /code: config-invalid\n {2}what to do: /);
    assert.equal(existsSync(join(folder, 'data')), false);
  });

  it('prints the configuration in force without its secrets', async () => {
    const secret = 'planted-secret-of-at-least-32-characters';
    const { code, stdout } = await goldenhour('config', '--cluster.secret', secret, '--http.port=9000');
    assert.equal(code, 0);
    assert.equal(JSON.parse(stdout).http.port, 9000);
    assert.ok(!stdout.includes('planted'));
  });
});

describe('the service', function () {
  // Each test starts programs, which takes long on a machine that is busy with other tests.
  this.timeout(60_000);

  it('starts from main.ts, logs JSON lines, and ends in good order on SIGTERM', async function () {
    // "goldenhour test" has built the pages; mocha started by hand may come before them.
    if (!existsSync(join(root, 'clients', 'dist'))) {
      this.timeout(SETUP_MS);
      const setup = await runProgram(process.execPath, [program, 'setup'], {
        cwd: root,
        deadlineMs: SETUP_MS,
      });
      assert.equal(setup.code, 0, setup.stdout);
    }
    const folder = await mkdtemp(join(tmpdir(), 'main-test-'));
    const args = [
      'main.ts',
      '--dataDir',
      folder,
      '--http.port',
      '0',
      '--http.plainPort',
      '0',
      '--bystander.port',
      '0',
      '--sfu.rtcBasePort',
      '0',
    ];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (output.includes('"message":"ready"')) child.kill('SIGTERM');
      });
      const [code] = await once(child, 'close');
      assert.equal(code, 0, output);
      const messages = output
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line).message);
      assert.equal(messages[0], 'starting');
      assert.equal(messages.at(-1), 'closed');
      assert.ok(existsSync(join(folder, 'tls', 'authority.crt')));
    } finally {
      child.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    }
  });
});
