/**
 * Reads a telephone number out of whatever a dispatcher pastes. Pure and safe in browsers, so that the page says at once
 * what is wrong and the server decides by the same rule. Too strict would cost a life and too lenient only an SMS: numbers
 * are refused where they cannot be dialled at all, and, in mainland China alone, where no SMS can reach them.
 */
import type { PhoneNumber } from './sms.ts';

export const PHONE_PROBLEMS = [
  'empty',
  'letters', // Something that is neither a number nor how numbers are written.
  'several', // More than one number.
  'extension', // A number behind a switchboard, which an SMS does not reach.
  'too-short',
  'too-long',
  'unknown-country', // No country has this calling code.
  'not-mobile', // A landline or a short number.
] as const;
export type PhoneProblem = (typeof PHONE_PROBLEMS)[number];
export type ParsedPhone =
  | { readonly ok: true; readonly number: PhoneNumber }
  | { readonly ok: false; readonly reason: PhoneProblem };

interface CountryRule {
  /** ITU-T E.164 country code. */
  readonly code: string;
  /** What is dialled before a number inside the country and left out behind the code. */
  readonly trunk: string;
  /** Digits of a number without code and trunk, from least to most. */
  readonly digits: readonly [least: number, most: number];
  /** What is dialled to leave the country, where it is not 00 (ITU-T E.123 writes + for all of them). */
  readonly leave?: string;
}

/** Countries whose own way of writing numbers is known; numbers of all others are taken with + or 00 before them. */
const COUNTRIES = {
  AE: { code: '971', trunk: '0', digits: [8, 9] },
  AU: { code: '61', trunk: '0', digits: [9, 9], leave: '0011' },
  CA: { code: '1', trunk: '1', digits: [10, 10], leave: '011' },
  CH: { code: '41', trunk: '0', digits: [9, 9] },
  CN: { code: '86', trunk: '0', digits: [11, 11] },
  DE: { code: '49', trunk: '0', digits: [7, 11] },
  DK: { code: '45', trunk: '', digits: [8, 8] },
  ES: { code: '34', trunk: '', digits: [9, 9] },
  FR: { code: '33', trunk: '0', digits: [9, 9] },
  GB: { code: '44', trunk: '0', digits: [9, 10] },
  HK: { code: '852', trunk: '', digits: [8, 8], leave: '001' },
  ID: { code: '62', trunk: '0', digits: [8, 12] },
  IN: { code: '91', trunk: '0', digits: [10, 10] },
  IT: { code: '39', trunk: '', digits: [6, 11] },
  JP: { code: '81', trunk: '0', digits: [9, 10], leave: '010' },
  KR: { code: '82', trunk: '0', digits: [8, 10], leave: '00700' },
  MO: { code: '853', trunk: '', digits: [8, 8] },
  MY: { code: '60', trunk: '0', digits: [8, 10] },
  NO: { code: '47', trunk: '', digits: [8, 8] },
  NZ: { code: '64', trunk: '0', digits: [8, 10] },
  PH: { code: '63', trunk: '0', digits: [8, 10] },
  SG: { code: '65', trunk: '', digits: [8, 8], leave: '001' },
  TH: { code: '66', trunk: '0', digits: [8, 9] },
  TW: { code: '886', trunk: '0', digits: [8, 9], leave: '002' },
  US: { code: '1', trunk: '1', digits: [10, 10], leave: '011' },
  VN: { code: '84', trunk: '0', digits: [9, 10] },
  ZA: { code: '27', trunk: '0', digits: [9, 9] },
} as const satisfies Record<string, CountryRule>;
/** ISO 3166-1 alpha-2 codes of the countries that may be the default. */
export type PhoneCountry = keyof typeof COUNTRIES;
export const PHONE_COUNTRIES: readonly string[] = Object.keys(COUNTRIES);

export function isPhoneCountry(text: string): text is PhoneCountry {
  return PHONE_COUNTRIES.includes(text);
}

