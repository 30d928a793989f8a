/** What methods, doors and commands ask of links to phones. */

import type * as z from 'zod/mini';
import type { Session } from '../people/types.ts';
import type { EventOf } from '../protocol/events.ts';
import type { Language } from '../protocol/guidance.ts';
import type { LinkPage, LinkUse, NewLink, OpeningState, OpenLink } from '../protocol/links.ts';
import type { Actor } from '../rooms/types.ts';

export type LinkWay = EventOf<'LinkSent'>['way'];

/** Who asks, in which room, by which command: a repeat of the same command answers the same link. */
export interface Asked {
  readonly roomId: string;
  readonly actor: Actor;
  /** Organisation that guests of the link count as. */
  readonly organisationId: string;
  readonly commandId: string;
}

export interface MadeLink {
  readonly linkId: string;
  /** Holds the secret in its fragment. */
  readonly url: string;
  /** UTC milliseconds; until then it may be opened for the first time. */
  readonly expiresAt: number;
}

/** Links as the dispatcher's and the bystander's methods use them. */
export interface Links {
  /** Makes a link and, with a phone number, sends it. */
  create(asked: Asked, link: NewLink): Promise<MadeLink>;
  /** A new secret for the same purpose; the old one ends as `replaced`. Throws `conflict` once somebody is live. */
  resend(asked: Asked, linkId: string, way: 'sms' | 'qr' | 'copied'): Promise<MadeLink>;
  /** Idempotent; throws `not-found`. */
  revoke(asked: Omit<Asked, 'organisationId'>, linkId: string): Promise<void>;
  /** For a second phone, by the page of the one that is live. */
  second(asked: Asked, use: Extract<LinkUse, 'camera' | 'chest'>): Promise<MadeLink>;
}

export interface OpenedLink {
  readonly page: LinkPage;
  /** For the cookie; absent where the browser has its session already. */
  readonly secret?: string;
}

/** Links as the bystander's door uses them. */
export interface LinkDoor {
  /** Throws `closed` (with `details.reason` once the secret is right), `conflict` and `too-many`. */
  open(request: z.infer<typeof OpenLink>, address: string, session: Session | undefined): Promise<OpenedLink>;
  /** The page of a browser that opened a link before. Throws `closed` with the reason when the link has ended. */
  page(session: Session): Promise<LinkPage>;
  /**
   * A link that is opened as it is made, for a browser that scanned the fixed code of a place. A repeat of the command answers
   * another session of the same link.
   */
  openHere(asked: Omit<Asked, 'actor'>, language: Language): Promise<OpenedLink>;
  /** Where an opening stands; `again`: one that gave way to another asks to come back. */
  ask(session: Session, again: boolean): Promise<OpeningState>;
}

/** Sends a link by SMS and states how that went; see sending.ts. */
export interface LinkSending {
  send(message: LinkMessage): void;
}
export interface LinkMessage {
  readonly roomId: string;
  readonly linkId: string;
  readonly messageId: string;
  readonly phone: string;
  readonly url: string;
  readonly language: Language;
  /** For a camera unless given. */
  readonly use?: LinkUse;
  /** How long the link can be opened still, in milliseconds; 15 minutes unless given. */
  readonly validForMs?: number;
}
