/**
 * Which versions of cards the site has approved. A card says what to do with a person's life, so in production only what a
 * named person of the site has read and approved may be pushed.
 */
import type { Clock } from '../../platform/clock.ts';
import { refuse } from '../people/refuse.ts';
import { CARD_IDS, CARDS, type CardId, type CardStanding } from '../protocol/guidance.ts';
import type { SiteDatabase } from './tables.ts';

export interface Guidance {
  /** The newest version of each card, in the order of the contract. */
  standings(): Promise<readonly CardStanding[]>;
  /** Throws `conflict` for another version than the newest. */
  standing(cardId: CardId, version: number): Promise<CardStanding>;
}

export class Approvals implements Guidance {
  readonly #db: SiteDatabase;
  readonly #clock: Clock;
  readonly #isProduction: boolean;

  /** @param isProduction whether cards without an approval are refused */
  constructor(db: SiteDatabase, clock: Clock, isProduction: boolean) {
    this.#db = db;
    this.#clock = clock;
    this.#isProduction = isProduction;
  }

  async standings(): Promise<readonly CardStanding[]> {
    const rows = await this.#db.query.selectFrom('guidance_approvals').selectAll().execute();
    return CARD_IDS.map((cardId) => {
      const { version, guideline } = CARDS[cardId];
      const row = rows.find((each) => each.card_id === cardId && each.version === version);
      return {
        ...{ cardId, version, guideline },
        ...(row ? { approval: { approver: row.approver, at: row.approved_utc } } : {}),
        pushable: row !== undefined || !this.#isProduction,
      };
    });
  }

  async standing(cardId: CardId, version: number): Promise<CardStanding> {
    const found = (await this.standings()).find((each) => each.cardId === cardId);
    if (found?.version === version) return found;
    throw refuse('conflict', 'This page holds another version of the cards; reload it.', {
      state: 'version',
    });
  }

  /** Approves the newest version of a card; again replaces who approved it and when. */
  async approve(cardId: CardId, approver: string): Promise<CardStanding> {
    const { version } = CARDS[cardId];
    const approval = { approver, approved_utc: this.#clock.now() };
    await this.#db.query
      .insertInto('guidance_approvals')
      .values({ card_id: cardId, version, ...approval })
      .onConflict((conflict) => conflict.columns(['card_id', 'version']).doUpdateSet(approval))
      .execute();
    return this.standing(cardId, version);
  }

  /** Takes the approval of the newest version back. Idempotent. */
  async withdraw(cardId: CardId): Promise<CardStanding> {
    const { version } = CARDS[cardId];
    await this.#db.query
      .deleteFrom('guidance_approvals')
      .where('card_id', '=', cardId)
      .where('version', '=', version)
      .execute();
    return this.standing(cardId, version);
  }
}
