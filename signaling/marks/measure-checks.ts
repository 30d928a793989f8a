/**
 * Whether lengths are measured on pictures here. A length that is wrong by a centimetre may choose the wrong tube, so in
 * production it is measured only after someone of the site has checked it on a print with known lengths, with this version.
 */
import type { Clock } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import type { SiteDatabase } from '../bystander/tables.ts';
import {
  failedMeasureLimits,
  MEASURE_VERSION,
  MeasureCheckFigures,
  type Measuring,
} from '../protocol/measure-check.ts';

export class MeasureChecks {
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
  async measuring(): Promise<Measuring> {
    const row = await this.#db.query
      .selectFrom('measure_checks')
      .selectAll()
      .where('version', '=', MEASURE_VERSION)
      .orderBy('checked_utc', 'desc')
      .executeTakeFirst();
    const version = MEASURE_VERSION;
    if (!row) return { on: !this.#isProduction, version };
    const figures = MeasureCheckFigures.parse(JSON.parse(row.figures));
    return { on: true, version, check: { atUtc: row.checked_utc, figures } };
  }

  /** Keeps a check that holds the limits. Throws `measure-check-failed` for any other, naming the limits. */
  async record(figures: MeasureCheckFigures): Promise<Measuring> {
    const failed = failedMeasureLimits(figures);
    if (failed.length > 0) {
      throw new AppError(
        'measure-check-failed',
        `The check does not keep these limits: ${failed.join(', ')}.`,
        {
          status: 400,
          whatToDo: 'Measuring stays as it was. Check more lengths; docs/operate.md tells the limits.',
        },
      );
    }
    await this.#db.query
      .insertInto('measure_checks')
      .values({
        checked_utc: this.#clock.now(),
        version: MEASURE_VERSION,
        figures: JSON.stringify(MeasureCheckFigures.parse(figures)),
      })
      .onConflict((conflict) => conflict.column('checked_utc').doNothing())
      .execute();
    return this.measuring();
  }

  /** Takes every check of this version back: measuring in production is off again. */
  async withdraw(): Promise<Measuring> {
    await this.#db.query.deleteFrom('measure_checks').where('version', '=', MEASURE_VERSION).execute();
    return this.measuring();
  }
}
