/** The register of volunteers: who may be alerted near an incident, where they are as far as is known, how to reach them. */
import * as z from 'zod/mini';
import type { Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/ids.ts';
import { isUniqueViolation } from '../../platform/sql/store-errors.ts';
import type { Keyring } from '../people/keyring.ts';
import { refuse } from '../people/refuse.ts';
import { distanceM } from '../protocol/datum.ts';
import { GeoPoint } from '../protocol/geo.ts';
import { Language } from '../protocol/guidance.ts';
import type { VolunteerNear } from '../protocol/links.ts';
import { PhoneNumber } from '../protocol/sms.ts';
import { Label } from '../protocol/values.ts';
import type { SiteDatabase, SiteTables } from './tables.ts';

export const NewVolunteer = z.strictObject({
  name: Label,
  phone: PhoneNumber,
  language: Language,
  /** Where they usually are, WGS-84. */
  near: z.optional(GeoPoint),
});
export type NewVolunteer = z.infer<typeof NewVolunteer>;

export interface Volunteer extends NewVolunteer {
  readonly volunteerId: string;
  /** UTC milliseconds of the position. */
  readonly positionedUtc: number;
}

export interface VolunteerRegister {
  /** Throws `not-found`. */
  get(volunteerId: string): Promise<Volunteer>;
  /** Nearest first; those whose place or the incident's is not known come last, by name. */
  near(point: GeoPoint | undefined): Promise<readonly Omit<z.infer<typeof VolunteerNear>, 'alerted'>[]>;
}

export class Volunteers implements VolunteerRegister {
  readonly #db: SiteDatabase;
  readonly #keyring: Keyring;
  readonly #clock: Clock;

  constructor(db: SiteDatabase, keyring: Keyring, clock: Clock) {
    this.#db = db;
    this.#keyring = keyring;
    this.#clock = clock;
  }

  /** Throws `conflict` for a number that is registered already. */
  async add(volunteer: NewVolunteer): Promise<Volunteer> {
    const volunteerId = newId();
    const positionedUtc = this.#clock.now();
    try {
      await this.#db.query
        .insertInto('volunteers')
        .values({
          volunteer_id: volunteerId,
          sealed: this.#keyring.seal(JSON.stringify(volunteer), purposeOf(volunteerId)),
          phone_mac: this.#keyring.mac(`volunteer ${volunteer.phone}`),
          positioned_utc: positionedUtc,
        })
        .execute();
    } catch (error) {
      if (isUniqueViolation(error))
        throw refuse('conflict', 'A volunteer with this number is registered already.', { state: 'taken' });
      throw error;
    }
    return { ...volunteer, volunteerId, positionedUtc };
  }

  async list(): Promise<readonly Volunteer[]> {
    const rows = await this.#db.query.selectFrom('volunteers').selectAll().execute();
    return rows.map((row) => this.#open(row)).sort((a, b) => a.name.localeCompare(b.name));
  }

  async get(volunteerId: string): Promise<Volunteer> {
    const row = await this.#db.query
      .selectFrom('volunteers')
      .selectAll()
      .where('volunteer_id', '=', volunteerId)
      .executeTakeFirst();
    if (row) return this.#open(row);
    throw refuse('not-found', 'There is no such volunteer; look at the list again.', { what: 'volunteer' });
  }

  /** Removes what is kept of a volunteer. Throws `not-found`. */
  async remove(volunteerId: string): Promise<void> {
    const { numDeletedRows } = await this.#db.query
      .deleteFrom('volunteers')
      .where('volunteer_id', '=', volunteerId)
      .executeTakeFirst();
    if (numDeletedRows === 0n)
      throw refuse('not-found', 'There is no such volunteer.', { what: 'volunteer' });
  }

  async near(point: GeoPoint | undefined) {
    const now = this.#clock.now();
    return (await this.list())
      .map(({ volunteerId, name, near, positionedUtc }) => ({
        ...{ volunteerId, name },
        ...(near && point ? { distanceM: Math.round(distanceM(near, point)) } : {}),
        ...(near ? { positionAgeMs: Math.max(0, now - positionedUtc) } : {}),
      }))
      .sort((a, b) => (a.distanceM ?? Number.MAX_VALUE) - (b.distanceM ?? Number.MAX_VALUE));
  }

  #open(row: SiteTables['volunteers']): Volunteer {
    const opened = this.#keyring.open(row.sealed, purposeOf(row.volunteer_id));
    const volunteer = NewVolunteer.parse(JSON.parse(opened));
    return { ...volunteer, volunteerId: row.volunteer_id, positionedUtc: row.positioned_utc };
  }
}

/** Binds what is sealed to its row, so that no two can be swapped. */
function purposeOf(volunteerId: string): string {
  return `volunteer ${volunteerId}`;
}
