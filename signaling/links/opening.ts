/** What happens behind the tap: a secret becomes the session of one browser, and a page that knows what to show. */

import type * as z from 'zod/mini';
import { withDeadline } from '../../platform/deadline.ts';
import { isAppError, messageOf } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { LinkGuests } from '../people/link-guests.ts';
import { refuse } from '../people/refuse.ts';
import type { Audit, Principal, Session } from '../people/types.ts';
import type { Language } from '../protocol/guidance.ts';
import type { LinkEnd, LinkPage, OpeningState, OpenLink } from '../protocol/links.ts';
import { NOTICE_VERSION } from '../protocol/links.ts';
import { linkOf, openingOf } from '../protocol/openings.ts';
import type { RoomState } from '../protocol/state.ts';
import type { LinkState } from '../protocol/state-bystander.ts';
import { type Rooms, SYSTEM } from '../rooms/types.ts';
import type { Deadlines } from './deadlines.ts';
import type { LinkMaking } from './making.ts';
import type { LinkRow, LinkStore } from './store.ts';
import type { Asked, LinkDoor, OpenedLink } from './types.ts';

/** The owner of a room may be another process. */
const STATE_MS = 5000;

export interface OpeningParts {
  readonly store: LinkStore;
  readonly making: Pick<LinkMaking, 'quietly'>;
  readonly rooms: Pick<Rooms, 'at'>;
  readonly deadlines: Deadlines;
  readonly guests: LinkGuests;
  readonly audit: Audit;
  readonly log: Logger;
  readonly emergencyPhone: string;
  readonly supportPhone?: string;
}

interface Found {
  readonly row: LinkRow;
  readonly state: RoomState;
  readonly link: LinkState;
}

export class LinkOpening implements LinkDoor {
  readonly #parts: OpeningParts;

  constructor(parts: OpeningParts) {
    this.#parts = parts;
  }