/** Assigned country codes (ITU-T E.164 list), those of one and two digits, then the tens of those of three. */
const SHORT_CODES = /^(?:1|7|20|27|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;
const LONG_CODES =
  /^(?:21[1-368]|22\d|23\d|24\d|25[0-8]|26\d|29[01789]|35\d|37\d|38[0-35-79]|42[013]|50\d|59\d|67[02-9]|68[0-35-9]|69[0-2]|800|808|85[02356]|87[08]|88[0-368]|96[0-8]|97[0-79]|99[2-8])/;
const LEAST_DIGITS = 7;
const MOST_DIGITS = 15;

/**
 * Answers the number in E.164, or why there is none.
 * @param text as pasted: with spaces, dashes, brackets, full-width digits, `+86`, `0086`, `tel:`, a label before it
 * @param country where a number without a country code belongs
 */
export function parsePhone(text: string, country: PhoneCountry): ParsedPhone {
  const cleaned = clean(text);
  if (typeof cleaned !== 'string') return cleaned;
  if (cleaned.startsWith('+')) return international(cleaned.slice(1));
  const rule: CountryRule = COUNTRIES[country];
  for (const leave of [rule.leave, '00']) {
    if (leave !== undefined && cleaned.startsWith(leave) && cleaned.length - leave.length >= LEAST_DIGITS) {
      const abroad = international(cleaned.slice(leave.length));
      if (abroad.ok) return abroad;
    }
  }
  const own = national(cleaned, rule);
  if (own.ok || !cleaned.startsWith(rule.code)) return own;
  // Programs often leave out the plus; what is no number of the country may be one with its code before it.
  const coded = national(cleaned.slice(rule.code.length), rule);
  return coded.ok ? coded : own;
}

/** Digits, perhaps behind a plus; or why that is not what the text holds. */
function clean(text: string): string | ParsedPhone {
  // Compatibility forms make full-width digits, signs and brackets plain; contacts put invisible marks around numbers.
  const plain = text
    .normalize('NFKC')
    .replace(/[\p{Cf}\s]+/gu, ' ')
    .trim();
  const [, uri, context] = /^tel:([^;]*)(?:.*;phone-context=(\+\d+))?/iu.exec(plain) ?? [];
  const written =
    uri === undefined ? withoutLabel(plain) : `${uri.startsWith('+') ? '' : (context ?? '')}${uri}`;
  if (!/\d/.test(written)) return refuse(written === '' ? 'empty' : 'letters');
  if (/(?:ext\.?|extension|x|转|分机|#)\s*\d/iu.test(written)) return refuse('extension');
  if (/\d\s*[,;/、|]\s*[+(\d]/u.test(written) || /\d.*\+/u.test(written)) return refuse('several');
  if (/[^\d\s+().·\-‐‑‒–—―−~]/u.test(written)) return refuse('letters');
  const digits = written.replace(/\(0+\)/g, '').replace(/\D/g, '');
  return written.startsWith('+') || written.startsWith('(+') ? `+${digits}` : digits;
}

/** `手机：138…`, `Tel. 138…` and the like: the word before the number says nothing new. */
function withoutLabel(text: string): string {
  return text.replace(/^\p{L}[\p{L}\s.]{0,20}[:：.]?\s*(?=[+(\d])/u, '');
}

/** A number behind its country code. */
function international(digits: string): ParsedPhone {
  if (digits.length > MOST_DIGITS + 1) return refuse('too-long');
  if (!SHORT_CODES.test(digits) && !LONG_CODES.test(digits)) {
    return refuse(digits.length < 3 ? 'too-short' : 'unknown-country');
  }
  const known: CountryRule | undefined = Object.values(COUNTRIES).find(({ code }) => digits.startsWith(code));
  if (known) return national(digits.slice(known.code.length), known);
  if (digits.length < LEAST_DIGITS) return refuse('too-short');
  return digits.length > MOST_DIGITS ? refuse('too-long') : { ok: true, number: `+${digits}` };
}

/** A number as it is written inside its country, or behind the country's code. */
function national(written: string, rule: CountryRule): ParsedPhone {
  if (rule.code === '86') return mainland(written);
  const [least, most] = rule.digits;
  const isTrunk = rule.trunk !== '' && written.startsWith(rule.trunk);
  const digits = isTrunk ? written.slice(rule.trunk.length) : written;
  if (digits.length < least) return refuse('too-short');
  return digits.length > most ? refuse('too-long') : { ok: true, number: `+${rule.code}${digits}` };
}

/** Access codes of carriers that call logs of older phones show before a number. */
const CARRIER_ACCESS = /^(?:17951|17911|17909|12593|10193)(?=0?1[3-9]\d{9}$)/;

/** Mainland China: only mobile numbers (1, then 3 to 9, then nine digits) take an SMS. */
function mainland(written: string): ParsedPhone {
  const digits = written.replace(CARRIER_ACCESS, '').replace(/^0(?=1[3-9]\d{9}$)/, '');
  if (/^1[3-9]\d{9}$/.test(digits)) return { ok: true, number: `+86${digits}` };
  if (/^1[3-9]/.test(digits)) return refuse(digits.length < 11 ? 'too-short' : 'too-long');
  const isLandline = /^(?:0\d{9,11}|[2-9]\d{6,10})$/.test(digits);
  if (isLandline || digits.length === 11 || /^1\d{2,5}$/.test(digits)) return refuse('not-mobile');
  return refuse(digits.length < 11 ? 'too-short' : 'too-long');
}

function refuse(reason: PhoneProblem): ParsedPhone {
  return { ok: false, reason };
}
