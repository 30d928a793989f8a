/**
 * Whether something is measured here that does harm when it is wrong: a rate of compressions, a length on a picture. In
 * production it is measured only after someone of the site has checked it there, with this version of the measure.
 */
import type { Clock } from '../../platform/clock.ts';
import { AppError } from '../../platform/errors.ts';
import { CPR_MEASURE_VERSION, CprCheckFigures, failedLimits } from '../protocol/cpr-check.ts';
import { failedMeasureLimits, MEASURE_VERSION, MeasureCheckFigures } from '../protocol/measure-check.ts';
import type { SiteDatabase } from './tables.ts';

/** One measure and its limits. */
export interface Measure<Figures> {
  readonly table: 'cpr_checks' | 'measure_checks';
  /** Grows with every change of the measure: a site then checks anew. */
  readonly version: number;
  readonly parser: { parse(value: unknown): Figures };
  /** Names of the limits that the figures do not keep. */
  readonly failed: (figures: Figures) => string[];
  readonly refusal: { readonly code: string; readonly whatToDo: string };
}

/** Limits: docs/operate.md. */
export const COMPRESSIONS: Measure<CprCheckFigures> = {
  table: 'cpr_checks',
  version: CPR_MEASURE_VERSION,
  parser: CprCheckFigures,
  failed: failedLimits,
  refusal: {
    code: 'cpr-check-failed',
    whatToDo:
      'Measuring stays as it was. Check with more or better videos; docs/operate.md tells the limits.',
  },
};

/** A length that is wrong by a centimetre may choose the wrong tube. Limits: docs/operate.md. */
export const LENGTHS: Measure<MeasureCheckFigures> = {
  table: 'measure_checks',
  version: MEASURE_VERSION,
  parser: MeasureCheckFigures,
  failed: failedMeasureLimits,
  refusal: {
    code: 'measure-check-failed',
    whatToDo: 'Measuring stays as it was. Check more lengths; docs/operate.md tells the limits.',
  },
};

export interface Standing<Figures> {
  on: boolean;
  version: number;
  check?: { atUtc: number; figures: Figures };
}

export class SiteChecks<Figures> {
  readonly #db: SiteDatabase;
  readonly #clock: Clock;
  readonly #isProduction: boolean;
  readonly #measure: Measure<Figures>;

  /** @param isProduction whether measuring waits for a check */
  constructor(db: SiteDatabase, clock: Clock, isProduction: boolean, measure: Measure<Figures>) {
    this.#db = db;
    this.#clock = clock;
    this.#isProduction = isProduction;
    this.#measure = measure;
  }

  /** How it stands, with the newest check of this version. */
  async measuring(): Promise<Standing<Figures>> {
    const { table, version, parser } = this.#measure;
    const row = await this.#db.query
      .selectFrom(table)
      .selectAll()
      .where('version', '=', version)
      .orderBy('checked_utc', 'desc')
      .executeTakeFirst();
    if (!row) return { on: !this.#isProduction, version };
    const figures = parser.parse(JSON.parse(row.figures));
    return { on: true, version, check: { atUtc: row.checked_utc, figures } };
  }

  /** Keeps a check that holds the limits. Throws the measure's refusal for any other, naming the limits. */
  async record(figures: Figures): Promise<Standing<Figures>> {
    const { table, version, parser, failed: failedOf, refusal } = this.#measure;
    const failed = failedOf(figures);
    if (failed.length > 0) {
      throw new AppError(refusal.code, `The check does not keep these limits: ${failed.join(', ')}.`, {
        status: 400,
        whatToDo: refusal.whatToDo,
      });
    }
    await this.#db.query
      .insertInto(table)
      .values({
        checked_utc: this.#clock.now(),
        version,
        figures: JSON.stringify(parser.parse(figures)),
      })
      .onConflict((conflict) => conflict.column('checked_utc').doNothing())
      .execute();
    return this.measuring();
  }

  /** Takes every check of this version back: measuring in production is off again. */
  async withdraw(): Promise<Standing<Figures>> {
    const { table, version } = this.#measure;
    await this.#db.query.deleteFrom(table).where('version', '=', version).execute();
    return this.measuring();
  }
}
