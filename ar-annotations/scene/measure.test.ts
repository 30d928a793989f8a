import assert from 'node:assert/strict';
import fc from 'fast-check';
import { noise } from '../testing/camera.ts';
import { CARD_MM, END_ERROR, LEAST_SCALE, measureLength, measureText, type Scale } from './measure.ts';

const ASPECT = 16 / 9;
const place = fc.record({
  x: fc.double({ min: 0, max: 1, noNaN: true }),
  y: fc.double({ min: 0, max: 1, noNaN: true }),
});
const card: Scale = { kind: 'card', mm: CARD_MM, from: { x: 0.1, y: 0.9 }, to: { x: 0.4, y: 0.9 } };

describe('a measured length', () => {
  it('never comes without an uncertainty above nothing, and grows with it', () => {
    fc.assert(
      fc.property(place, place, (from, to) => {
        const measured = measureLength(from, to, card, ASPECT);
        assert.ok(measured && measured.uncertaintyMm > 0 && measured.lengthMm >= 0);
        assert.ok(!/± 0(\.0)? /.test(measureText(measured)));
        const typed = measureLength(from, to, { ...card, kind: 'drawn' }, ASPECT);
        assert.ok(typed && typed.uncertaintyMm >= measured.uncertaintyMm);
      }),
    );
  });

  it('counts height as it is, not in parts of the height', () => {
    const across = measureLength({ x: 0.2, y: 0.5 }, { x: 0.5, y: 0.5 }, card, ASPECT);
    const down = measureLength({ x: 0.2, y: 0.2 }, { x: 0.2, y: 0.2 + 0.3 * ASPECT }, card, ASPECT);
    assert.ok(across && down);
    assert.ok(Math.abs(across.lengthMm - CARD_MM) < 1e-9);
    assert.ok(Math.abs(down.lengthMm - CARD_MM) < 1e-9);
  });

  it('holds the true length in 95 of 100 pictures with the errors it allows for', () => {
    let inside = 0;
    const runs = 2000;
    const bell = (n: number) =>
      Math.sqrt(-2 * Math.log(noise(n) || 0.5)) * Math.cos(2 * Math.PI * noise(n + 0.5));
    for (let run = 0; run < runs; run += 1) {
      const n = run * 37;
      const lean = (seed: number) => Math.cos((noise(n + seed) * 20 * Math.PI) / 180);
      const nearer = 1 + 0.05 * (2 * noise(n + 3) - 1);
      const trueMm = 20 + 150 * noise(n + 4);
      const parts = (trueMm / CARD_MM) * 0.3 * lean(1) * nearer + bell(n + 5) * END_ERROR * Math.SQRT2;
      const known = 0.3 * lean(2) + bell(n + 9) * END_ERROR * Math.SQRT2;
      const scale = { ...card, to: { x: 0.1 + known, y: 0.9 } };
      const measured = measureLength({ x: 0, y: 0.5 }, { x: parts, y: 0.5 }, scale, ASPECT);
      if (measured && Math.abs(measured.lengthMm - trueMm) <= measured.uncertaintyMm) inside += 1;
    }
    assert.ok(inside / runs >= 0.95, `${inside / runs}`);
  });

  it('is refused with a scale too short to be drawn well, and with numbers that are none', () => {
    const short = { ...card, to: { x: 0.1 + LEAST_SCALE / 2, y: 0.9 } };
    assert.equal(measureLength({ x: 0, y: 0 }, { x: 1, y: 1 }, short, ASPECT), undefined);
    assert.equal(measureLength({ x: Number.NaN, y: 0 }, { x: 1, y: 1 }, card, ASPECT), undefined);
    assert.equal(measureLength({ x: 0, y: 0 }, { x: 1, y: 1 }, { ...card, mm: 0 }, ASPECT), undefined);
  });

  it('is written no finer than it is known', () => {
    assert.equal(measureText({ lengthMm: 42.34, uncertaintyMm: 4.6 }), '42 ± 5 mm');
    assert.equal(measureText({ lengthMm: 42.34, uncertaintyMm: 0.41 }), '42.3 ± 0.5 mm');
    assert.equal(measureText({ lengthMm: 321, uncertaintyMm: 31 }), '320 ± 35 mm');
    assert.equal(measureText({ lengthMm: 0, uncertaintyMm: 0.01 }), '0.0 ± 0.1 mm');
  });
});
