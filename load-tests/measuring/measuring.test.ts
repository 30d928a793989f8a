import assert from 'node:assert/strict';
import { busyBetween, coresOf, readCores } from './cores.ts';
import { interleave, orderOf } from './interleave.ts';
import { voidReason } from './void.ts';

describe('variants of a measurement', () => {
  it('are measured in turn, each round beginning with another one', async () => {
    const order: string[] = [];
    const seen: string[] = [];
    const resultsOf = await interleave(
      ['a', 'b', 'c'],
      4,
      async (variant, round) => {
        order.push(variant);
        return `${variant}${round}`;
      },
      (run, of) => seen.push(`${run}/${of}`),
    );
    assert.equal(order.join(''), 'abcbcacababc');
    assert.deepEqual(resultsOf('b'), ['b0', 'b1', 'b2', 'b3']);
    assert.equal(seen.at(-1), '12/12');
  });

  it('stand equally often in each place over as many rounds as there are variants', () => {
    const rounds = [0, 1, 2].map((round) => orderOf([1, 2, 3], round));
    for (const place of [0, 1, 2])
      assert.deepEqual(rounds.map((round) => round[place] ?? 0).sort(), [1, 2, 3]);
    assert.deepEqual(orderOf([], 5), []);
  });
});

describe('a measurement', () => {
  it('is void when the generator was the limit, and says each reason', () => {
    assert.equal(voidReason({ generatorCore: 85, lateMs: 5, kernelDrops: 0 }), undefined);
    assert.match(voidReason({ generatorCore: 85.6 }) ?? '', /generator's core was 86 %/);
    const reason = voidReason({ generatorCore: 99, lateMs: 7, kernelDrops: 3, offeredShortPercent: 4 });
    for (const part of [/99 %/, /7\.0 ms behind/, /dropped 3/, /4\.0 % less/])
      assert.match(reason ?? '', part);
  });
});

describe('the time of cores', () => {
  const stat = (user: number, idle: number) =>
    `cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 ${user} 0 10 ${idle} 5 0 0 0 7 0\ncpu1 0 0 0 ${idle} 0 0 0 0 0 0\nintr 5\n`;

  it('is busy time of all time between two readings, core by core', () => {
    assert.deepEqual(busyBetween(coresOf(stat(10, 100)), coresOf(stat(40, 170))), [30, 0]);
  });

  it('is read from this machine', async () => {
    const cores = await readCores();
    assert.ok(cores.length > 0);
    for (const { busy, all } of cores) assert.ok(busy > 0 && busy <= all, `${busy} of ${all}`);
  });
});
