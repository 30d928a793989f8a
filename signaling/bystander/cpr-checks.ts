/**
 * Whether compressions are measured from video here. A wrong rate is worse than none, so in production the page measures only
 * after someone of the site has checked it on labelled videos of its own, with this version of the measure.
 */
import type { Clock } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import {
  CPR_MEASURE_VERSION,
  CprCheckFigures,
  type CprMeasuring,
  failedLimits,
} from '../protocol/cpr-check.ts';
import type { SiteDatabase } from './tables.ts';

export class CprChecks {
  readonly #db: SiteDatabase;
  readonly #clock: Clock;
  readonly #isProduction: boolean;

  /** @param isProduction whether measuring waits for a check */
  constructor(db: SiteDatabase, clock: Clock, isProduction: boolean) {
    this.#db = db;
    this.#clock = clock;
    this.#isProduction = isProduction;
  }

  /** How it stands, with the newest check of this version. */
  async measuring(): Promise<CprMeasuring> {
    const row = await this.#db.query
      .selectFrom('cpr_checks')
      .selectAll()
      .where('version', '=', CPR_MEASURE_VERSION)
      .orderBy('checked_utc', 'desc')
      .executeTakeFirst();
    const version = CPR_MEASURE_VERSION;
    if (!row) return { on: !this.#isProduction, version };
    const figures = CprCheckFigures.parse(JSON.parse(row.figures));
    return { on: true, version, check: { atUtc: row.checked_utc, figures } };
  }

  /** Keeps a check that holds the limits. Throws `cpr-check-failed` for any other, naming the limits. */
  async record(figures: CprCheckFigures): Promise<CprMeasuring> {
    const failed = failedLimits(figures);
    if (failed.length > 0) {
      throw new AppError('cpr-check-failed', `The check does not keep these limits: ${failed.join(', ')}.`, {
        status: 400,
        whatToDo:
          'Measuring stays as it was. Check with more or better videos; docs/operate.md tells the limits.',
      });
    }
    await this.#db.query
      .insertInto('cpr_checks')
      .values({
        checked_utc: this.#clock.now(),
        version: CPR_MEASURE_VERSION,
        figures: JSON.stringify(CprCheckFigures.parse(figures)),
      })
      .onConflict((conflict) => conflict.column('checked_utc').doNothing())
      .execute();
    return this.measuring();
  }

  /** Takes every check of this version back: measuring in production is off again. */
  async withdraw(): Promise<CprMeasuring> {
    await this.#db.query.deleteFrom('cpr_checks').where('version', '=', CPR_MEASURE_VERSION).execute();
    return this.measuring();
  }
}
