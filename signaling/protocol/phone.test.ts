import assert from 'node:assert/strict';
import fc from 'fast-check';
import { getExampleNumber, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { PHONE_COUNTRIES, PHONE_PROBLEMS, type PhoneCountry, parsePhone } from './phone.ts';
import { PhoneNumber } from './sms.ts';

const numberOf = (text: string, country: PhoneCountry = 'CN') => {
  const parsed = parsePhone(text, country);
  return parsed.ok ? parsed.number : parsed.reason;
};

/** Mobile numbers of mainland China, without a country code. */
const mainland = fc
  .tuple(fc.integer({ min: 3, max: 9 }), fc.integer({ min: 0, max: 999_999_999 }))
  .map(([second, rest]) => `1${second}${String(rest).padStart(9, '0')}`);
/** What people and programs put between digits and around numbers. */
const between = fc.constantFrom('', ' ', '-', '  ', '.', '·', '–', '\u00a0', '\u200b', '\t');
const around = fc.constantFrom('', ' ', '\u202a', '\u202c', '\n', '\ufeff');
const prefix = fc.constantFrom(
  '',
  '+86',
  '+86 ',
  '0086',
  '00 86-',
  '86',
  '(+86)',
  '＋８６',
  'tel:+86',
  'TEL:+86',
  '0',
  '17951',
  '+86(0)',
);
const label = fc.constantFrom('', '手机：', '电话:', 'Tel. ', '联系电话： ');

describe('parsePhone', () => {
  it('takes a mobile number of mainland China in every form people paste', () => {
    fc.assert(
      fc.property(
        mainland,
        prefix,
        label,
        fc.array(between, { minLength: 10, maxLength: 10 }),
        around,
        fc.boolean(),
        (digits, before, word, gaps, edge, isWide) => {
          const written = [...digits].map((digit, index) => `${digit}${gaps[index] ?? ''}`).join('');
          const wide = isWide
            ? written.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)))
            : written;
          const text = before.toLowerCase().startsWith('tel:')
            ? `${edge}${before}${wide}${edge}`
            : `${edge}${word}${before}${wide}${edge}`;
          assert.equal(numberOf(text), `+86${digits}`, JSON.stringify(text));
        },
      ),
    );
  });

  it('answers E.164 or a reason it knows for any text at all, and takes its own answers', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'0123456789+()- .；;转') }),
    );
    fc.assert(
      fc.property(anything, fc.constantFrom('CN', 'US', 'GB', 'HK', 'IT'), (text, country) => {
        const parsed = parsePhone(text, country);
        if (!parsed.ok) return PHONE_PROBLEMS.includes(parsed.reason);
        return (
          PhoneNumber.safeParse(parsed.number).success && numberOf(parsed.number, country) === parsed.number
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('agrees with the numbering plans of the countries it knows', () => {
    assert.ok(PHONE_COUNTRIES.length > 20);
    for (const country of PHONE_COUNTRIES) {
      assert.ok(isSupportedCountry(country));
      const example = getExampleNumber(country, examples);
      assert.ok(example, country);
      const known = isCountry(country) ? country : assert.fail(country);
      for (const text of [
        example.number,
        example.formatInternational(),
        example.formatNational(),
        example.getURI(),
        example.number.replace('+', '00'),
      ])
        if (!(text.startsWith('00') && ['US', 'CA'].includes(country)))
          assert.equal(numberOf(text, known), example.number, `${country}: ${text}`);
    }
  });

  it('takes what the reference library takes as a mobile number of mainland China, and nothing it calls impossible', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000_000, max: 99_999_999_999 }), (number) => {
        const text = String(number);
        const parsed = parsePhone(text, 'CN');
        const theirs = parsePhoneNumberFromString(text, 'CN');
        if (theirs?.isValid() === true && theirs.getType() === 'MOBILE')
          assert.equal(numberOf(text), theirs.number);
        // The library takes 179 and two digits for the code of a carrier before a number; ours for what it is without.
        if (parsed.ok && !text.startsWith('179')) assert.ok(theirs?.isPossible(), text);
      }),
      { numRuns: 3000 },
    );
  });

  it('takes numbers of other countries with their code', () => {
    assert.equal(numberOf('+852 9123 4567'), '+85291234567');
    assert.equal(numberOf('00 44 7911 123456'), '+447911123456');
    assert.equal(numberOf('+44 (0)7911 123456'), '+447911123456');
    assert.equal(numberOf('011 86 138 0013 8000', 'US'), '+8613800138000');
    assert.equal(numberOf('(415) 555-2671', 'US'), '+14155552671');
    assert.equal(numberOf('tel:138-0013-8000;phone-context=+86', 'US'), '+8613800138000');
    assert.equal(numberOf('+998 90 123 45 67'), '+998901234567');
  });

  it('says what is wrong', () => {
    const cases = {
      '': 'empty',
      '   ': 'empty',
      'the neighbour': 'letters',
      '138 0013 8000 Mr Li': 'letters',
      '13800138000 13900139000 +1': 'several',
      '13800138000/13900139000': 'several',
      '010-65551234转5': 'extension',
      '65551234 ext. 12': 'extension',
      '1380013800': 'too-short',
      '138001380001': 'too-long',
      '+86 138001380001234567': 'too-long',
      '+999 123 4567': 'unknown-country',
      '+210 123 4567': 'unknown-country',
      '010-65551234': 'not-mobile',
      '+86 21 6555 1234': 'not-mobile',
      '400-810-1234': 'not-mobile',
      '10086': 'not-mobile',
      '120': 'not-mobile',
      '12800138000': 'not-mobile',
    } as const;
    for (const [text, reason] of Object.entries(cases)) assert.equal(numberOf(text), reason, text);
  });
});

function isCountry(country: string): country is PhoneCountry {
  return PHONE_COUNTRIES.includes(country);
}
