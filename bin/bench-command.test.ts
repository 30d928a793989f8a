import assert from 'node:assert/strict';
import { join } from 'node:path';
import { runProgram } from '../platform/setup/run-program.ts';
import { benchCommand } from './commands/bench.ts';

const program = join(import.meta.dirname, 'goldenhour');

describe('the command for benchmarks', function () {
  // Starting it sets up what is missing, which takes long on a machine that is busy with other tests.
  this.timeout(240_000);
  const bench = (...args: string[]) =>
    runProgram(process.execPath, [program, 'bench', ...args], { deadlineMs: 220_000 });

  it('lists every benchmark with its target, in any case, and says what has none and why', async () => {
    const { code, stdout } = await bench('List');
    assert.equal(code, 0);
    assert.match(stdout, /^S5 +about \d+ min +join: click to first decoded frame/m);
    assert.match(stdout, /^R9 .*Webhooks are still to be built\.$/m);
    assert.ok(stdout.indexOf('\nS8 ') < stdout.indexOf('\nS10 '), 'S8 stands before S10');
  });

  it('refuses what it does not understand before it runs anything', async () => {
    const { code, tail, stdout } = await bench('S5', 'X9');
    assert.equal(code, 2, tail);
    assert.ok(tail.includes('There is no benchmark X9.'), tail);
    assert.equal(stdout, '');
    for (const odd of ['0', '1.5', '-3', 'many'])
      await assert.rejects(benchCommand.run(['S5', `--runs=${odd}`]), {
        code: 'usage',
        message: /--runs needs/,
      });
    await assert.rejects(benchCommand.run(['S5', '--no-such']), { code: 'usage', message: /--no-such/ });
  });
});
