import assert from 'node:assert/strict';
import fc from 'fast-check';
import { erlangB, poissonQuantile } from './erlang.ts';

const load = fc.double({ min: 0, max: 500, noNaN: true });

describe('how many are in use at once', () => {
  it("matches the published tables of Erlang's loss formula", () => {
    // ITU-T E.501: 10 erlang on 18 lines lose 0.71 %, 20 on 30 0.85 %, 1 on 1 half, 2 on 4 9.52 %.
    for (const [servers, erlang, blocked] of [
      [1, 1, 0.5],
      [4, 2, 0.0952],
      [18, 10, 0.0071],
      [30, 20, 0.0085],
    ] as const) {
      assert.ok(
        Math.abs(erlangB(servers, erlang) - blocked) < 6e-5,
        `${servers} ${erlangB(servers, erlang)}`,
      );
    }
  });

  it('matches the quantiles of the Poisson distribution as tables give them', () => {
    for (const [erlang, probability, expected] of [
      [0, 0.999, 0],
      [1, 0.999, 5],
      [5, 0.95, 9],
      [10, 0.5, 10],
      [10, 0.999, 21],
      [100, 0.999, 132],
    ] as const) {
      assert.equal(poissonQuantile(erlang, probability), expected, `${erlang} at ${probability}`);
    }
  });

  it('never needs fewer for more load or more certainty, and more servers never lose more', () => {
    fc.assert(
      fc.property(load, load, fc.constantFrom(0.5, 0.9, 0.99), (a, b, probability) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        assert.ok(poissonQuantile(less, probability) <= poissonQuantile(more, probability));
        assert.ok(poissonQuantile(less, probability) <= poissonQuantile(less, 0.999));
        assert.ok(erlangB(10, less) <= erlangB(10, more) && erlangB(11, more) <= erlangB(10, more));
      }),
    );
  });

  it('is exceeded exactly as seldom as asked, by the sum of the distribution itself', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 150, noNaN: true }), (erlang) => {
        const cumulative = (most: number) => {
          let [term, sum] = [Math.exp(-erlang), 0];
          for (let n = 0; n <= most; n += 1) {
            sum += term;
            term *= erlang / (n + 1);
          }
          return sum;
        };
        const found = poissonQuantile(erlang, 0.999);
        assert.ok(cumulative(found) >= 0.999 - 1e-9);
        assert.ok(found === 0 || cumulative(found - 1) < 0.999 + 1e-9);
      }),
    );
  });

  it('refuses a load or a probability that is none', () => {
    assert.throws(() => poissonQuantile(-1, 0.9), RangeError);
    assert.throws(() => poissonQuantile(1, 1), RangeError);
  });
});
