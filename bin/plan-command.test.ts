import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';

const MAIN = join(import.meta.dirname, 'cli.ts');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function plan(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, 'plan', ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}

const Printed = z.object({
  perSite: z.object({ nodes: z.int().min(2), rooms: z.int(), bound: z.string() }),
  total: z.object({ nodes: z.int(), cores: z.int(), storageTBPerYear: z.number() }),
  assumptions: z.array(z.object({ option: z.string(), value: z.number(), source: z.string().min(1) })),
  measured: z.object({ date: z.string(), machine: z.string(), trial: z.boolean() }),
});

describe('goldenhour plan', function () {
  this.timeout(60_000);

  it('prints machines and assumptions as JSON, of which each can be changed', async () => {
    const { code, stdout } = await plan(
      '--ambulances',
      '53',
      '--hospitals',
      '21',
      '--minutes',
      '20',
      '--json',
    );
    assert.equal(code, 0);
    const { assumptions, total, perSite } = Printed.parse(JSON.parse(stdout));
    assert.equal(total.nodes, perSite.nodes);
    const minutes = assumptions.find(({ option }) => option === '--minutes');
    assert.deepEqual([minutes?.value, minutes?.source], [20, 'given']);
  });

  it('prints a table of the preset for people', async () => {
    const { code, stdout } = await plan('--preset', 'province');
    assert.equal(code, 0);
    assert.match(stdout, /^1,060 ambulances, 420 hospitals, 2 sites/);
    assert.match(stdout, /media nodes, one of each site may be lost/);
    assert.match(stdout, /--busy-hour +0\.07 .*\[guess\]/);
  });

  it('refuses what it does not know and says what is allowed', async () => {
    for (const [args, words] of [
      [['--preset', 'moon'], 'city, province, nation'],
      [['--ambulances', 'many'], '--ambulances takes a whole number'],
      [['--ambulances', '0.5'], '--ambulances takes a whole number'],
      [['--doctors', '3'], 'There is no --doctors'],
      [['--minutes'], '--minutes needs a value'],
    ] as const) {
      const { code, stderr } = await plan(...args);
      assert.equal(code, 2, stderr);
      assert.ok(stderr.includes(words), stderr);
      assert.match(stderr, /code: usage\n {2}what to do: /);
    }
  });

  it('says what to do where no costs were measured', async () => {
    const { code, stderr } = await plan('--costs', '/nowhere/costs.json');
    assert.equal(code, 1);
    assert.match(stderr, /code: costs-missing\n {2}what to do: Run "goldenhour bench COST"/);
  });
});
