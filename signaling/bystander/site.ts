/** Opens what the site keeps for helpers at the scene, on one database; what the service and the commands use. */
import { type Clock, systemClock } from '../../platform/clock.ts';
import type { Database } from '../../platform/sql/database.ts';
import { migrate } from '../../platform/sql/migrate.ts';
import { Keyring } from '../people/keyring.ts';
import type { CprCheckFigures } from '../protocol/cpr-check.ts';
import type { MeasureCheckFigures } from '../protocol/measure-check.ts';
import { Approvals } from './approvals.ts';
import { Places } from './places.ts';
import { COMPRESSIONS, LENGTHS, SiteChecks } from './site-checks.ts';
import { SITE_MIGRATIONS, type SiteTables } from './tables.ts';
import { Volunteers } from './volunteers.ts';

export interface SiteOptions {
  readonly database: Database;
  /** 32 bytes: `readMasterKey(dataDir)`. */
  readonly masterKey: Uint8Array;
  /** Whether cards without an approval are refused, compressions and lengths are measured only after a check. */
  readonly isProduction: boolean;
  readonly clock?: Clock;
}

export interface Site {
  readonly guidance: Approvals;
  readonly volunteers: Volunteers;
  readonly places: Places;
  readonly compressions: SiteChecks<CprCheckFigures>;
  readonly lengths: SiteChecks<MeasureCheckFigures>;
}

/** Brings the tables up to date. Nothing of it has to be closed; the database stays its opener's. */
export async function openSite(options: SiteOptions): Promise<Site> {
  const { database, masterKey, isProduction, clock = systemClock } = options;
  await migrate(database, 'site', SITE_MIGRATIONS);
  const db = database.withTables<SiteTables>();
  return {
    guidance: new Approvals(db, clock, isProduction),
    volunteers: new Volunteers(db, new Keyring(masterKey), clock),
    places: new Places(db, clock),
    compressions: new SiteChecks(db, clock, isProduction, COMPRESSIONS),
    lengths: new SiteChecks(db, clock, isProduction, LENGTHS),
  };
}