  async open(
    request: z.infer<typeof OpenLink>,
    address: string,
    session: Session | undefined,
  ): Promise<OpenedLink> {
    const found = await this.#find(request.secret);
    if (!found) {
      await this.#parts.guests.wrong(address);
      await this.#audit({ address }, 'unknown');
      throw unknownLink();
    }
    const { row, link } = found;
    const own = session?.principal.linkId === row.link_id ? session.principal : undefined;
    const ended = await this.#endOf(found);
    if (ended !== undefined) {
      // The page of a browser that was let in before is no stranger.
      if (!own) await this.#misused(row, 'after-end', address);
      throw this.#ended(ended);
    }
    const openingId = own?.principalId ?? (await this.#addGuest(row, link));
    // A reload of a page that gave way shows how it stands; it asks to come back by `ask` alone, after a tap.
    const gaveWay = openingOf(found.state.bystander, openingId)?.state === 'ended';
    if (!gaveWay) await this.#stateOpening(row, openingId, request, address);
    await this.#audit({ address, linkId: row.link_id }, openingId, row.room_id);
    const page = await this.#pageOf(row.room_id, row.link_id, openingId);
    if (own) return { page };
    const { secret } = await this.#parts.guests.signIn(openingId);
    return { page, secret };
  }

  async openHere(asked: Omit<Asked, 'actor'>, language: Language): Promise<OpenedLink> {
    const link = { use: 'camera', need: 'none', helpers: 'unknown', language } as const;
    const { linkId } = await this.#parts.making.quietly({ ...asked, actor: SYSTEM }, link);
    const { roomId, organisationId } = asked;
    const name = NAMES.camera[language];
    const openingId = await this.#parts.guests.add({
      linkId,
      roomId,
      role: 'bystander',
      name,
      organisationId,
    });
    await this.#parts.rooms.at(roomId).execute('link.open', { linkId, openingId, language }, SYSTEM);
    const page = await this.#pageOf(roomId, linkId, openingId);
    const { secret } = await this.#parts.guests.signIn(openingId);
    return { page, secret };
  }

  async page({ principal }: Session): Promise<LinkPage> {
    const { roomId, linkId } = guestOf(principal);
    return this.#pageOf(roomId, linkId, principal.principalId);
  }

  async ask({ principal }: Session, again: boolean): Promise<OpeningState> {
    const { roomId, linkId } = guestOf(principal);
    const { opening } = await this.#pageOf(roomId, linkId, principal.principalId);
    // A page that polls never asks by itself: the dispatcher would be asked without anybody wanting it.
    if (opening !== 'ended' || !again) return opening;
    const back = { linkId, openingId: principal.principalId };
    const asked = await this.#parts.rooms.at(roomId).execute('link.open', back, SYSTEM);
    return asked.opening;
  }

  /** The link of a secret; undefined also where the room never took it. */
  async #find(secret: string): Promise<Found | undefined> {
    const row = await this.#parts.store.bySecret(secret);
    if (!row) return undefined;
    const state = await this.#stateOf(row.room_id);
    const link = state && linkOf(state.bystander, row.link_id);
    return state && link ? { row, state, link } : undefined;
  }

  /** Why a link has ended; one that was never opened in time ends now, also when nobody has looked for it yet. */
  async #endOf({ row, state, link }: Found): Promise<LinkEnd | undefined> {
    const { rooms, deadlines } = this.#parts;
    if (link.ended !== undefined) return link.ended;
    if (state.phase === 'closed') return 'room-closed';
    if (link.openedUtc !== undefined || !deadlines.isOver(row.link_id, row.expires_utc)) return undefined;
    const end = { linkId: row.link_id, reason: 'unopened' } as const;
    await rooms.at(row.room_id).execute('link.end', end, SYSTEM);
    return linkOf((await rooms.at(row.room_id).state()).bystander, row.link_id)?.ended;
  }

  #addGuest(row: LinkRow, link: LinkState): Promise<string> {
    return this.#parts.guests.add({
      linkId: row.link_id,
      roomId: row.room_id,
      role: link.use === 'volunteer' ? 'volunteer' : 'bystander',
      // What the dispatcher calls them stands in the sealed facts of the room alone.
      name: NAMES[link.use][link.language],
      organisationId: row.organisation_id,
    });
  }

  async #stateOpening(
    row: LinkRow,
    openingId: string,
    { browser, language }: z.infer<typeof OpenLink>,
    address: string,
  ): Promise<void> {
    const opened = {
      linkId: row.link_id,
      openingId,
      ...(browser === undefined ? {} : { browser }),
      ...(language === undefined ? {} : { language }),
    };
    try {
      await this.#parts.rooms.at(row.room_id).execute('link.open', opened, SYSTEM);
    } catch (error) {
      if (isAppError(error, 'conflict')) await this.#misused(row, 'too-many-openings', address);
      throw error;
    }
  }

  /**
   * Writes a misuse down: each one in the audit, and in the room the 1st, 2nd, 4th, 8th, …, so that the dispatcher sees it
   * and nobody fills the log of a room by pressing a key.
   */
  async #misused(row: LinkRow, what: 'after-end' | 'too-many-openings', address: string): Promise<void> {
    const { store, rooms, log } = this.#parts;
    await this.#audit({ address, linkId: row.link_id, what }, 'unknown', row.room_id);
    const total = await store.countMisuse(row.link_id);
    if (total < 1 || !Number.isInteger(Math.log2(total))) return;
    const misuse = { linkId: row.link_id, what, count: total === 1 ? 1 : total / 2 };
    try {
      await rooms.at(row.room_id).execute('link.misuse', misuse, SYSTEM);
    } catch (error) {
      // A room that has ended takes no facts; the audit holds it.
      log.info({ roomId: row.room_id, linkId: row.link_id, why: messageOf(error) }, 'misuse after the end');
    }
  }

  async #pageOf(roomId: string, linkId: string, openingId: string): Promise<LinkPage> {
    const state = await this.#stateOf(roomId);
    const found = state && openingOf(state.bystander, openingId);
    if (!state || found?.link.linkId !== linkId) throw unknownLink();
    if (found.link.ended !== undefined) throw this.#ended(found.link.ended);
    if (state.phase === 'closed') throw this.#ended('room-closed');
    const { use, need, helpers } = found.link;
    const { emergencyPhone, supportPhone } = this.#parts;
    const { address } = state.bystander;
    return {
      ...{ roomId, linkId, openingId, use, need, helpers, opening: found.state, emergencyPhone },
      ...(supportPhone === undefined ? {} : { supportPhone }),
      // Only what the code on the door says itself: an address that dispatch knows is nobody's business.
      ...(address?.source === 'place' && found.link.by === SYSTEM.principalId
        ? { place: { text: address.text, ...(address.point ? { point: address.point } : {}) } }
        : {}),
      recorded: state.recording?.on === true,
      noticeVersion: NOTICE_VERSION,
      drill: state.drill,
    };
  }

  /** In words that the page can explain: whoever reads them held the right secret. */
  #ended(reason: LinkEnd) {
    const { emergencyPhone, supportPhone } = this.#parts;
    return refuse('closed', 'This link has ended.', {
      ...{ reason, emergencyPhone },
      ...(reason === 'released' && supportPhone !== undefined ? { supportPhone } : {}),
    });
  }

  async #stateOf(roomId: string): Promise<RoomState | undefined> {
    try {
      return await withDeadline(this.#parts.rooms.at(roomId).state(), STATE_MS, 'reading the room');
    } catch (error) {
      if (isAppError(error, 'not-found')) return undefined;
      throw error;
    }
  }

  /** Help goes on when the audit cannot be written (design, rule 1); the operator is told. */
  async #audit(details: Record<string, string>, principalId: string, roomId?: string): Promise<void> {
    const allowed = principalId !== 'unknown';
    try {
      await this.#parts.audit.write({
        action: 'link.open',
        principalId,
        allowed,
        details,
        ...(roomId === undefined ? {} : { roomId }),
      });
    } catch (error) {
      this.#parts.log.error({ error, allowed }, 'the opening of a link could not be written to the audit');
    }
  }
}

const NAMES = {
  camera: { 'zh-CN': '现场人员', en: 'Bystander' },
  chest: { 'zh-CN': '胸前的手机', en: 'Phone on the chest' },
  volunteer: { 'zh-CN': '志愿者', en: 'Volunteer' },
} as const;

function guestOf({ roomId, linkId }: Principal): { roomId: string; linkId: string } {
  if (roomId === undefined || linkId === undefined) throw refuse('unauthenticated', 'Open the link again.');
  return { roomId, linkId };
}

/** One answer for secrets that never were and those that nobody knows any more. */
function unknownLink() {
  return refuse('closed', 'This link has ended; ask for a new one.');
}
