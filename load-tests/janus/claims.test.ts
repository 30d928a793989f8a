import assert from 'node:assert/strict';
import { claimsFor, PUBLISHED } from './claims.ts';

describe('What peers publish about themselves', () => {
  it('names an address, a machine and a date for every claim', () => {
    for (const { who, figure, source, machine, date } of PUBLISHED) {
      assert.equal(new URL(source).protocol, 'https:', figure);
      assert.ok(who !== '' && machine !== '', figure);
      assert.match(date, /^(not said|\d{4}(-\d{2}){0,2})$/, figure);
    }
  });

  it('reckons packets for one busy core beside S1', () => {
    const [meeting] = claimsFor('S1');
    assert.match(meeting?.figure ?? '', /; that is 56,000 packets\/s for a busy core$/);
    assert.equal(
      claimsFor('S1').some(({ who }) => who === 'Jitsi Videobridge'),
      false,
    );
  });

  it('reckons viewers of our stream for one busy core beside S2, and nothing where no rate is said', () => {
    const figures = claimsFor('S2').map(({ who, figure }) => `${who}: ${figure}`);
    assert.match(
      figures.find((text) => text.startsWith('Jitsi')) ?? '',
      /688 Mbit\/s .* 34 viewers of 20 Mbit\/s$/,
    );
    assert.match(figures.find((text) => text.includes('500 consumers')) ?? '', /are not said$/);
  });
});
