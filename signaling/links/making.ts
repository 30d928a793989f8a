/** Making, resending and ending links: the row that finds them first, then the fact, then the message. */
import { refuse } from '../people/refuse.ts';
import { type LinkUse, type NewLink, UNOPENED_MS } from '../protocol/links.ts';
import { linkOf, openingOf } from '../protocol/openings.ts';
import type { LinkState } from '../protocol/state-bystander.ts';
import type { Rooms } from '../rooms/types.ts';
import type { Deadlines } from './deadlines.ts';
import type { LinkSecrets } from './secrets.ts';
import type { LinkStore } from './store.ts';
import type { Asked, LinkSending, Links, LinkWay, MadeLink } from './types.ts';

/** How long the code for a second phone may be opened, in milliseconds. */
export const SECOND_PHONE_MS = 10 * 60_000;

export interface MakingParts {
  readonly store: LinkStore;
  readonly rooms: Pick<Rooms, 'at'>;
  readonly secrets: LinkSecrets;
  readonly deadlines: Deadlines;
  readonly sending: LinkSending;
  /** Origin of the bystander's door, such as `https://help.example`. */
  readonly origin: () => string;
}

interface ToMake {
  readonly link: NewLink;
  readonly lifetimeMs: number;
  readonly parentLinkId?: string;
}

export class LinkMaking implements Links {
  readonly #parts: MakingParts;

  constructor(parts: MakingParts) {
    this.#parts = parts;
  }

  async create(asked: Asked, link: NewLink): Promise<MadeLink> {
    const way = link.phone === undefined ? 'shown' : 'sms';
    const made = await this.#make(asked, { link, lifetimeMs: UNOPENED_MS });
    await this.#announce(asked, link, way, made);
    return made;
  }

  /** A link that nobody is told of: whoever asks holds it already. */
  async quietly(asked: Asked, link: NewLink): Promise<MadeLink> {
    return this.#make(asked, { link, lifetimeMs: UNOPENED_MS });
  }

  async resend(asked: Asked, linkId: string, way: 'sms' | 'qr' | 'copied'): Promise<MadeLink> {
    const room = this.#parts.rooms.at(asked.roomId);
    const old = linkOf((await room.state()).bystander, linkId);
    if (!old) throw refuse('not-found', 'There is no such link in this room.');
    const repeated = await this.#parts.store.find(this.#idOf(asked));
    if (!repeated) assertResendable(old);
    if (way === 'sms' && old.phone === undefined) {
      throw refuse('bad-request', 'This link has no telephone number; make a new one.', { field: 'way' });
    }
    const link = asNew(old);
    // The new one first: were the old one ended and the new one never made, nobody could come in.
    const made = await this.#make(asked, { link, lifetimeMs: UNOPENED_MS });
    try {
      const end = { linkId, reason: 'replaced' } as const;
      await room.execute('link.end', end, asked.actor, this.#step(asked, 'end'));
    } catch (error) {
      await this.revoke({ ...asked, commandId: this.#step(asked, 'undo') }, made.linkId);
      throw error;
    }
    await this.#announce(asked, link, way, made);
    return made;
  }

  async revoke({ roomId, actor, commandId }: Omit<Asked, 'organisationId'>, linkId: string): Promise<void> {
    const end = { linkId, reason: 'revoked' } as const;
    await this.#parts.rooms.at(roomId).execute('link.end', end, actor, commandId);
  }

  async second(asked: Asked, use: Extract<LinkUse, 'camera' | 'chest'>): Promise<MadeLink> {
    const state = await this.#parts.rooms.at(asked.roomId).state();
    const found = openingOf(state.bystander, asked.actor.principalId);
    if (!found) throw refuse('forbidden', 'Only a guest of a link brings in a second phone.');
    const { linkId: parentLinkId, need, language } = found.link;
    const link: NewLink = { use, need, helpers: 'two', language };
    const made = await this.#make(asked, { link, lifetimeMs: SECOND_PHONE_MS, parentLinkId });
    await this.#announce(asked, link, 'qr', made);
    return made;
  }

  /** Row, then fact. A repeated command finds both and answers the same. */
  async #make(asked: Asked, { link, lifetimeMs, parentLinkId }: ToMake): Promise<MadeLink> {
    const { store, rooms, secrets, deadlines, origin } = this.#parts;
    const { roomId, actor, organisationId, commandId } = asked;
    const linkId = this.#idOf(asked);
    const secret = secrets.secretFor(roomId, actor.principalId, commandId);
    const row = await store.add({ linkId, secret, roomId, organisationId, lifetimeMs });
    deadlines.note(linkId, row.expires_utc);
    const fact = { ...link, linkId, expiresAt: row.expires_utc, ...(parentLinkId ? { parentLinkId } : {}) };
    try {
      await rooms.at(roomId).execute('link.add', fact, actor, this.#step(asked, 'add'));
    } catch (error) {
      // A link that the room does not know would admit nobody; a repeat of the command writes its row again.
      await store.remove(linkId);
      deadlines.forget(linkId);
      throw error;
    }
    return { linkId, url: `${origin()}/v#${secret}`, expiresAt: row.expires_utc };
  }

  /** States how the link went out, and hands it over for sending. */
  async #announce(asked: Asked, link: NewLink, way: LinkWay, { linkId, url }: MadeLink): Promise<void> {
    const messageId = this.#step(asked, 'message');
    const { roomId, actor } = asked;
    const sent = { linkId, messageId, way };
    await this.#parts.rooms.at(roomId).execute('link.sent', sent, actor, this.#step(asked, 'sent'));
    if (way !== 'sms' || link.phone === undefined) return;
    const { phone, language, use } = link;
    const validForMs = UNOPENED_MS;
    this.#parts.sending.send({ roomId, linkId, messageId, phone, url, language, use, validForMs });
  }

  #idOf(asked: Asked): string {
    return this.#step(asked, 'link');
  }

  #step({ roomId, actor, commandId }: Omit<Asked, 'organisationId'>, step: string): string {
    return this.#parts.secrets.idFor(roomId, actor.principalId, commandId, step);
  }
}

function assertResendable(old: LinkState): void {
  const conflict = (message: string, state: string) => refuse('conflict', message, { state });
  if (old.parentLinkId !== undefined)
    throw conflict('The phone of the first link shows a new code by itself.', 'second-phone');
  if (old.boundTo !== undefined && old.ended === undefined)
    throw conflict('Somebody is live by this link already.', 'bound');
  if (old.ended !== undefined && old.ended !== 'unopened')
    throw conflict('This link was ended; make a new one.', old.ended);
}

/** What a link was made for, as what is asked for again. */
function asNew({ use, need, helpers, phone, language, name }: LinkState): NewLink {
  return {
    ...{ use, need, helpers, language },
    ...(phone === undefined ? {} : { phone }),
    ...(name === undefined ? {} : { name }),
  };
}
