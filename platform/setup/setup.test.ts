import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAppError } from '../errors.ts';
import { integrityOf, readFetched, recordFetched } from './fetched.ts';
import { setUp } from './index.ts';
import { acquireSetupLock } from './lock.ts';
import { matchesLock } from './npm-dependencies.ts';
import { runProgram } from './run-program.ts';
import type { Step } from './step.ts';

const here = import.meta.dirname;
const never = new AbortController().signal;

/** A step that leaves a file when it is done, and says when it runs. */
function fileStep(file: string, work: () => Promise<void>): Step {
  return {
    title: 'file',
    isDone: async () => existsSync(file),
    run: async () => {
      await work();
      await writeFile(file, 'done');
    },
  };
}

function display() {
  const written: string[] = [];
  return { written, write: (text: string) => written.push(text) };
}

/** Starts a process that takes the lock of `cache`, prints "held" and keeps it. */
async function holdLock(cache: string): Promise<ChildProcess> {
  const script = `
    import { acquireSetupLock } from ${JSON.stringify(join(here, 'lock.ts'))};
    await acquireSetupLock(${JSON.stringify(cache)}, () => undefined, new AbortController().signal);
    process.stdout.write('held');
    setInterval(() => undefined, 1000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  assert.equal(String((await once(child.stdout, 'data'))[0]), 'held');
  return child;
}

describe('set-up', function () {
  // Each test starts programs, which takes long on a machine that is busy with other tests.
  this.timeout(60_000);

  let cache: string;
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'setup-test-'));
  });
  afterEach(() => rm(cache, { recursive: true, force: true }));

  it('does what is missing, shows it, and says nothing when nothing is missing', async () => {
    const steps = [
      fileStep(join(cache, 'a'), async () => undefined),
      fileStep(join(cache, 'b'), async () => undefined),
    ];
    await writeFile(join(cache, 'a'), '');
    const first = display();
    await setUp({ profile: 'base', cache, steps, display: first });
    assert.ok(!first.written.join('').includes('[1/2]'));
    assert.match(first.written.join(''), /\[2\/2\] file: done \(0\.\d s\)\nSet-up is complete/);
    const second = display();
    await setUp({ profile: 'base', cache, steps, display: second });
    assert.deepEqual(second.written, []);
  });

  it('stops at a failed step and goes on there the next time', async () => {
    let broken = true;
    const ran: string[] = [];
    const steps = [
      fileStep(join(cache, 'a'), async () => void ran.push('a')),
      fileStep(join(cache, 'b'), async () => {
        ran.push('b');
        if (broken) throw new Error('the network is away');
      }),
    ];
    const shown = display();
    await assert.rejects(setUp({ profile: 'base', cache, steps, display: shown }), /the network is away/);
    assert.match(shown.written.at(-1) ?? '', /^\[2\/2\] file: failed/);
    broken = false;
    await setUp({ profile: 'base', cache, steps, display: display() });
    assert.deepEqual(ran, ['a', 'b', 'b']);
  });

  it('ends the program of a step when it is interrupted, and all that the program started', async () => {
    const interrupt = new AbortController();
    const pidFile = join(cache, 'pid');
    const step: Step = {
      title: 'endless',
      isDone: async () => false,
      run: async (context) => {
        const script = `sleep 1000 & echo $! > ${pidFile}; echo started; wait`;
        const onLine = () => interrupt.abort(new Error('the person pressed Ctrl-C'));
        await runProgram('sh', ['-c', script], { signal: context.signal, onLine });
      },
    };
    await assert.rejects(
      setUp({ profile: 'base', cache, steps: [step], display: display(), signal: interrupt.signal }),
      /pressed Ctrl-C/,
    );
    const pid = Number(await readFile(pidFile, 'utf8'));
    const state = existsSync(`/proc/${pid}/stat`) ? await readFile(`/proc/${pid}/stat`, 'utf8') : ') Z';
    assert.match(state, /\) Z/, 'the program inside the program still runs');
  });

  it('waits for another set-up, and then does not repeat its work', async () => {
    const release = await acquireSetupLock(cache, () => undefined, never);
    const file = join(cache, 'a');
    let ran = 0;
    const step = fileStep(file, async () => {
      ran += 1;
    });
    const shown = display();
    const waiting = setUp({
      profile: 'base',
      cache,
      steps: [step],
      display: {
        write: (text) => {
          shown.write(text);
          void writeFile(file, 'by the other').then(release);
        },
      },
    });
    await waiting;
    assert.match(shown.written.join(''), /^Another set-up is running/);
    assert.equal(ran, 0);
  });

  it('takes over at once when the other one was killed', async () => {
    const other = await holdLock(cache);
    const { promise: waited, resolve } = Promise.withResolvers<void>();
    const acquired = acquireSetupLock(cache, resolve, never);
    await waited;
    other.kill('SIGKILL');
    await once(other, 'exit');
    const release = await acquired;
    release();
    release();
  });

  it('gives up waiting when it is interrupted', async () => {
    const release = await acquireSetupLock(cache, () => undefined, never);
    const interrupt = new AbortController();
    await assert.rejects(
      acquireSetupLock(cache, () => interrupt.abort(), interrupt.signal),
      { name: 'AbortError' },
    );
    release();
  });

  it('keeps one entry for each thing that was fetched', async () => {
    const node = { what: 'Node', version: '1', source: 'npm', from: 'node' } as const;
    await Promise.all([recordFetched(cache, [node])]);
    await recordFetched(cache, [
      { ...node, version: '2' },
      { ...node, what: 'ffmpeg' },
    ]);
    assert.deepEqual(
      (await readFetched(cache)).map(({ what, version }) => `${what} ${version}`),
      ['Node 2', 'ffmpeg 1'],
    );
    await writeFile(join(cache, 'x'), 'abc');
    // SHA-256 of "abc" from FIPS 180-2 appendix B.1, in base64.
    const integrity = 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=';
    assert.deepEqual(await integrityOf(join(cache, 'x')), { integrity, size: 3 });
  });
});

describe('the libraries', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'lock-test-'));
    await mkdir(join(root, 'node_modules'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const lock = (packages: object) => JSON.stringify({ lockfileVersion: 3, packages });
  const a = { version: '1.0.0', integrity: 'sha512-a' };
  const wanted = {
    '': {},
    'node_modules/a': a,
    'node_modules/other-system': { version: '1.0.0', optional: true },
  };

  it('are in place when node_modules is what the lock file asks for, and only then', async () => {
    await writeFile(join(root, 'package-lock.json'), lock(wanted));
    assert.equal(await matchesLock(root), false, 'no installation was finished');
    const present = join(root, 'node_modules', '.package-lock.json');
    await writeFile(present, lock({ 'node_modules/a': a }));
    assert.equal(await matchesLock(root), true);
    await writeFile(present, lock({ 'node_modules/a': { ...a, version: '1.0.1' } }));
    assert.equal(await matchesLock(root), false);
    await writeFile(present, lock({ 'node_modules/a': { ...a, integrity: 'sha512-b' } }));
    assert.equal(await matchesLock(root), false);
    await writeFile(present, '{ "packages": ');
    assert.equal(await matchesLock(root), false);
  });
});

describe('runProgram', () => {
  it('keeps the first error and the last lines', async () => {
    const script = 'echo "error: the cause"; for i in $(seq 100); do echo line $i; done; exit 3';
    const { code, tail } = await runProgram('sh', ['-c', script]);
    assert.equal(code, 3);
    assert.match(tail, /^error: the cause\nline 81\n/);
    assert.match(tail, /line 100$/);
  });

  it('ends a program that takes too long', async () => {
    await assert.rejects(runProgram('sleep', ['100'], { deadlineMs: 50 }), (error) =>
      isAppError(error, 'deadline-exceeded'),
    );
  });
});
