/** What a dispatcher fills in for a new incident and its link, and what is still missing. Pure. */
import type { Language, Need } from '../../../signaling/protocol/guidance.ts';
import type { PublicConfig } from '../../../signaling/protocol/http.ts';
import type { Helpers, NewLink } from '../../../signaling/protocol/links.ts';
import {
  isPhoneCountry,
  type ParsedPhone,
  type PhoneCountry,
  parsePhone,
} from '../../../signaling/protocol/phone.ts';

export interface LinkWish {
  readonly need: Need;
  /** As it was pasted. */
  readonly phone: string;
  /** Undefined until "second helper there?" was answered. */
  readonly helpers: Helpers | undefined;
  readonly language: Language;
  /** Where a number without a country code belongs. */
  readonly country: PhoneCountry;
}

export type WishProblem = 'phone' | 'helpers';

/** Where the site says that numbers without a country code belong. */
export function countryOf(config: Pick<PublicConfig, 'phoneCountry'> | undefined): PhoneCountry {
  const named = config?.phoneCountry;
  return named !== undefined && isPhoneCountry(named) ? named : 'CN';
}

export function firstWish(language: Language, country: PhoneCountry): LinkWish {
  return { need: 'none', phone: '', helpers: undefined, language, country };
}

/** Undefined while nothing was pasted: then the link is shown and not sent. */
export function phoneOf({ phone, country }: LinkWish): ParsedPhone | undefined {
  return phone.trim() === '' ? undefined : parsePhone(phone, country);
}

/**
 * What keeps the link from being made. A number that cannot be read is said before the question of the helper, which is
 * asked once before anything is sent. A link that is shown and not sent needs neither.
 */
export function problemOf(wish: LinkWish): WishProblem | undefined {
  const phone = phoneOf(wish);
  if (phone === undefined) return undefined;
  if (!phone.ok) return 'phone';
  return wish.helpers === undefined ? 'helpers' : undefined;
}

/** Only for wishes without a problem. */
export function toNewLink(wish: LinkWish): NewLink {
  const phone = phoneOf(wish);
  return {
    use: 'camera',
    need: wish.need,
    helpers: wish.helpers ?? 'unknown',
    language: wish.language,
    ...(phone?.ok === true ? { phone: phone.number } : {}),
  };
}

export interface NewIncident {
  /** What and where, as the dispatcher's list shows it; also the address as the caller told it. */
  readonly title: string;
  readonly drill: boolean;
  /** UTC milliseconds at which the call was answered: when the form was opened. */
  readonly answeredAt: number;
  /** Undefined: nothing is sent yet. */
  readonly link: NewLink | undefined;
}

/** Incidents whose room was just made here and waits for its first facts, by room id; for this page only. */
const waiting = new Map<string, NewIncident>();

export function keepForRoom(roomId: string, incident: NewIncident): void {
  waiting.set(roomId, incident);
}

/** Gives it once: whoever takes it states the facts. */
export function takeForRoom(roomId: string): NewIncident | undefined {
  const incident = waiting.get(roomId);
  waiting.delete(roomId);
  return incident;
}
