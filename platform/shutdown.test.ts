import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createLogger } from './log.ts';
import { Shutdown } from './shutdown.ts';

const log = createLogger('test', {}, { level: 'silent' });

/** Runs a program that listens for signals, and returns how it ended and what it printed. */
async function run(body: string, act: (child: ChildProcess) => void) {
  const at = (file: string) => JSON.stringify(join(import.meta.dirname, file));
  const script = `
    import { Shutdown } from ${at('shutdown.ts')};
    import { createLogger } from ${at('log.ts')};
    const shutdown = new Shutdown(createLogger('test'), { deadlineMs: 200 });
    shutdown.listen();
    process.stdout.write('ready\\n');
    ${body}
    process.exit(await shutdown.done);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  assert.ok(child.stdout !== null);
  let output = '';
  let acted = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (acted || !output.includes('ready')) return;
    acted = true;
    act(child);
  });
  // Node emits no 'close' for a child whose channel was closed from this side.
  const [[code]] = await Promise.all([once(child, 'exit'), once(child.stdout, 'end')]);
  return { code, output };
}

describe('Shutdown', function () {
  // Each test starts programs, which takes long on a machine that is busy with other tests.
  this.timeout(60_000);

  it('closes the last opened first, once, and goes on after a part that fails or hangs', async () => {
    const shutdown = new Shutdown(log, { deadlineMs: 10 });
    const closed: string[] = [];
    shutdown.register('database', (reason) => void closed.push(`database ${reason}`));
    shutdown.register('hangs', () => new Promise<void>(() => undefined));
    shutdown.register('fails', () => Promise.reject(new Error('no')));
    shutdown.register('listener', (reason) => void closed.push(`listener ${reason}`));
    await Promise.all([shutdown.close('SIGTERM'), shutdown.close('again')]);
    assert.deepEqual(closed, ['listener SIGTERM', 'database SIGTERM']);
    assert.equal(await shutdown.done, 1);
  });

  it('ends with 0 on SIGTERM', async () => {
    const { code, output } = await run('', (child) => child.kill('SIGTERM'));
    assert.equal(code, 0);
    assert.match(output, /"reason":"SIGTERM".*"message":"closed"/);
  });

  it('ends with 0 also when signals go on coming', async () => {
    const { code } = await run('', (child) => {
      child.stdout?.on('data', () => child.kill('SIGTERM'));
      child.kill('SIGTERM');
    });
    assert.equal(code, 0);
  });

  it('ends with 1 and one fatal line with a code on an error nobody caught', async () => {
    const { code, output } = await run(`void Promise.reject(new Error('forgotten'));`, () => undefined);
    assert.equal(code, 1);
    assert.match(output, /"level":"fatal".*"code":"internal-error".*forgotten/);
    assert.match(output, /"message":"closed"/);
  });

  it('ends when the launcher that started it is gone', async () => {
    const { code, output } = await run('', (child) => child.disconnect());
    assert.equal(code, 0);
    assert.match(output, /the parent process is gone/);
  });
});
