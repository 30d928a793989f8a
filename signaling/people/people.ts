/** Opens everything about people on one database; what `main.ts` and the commands use. */
import { type Clock, systemClock } from '../../platform/clock.ts';
import { createLogger, type Logger } from '../../platform/log.ts';
import type { Database } from '../../platform/sql/database.ts';
import { migrate } from '../../platform/sql/migrate.ts';
import { AuditLog } from './audit.ts';
import { Changes } from './changes.ts';
import { Devices } from './devices.ts';
import { PeopleDirectory } from './directory.ts';
import { type Credential, type DemoPeople, makeDemoPeople, makeFirstAdmin } from './first-people.ts';
import { InviteStore } from './invites.ts';
import { Keyring } from './keyring.ts';
import { LinkGuests } from './link-guests.ts';
import { Organisations } from './organisations.ts';
import { type PasswordOptions, Passwords } from './passwords.ts';
import { Persons } from './persons.ts';
import { RoomTokenStore } from './room-tokens.ts';
import { ServiceKeys } from './service-keys.ts';
import { SessionStore } from './sessions.ts';
import { SignIn } from './sign-in.ts';
import { SigningKeys } from './signing-keys.ts';
import { PEOPLE_MIGRATIONS, type PeopleTables } from './tables.ts';
import { Throttle } from './throttle.ts';
import { Units } from './units.ts';

export interface PeopleOptions {
  readonly database: Database;
  /** 32 bytes: `readMasterKey(dataDir)`. */
  readonly masterKey: Uint8Array;
  /** Origin that links of invitations begin with; asked each time, since a machine's address may change. */
  readonly publicOrigin: () => string;
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Milliseconds; 12 hours unless told. */
  readonly sessionIdleMs?: number;
  /** How long a room token is valid, in milliseconds; 5 minutes unless told. */
  readonly tokenMs?: number;
  /** Wrong passwords in a row without a wait; 5 unless told. */
  readonly loginAttempts?: number;
  /** Time within which they are counted, and the longest wait, in milliseconds; 15 minutes unless told. */
  readonly loginWindowMs?: number;
  readonly passwords?: PasswordOptions;
  /** How often changes of other processes are looked for, in milliseconds; 1000 unless told, 0 never by itself. */
  readonly pollMs?: number;
}

export interface People {
  readonly organisations: Organisations;
  readonly persons: Persons;
  readonly units: Units;
  readonly devices: Devices;
  readonly sessions: SessionStore;
  readonly signIn: SignIn;
  readonly tokens: RoomTokenStore;
  readonly keys: SigningKeys;
  readonly invites: InviteStore;
  readonly linkGuests: LinkGuests;
  readonly services: ServiceKeys;
  readonly audit: AuditLog;
  readonly directory: PeopleDirectory;
  readonly changes: Changes;
  /** The first admin's name and password, once, when nobody is an admin yet; for the start to print. */
  ensureFirstAdmin(centreName?: string): Promise<Credential | undefined>;
  /** For the demo only. */
  createDemoPeople(): Promise<DemoPeople>;
  /** Idempotent; the database stays open, since who opened it closes it. */
  close(): Promise<void>;
}

const DAY_MS = 86_400_000;

/** Brings the tables up to date and opens all of it. Throws what the store throws, and `unsealing-failed` for a foreign master key. */
export async function openPeople(options: PeopleOptions): Promise<People> {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? createLogger('signaling.people');
  const pollMs = options.pollMs ?? 1000;
  const tokenMs = options.tokenMs ?? 300_000;
  await migrate(options.database, 'people', PEOPLE_MIGRATIONS);
  const db = options.database.withTables<PeopleTables>();
  const keyring = new Keyring(options.masterKey);
  const changes = await Changes.open(db, log, pollMs);
  const idleMs = options.sessionIdleMs ?? DAY_MS / 2;
  const sessions = new SessionStore({ db, changes, clock, log, idleMs, sweepMs: pollMs });
  const passwords = new Passwords(options.passwords);
  const audit = new AuditLog(db, clock);
  const throttle = new Throttle(db, clock, options.loginWindowMs ?? 900_000);
  const organisations = new Organisations(db, changes, clock);
  const persons = new Persons({ db, changes, clock, passwords, sessions });
  const units = new Units(db, changes, clock, sessions);
  const devices = new Devices({ db, changes, clock, keyring, sessions, audit, throttle });
  const opening = async () => {
    const keys = await SigningKeys.open({ db, changes, clock, keyring, tokenMs, rotateMs: 30 * DAY_MS });
    return { keys, tokens: await RoomTokenStore.open({ db, changes, clock, keys, sessions, tokenMs }) };
  };
  const { keys, tokens } = await opening().catch(async (error: unknown) => {
    await sessions.close();
    changes.close();
    throw error;
  });
  const { publicOrigin } = options;
  const attempts = options.loginAttempts ?? 5;
  let closed: Promise<void> | undefined;
  return {
    organisations,
    persons,
    units,
    devices,
    sessions,
    keys,
    tokens,
    audit,
    changes,
    signIn: new SignIn({ db, clock, passwords, persons, sessions, throttle, audit, attempts }),
    invites: new InviteStore({ db, changes, clock, sessions, throttle, audit, publicOrigin }),
    linkGuests: new LinkGuests(db, clock, sessions, throttle),
    services: new ServiceKeys({ db, clock, throttle, audit }),
    directory: new PeopleDirectory(db, organisations, units),
    ensureFirstAdmin: (centreName = 'Dispatch centre') => makeFirstAdmin(db, passwords, centreName),
    createDemoPeople: () => makeDemoPeople({ organisations, persons, units, devices }),
    close() {
      closed ??= sessions.close().then(() => {
        changes.close();
        audit.close();
      });
      return closed;
    },
  };
}
