/** What codes of every kind that bring a device into a unit have in common. */
import { refuse } from './refuse.ts';
import type { PeopleTransaction } from './tables.ts';

/** Before a code is made: the unit is there, and codes that have ended are forgotten. Throws `not-found`. */
export async function assertEnrols(trx: PeopleTransaction, unitId: string, nowUtc: number): Promise<void> {
  const unit = await trx
    .selectFrom('people_units')
    .select('unit_id')
    .where('unit_id', '=', unitId)
    .where('disabled', '=', 0)
    .executeTakeFirst();
  if (!unit) throw refuse('not-found', 'There is no such unit.');
  await trx.deleteFrom('people_enrolments').where('expires_utc', '<=', nowUtc).execute();
}
