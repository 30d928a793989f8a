/** Opens everything about links to phones on one database; what `bin/service` and tests use. */
import { type Clock, systemClock } from '../../platform/clock.ts';
import { isAppError, messageOf } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type { Registry } from '../../platform/metrics.ts';
import type { Database } from '../../platform/sql/database.ts';
import { createLinkMetrics } from '../metrics.ts';
import type { People } from '../people/people.ts';
import type { SqlLogStore } from '../rooms/sql-log-store.ts';
import { type Rooms, SYSTEM } from '../rooms/types.ts';
import { Deadlines } from './deadlines.ts';
import { type DispatchDoor, IncidentsByDispatch } from './dispatch.ts';
import { countLinks } from './figures.ts';
import { LinkMaking } from './making.ts';
import { LinkOpening } from './opening.ts';
import { LinkSecrets } from './secrets.ts';
import { type LinkRow, LinkStore } from './store.ts';
import { openLinkTables } from './tables.ts';
import type { LinkDoor, LinkSending, Links } from './types.ts';

const SWEEP_MS = 5000;
const CLEAN_MS = 3_600_000;

export interface LinkOptions {
  readonly database: Database;
  readonly masterKey: Uint8Array;
  readonly people: Pick<People, 'linkGuests' | 'audit' | 'directory'>;
  readonly rooms: Pick<Rooms, 'at' | 'create' | 'onEntry'>;
  readonly store: Pick<SqlLogStore, 'roomsOfIncident'>;
  readonly sending: LinkSending;
  /** Origin that links begin with; asked each time, since a machine's address may change. */
  readonly origin: () => string;
  /** The number shown as "Call …". */
  readonly emergencyPhone: string;
  /** Whom to call for support afterwards. */
  readonly supportPhone?: string;
  readonly log: Logger;
  readonly registry: Registry;
  readonly clock?: Clock;
  /** False: links that nobody opened end only by `sweep`, as in tests. */
  readonly timer?: boolean;
}

export interface LinkSide {
  /** For the methods of the live side. */
  readonly links: Links;
  /** For the bystander's door. */
  readonly door: LinkDoor;
  /** For dispatch's system. */
  readonly dispatch: DispatchDoor;
  /** Ends the links that nobody opened in time. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

/** Brings the table up to date and opens all of it. */
export async function openLinks(options: LinkOptions): Promise<LinkSide> {
  const { rooms, people, log, sending, origin, emergencyPhone, supportPhone } = options;
  const clock = options.clock ?? systemClock;
  const store = new LinkStore(await openLinkTables(options.database), clock);
  const deadlines = new Deadlines(clock);
  const secrets = new LinkSecrets(options.masterKey);
  const sweeper = new Sweeper({ store, rooms, deadlines, clock, log });
  if (options.timer ?? true) sweeper.start();
  const stopCounting = countLinks(rooms, createLinkMetrics(options.registry));
  const { linkGuests: guests, audit, directory } = people;
  const making = new LinkMaking({ store, rooms, secrets, deadlines, sending, origin });
  return {
    links: making,
    door: new LinkOpening({
      ...{ store, making, rooms, deadlines, guests, audit, log, emergencyPhone },
      ...(supportPhone === undefined ? {} : { supportPhone }),
    }),
    dispatch: new IncidentsByDispatch({
      ...{ rooms, store: options.store, links: making, secrets, directory, audit, clock, log },
    }),
    sweep: () => sweeper.sweep(),
    async close() {
      stopCounting();
      await sweeper.close();
    },
  };
}

interface SweepParts {
  readonly store: LinkStore;
  readonly rooms: Pick<Rooms, 'at'>;
  readonly deadlines: Deadlines;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Looks again and again for links whose time to be opened is over; the table remembers them over a restart. */
class Sweeper {
  readonly #parts: SweepParts;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #cleanedAt: number;

  constructor(parts: SweepParts) {
    this.#parts = parts;
    this.#cleanedAt = parts.clock.monotonic();
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#running ??= this.#quietly().finally(() => {
        this.#running = undefined;
      });
    }, SWEEP_MS);
    this.#timer.unref();
  }

  async sweep(): Promise<void> {
    const { store, deadlines, clock } = this.#parts;
    const rows = await store.unsettled();
    const over = rows.filter((row) => deadlines.isOver(row.link_id, row.expires_utc));
    await Promise.all(over.map((row) => this.#end(row)));
    if (clock.monotonic() - this.#cleanedAt < CLEAN_MS) return;
    this.#cleanedAt = clock.monotonic();
    await store.clean();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Nothing is written of a link that was opened meanwhile. */
  async #end({ link_id: linkId, room_id: roomId }: LinkRow): Promise<void> {
    const { store, rooms, deadlines, log } = this.#parts;
    try {
      await rooms.at(roomId).execute('link.end', { linkId, reason: 'unopened' }, SYSTEM);
    } catch (error) {
      // A room that has ended took its links along. Anything else is tried again: the owner may be another process.
      if (!isAppError(error, 'closed') && !isAppError(error, 'not-found')) {
        log.debug({ roomId, linkId, why: messageOf(error) }, 'a link could not be ended yet');
        return;
      }
    }
    await store.settle(linkId);
    deadlines.forget(linkId);
  }

  async #quietly(): Promise<void> {
    try {
      await this.sweep();
    } catch (error) {
      this.#parts.log.warn({ error }, 'links that nobody opened cannot be looked for');
    }
  }
}
