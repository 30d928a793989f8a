/**
 * The words of an SMS with a link: who sends it and what to do, nothing of the patient or the place, since messages are
 * read by carriers and shown on locked screens. The address stands last, so that every phone makes a link of all of it.
 */
import type { Language } from '../protocol/guidance.ts';
import type { LinkUse } from '../protocol/links.ts';
import { smsSegments } from '../protocol/sms-text.ts';

export interface LinkWords {
  readonly use: LinkUse;
  readonly language: Language;
  readonly url: string;
  /** The emergency number, which people know and trust. */
  readonly emergencyPhone: string;
  /** What carriers want first, such as `【市急救中心】`; absent where the gateway adds it. */
  readonly signature?: string;
}

/** Wordings of one meaning, best first; the later are shorter. */
const WORDINGS: Readonly<Record<Language, Readonly<Record<LinkUse, readonly string[]>>>> = {
  'zh-CN': {
    camera: [
      '{phone}急救：请点开，让调度员看到现场并帮助您',
      '{phone}急救：点开让调度员看现场',
      '{phone}急救请点开',
    ],
    chest: ['{phone}急救：请在另一部手机上点开', '{phone}急救请点开'],
    volunteer: [
      '{phone}急救：附近有人需要帮助，能赶到请点开',
      '{phone}急救：附近求助，请点开',
      '{phone}急救请点开',
    ],
  },
  en: {
    camera: [
      'Emergency {phone}: tap so that the dispatcher can see and help you',
      'Emergency {phone}: tap to show the scene',
      'Emergency {phone}',
    ],
    chest: ['Emergency {phone}: tap on the second phone', 'Emergency {phone}'],
    volunteer: [
      'Emergency {phone}: someone near you needs help. Tap if you can come',
      'Emergency {phone}: help needed near you',
      'Emergency {phone}',
    ],
  },
};

/** The best wording among those that take the fewest segments; one segment with addresses of up to some 50 characters. */
export function linkText({ use, language, url, emergencyPhone, signature = '' }: LinkWords): string {
  const texts = WORDINGS[language][use].map(
    (wording) => `${signature}${wording.replace('{phone}', emergencyPhone)} ${url}`,
  );
  const lengths = texts.map((text) => smsSegments(text).segments.length);
  const best = texts[lengths.indexOf(Math.min(...lengths))];
  return best ?? url;
}
