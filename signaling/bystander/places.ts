/**
 * Fixed codes on door plates and AEDs: each names a place with its address. The code holds 128 random bits in the fragment of
 * its address and is stored hashed, as links are; unlike them it is printed once and opens for years, until it is revoked.
 */
import * as z from 'zod/mini';
import type { Clock } from '../../platform/clock.ts';
import { newId, newSecret } from '../../platform/ids.ts';
import { sha256 } from '../people/keyring.ts';
import { refuse } from '../people/refuse.ts';
import { type Address, GeoPoint } from '../protocol/geo.ts';
import type { SiteDatabase, SiteTables } from './tables.ts';

export const PLACE_KINDS = ['door', 'aed'] as const;
export const PlaceKind = z.enum(PLACE_KINDS);
export type PlaceKind = z.infer<typeof PlaceKind>;

/** Before the secret of a place in the fragment, so that the page tells it from a link. */
export const PLACE_PREFIX = 'p.';

export interface Place {
  readonly placeId: string;
  readonly name: string;
  readonly address: Address;
  readonly kind: PlaceKind;
  readonly createdUtc: number;
  readonly revoked: boolean;
  /** The incident that was opened from it last, and when. */
  readonly opened?: { readonly roomId: string; readonly utc: number };
  /** How many incidents were opened from it. */
  readonly incidents: number;
}

export class Places {
  readonly #db: SiteDatabase;
  readonly #clock: Clock;

  constructor(db: SiteDatabase, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** Makes a place. The secret is in the answer alone. */
  async add(place: {
    name: string;
    address: Address;
    kind: PlaceKind;
  }): Promise<{ place: Place; fragment: string }> {
    const placeId = newId();
    const secret = newSecret(128);
    const { text, point } = place.address;
    const row = {
      place_id: placeId,
      secret_hash: sha256(secret),
      name: place.name,
      address: text,
      point: point === undefined ? null : JSON.stringify(point),
      kind: place.kind,
      created_utc: this.#clock.now(),
      revoked: 0,
      room_id: null,
      opened_utc: null,
      incidents: 0,
    };
    await this.#db.query.insertInto('places').values(row).execute();
    return { place: toPlace(row), fragment: `${PLACE_PREFIX}${secret}` };
  }

  async list(): Promise<readonly Place[]> {
    const rows = await this.#db.query.selectFrom('places').selectAll().orderBy('name').execute();
    return rows.map(toPlace);
  }

  /** The code opens nothing any more. Idempotent; throws `not-found`. */
  async revoke(placeId: string): Promise<void> {
    const { numUpdatedRows } = await this.#db.query
      .updateTable('places')
      .set({ revoked: 1 })
      .where('place_id', '=', placeId)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw refuse('not-found', 'There is no such place.', { what: 'place' });
  }

  /** The place of a code; undefined for unknown and revoked ones alike. */
  async find(secret: string): Promise<Place | undefined> {
    const row = await this.#db.query
      .selectFrom('places')
      .selectAll()
      .where('secret_hash', '=', sha256(secret))
      .where('revoked', '=', 0)
      .executeTakeFirst();
    return row && toPlace(row);
  }

  /** Notes the incident that was opened from it, as the next one after `before`. */
  async opened({ placeId, incidents }: Place, roomId: string): Promise<void> {
    await this.#db.query
      .updateTable('places')
      .set({ room_id: roomId, opened_utc: this.#clock.now(), incidents: incidents + 1 })
      .where('place_id', '=', placeId)
      .where('incidents', '=', incidents)
      .execute();
  }
}

function toPlace(row: SiteTables['places']): Place {
  const point = row.point === null ? {} : { point: GeoPoint.parse(JSON.parse(row.point)) };
  const { room_id: roomId, opened_utc: utc } = row;
  return {
    placeId: row.place_id,
    name: row.name,
    address: { text: row.address, ...point },
    kind: PlaceKind.parse(row.kind),
    createdUtc: row.created_utc,
    revoked: row.revoked === 1,
    ...(roomId === null || utc === null ? {} : { opened: { roomId, utc } }),
    incidents: row.incidents,
  };
}
