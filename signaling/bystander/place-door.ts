/**
 * What happens behind the tap on the page of a fixed code: an incident with its known address, a call that rings at dispatch
 * until somebody acknowledges it, and a guest's session. Whoever scans the same code within half an hour comes into the same
 * incident, and it rings once more only if nobody has it in hand.
 */

import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type * as z from 'zod/mini';
import type { Clock } from '../../platform/clock.ts';
import { isAppError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import type { Logger } from '../../platform/log.ts';
import type { LinkDoor, OpenedLink } from '../links/types.ts';
import type { LinkGuests } from '../people/link-guests.ts';
import { refuse, refuseForNow } from '../people/refuse.ts';
import type { Audit, Directory, Session } from '../people/types.ts';
import type { OpenPlace } from '../protocol/links.ts';
import type { RoomState } from '../protocol/state.ts';
import { type RoomAddress, type Rooms, SYSTEM } from '../rooms/types.ts';
import type { Place, Places } from './places.ts';

/** As long as one code stands for one incident, in milliseconds. */
export const SAME_INCIDENT_MS = 30 * 60_000;
/** Openings in ten minutes: of one place by everybody around, and of one address, behind which many may stand. */
const PER_PLACE = 20;
const PER_ADDRESS = 30;
const WINDOW_S = 600;

export interface PlaceDoorParts {
  readonly places: Pick<Places, 'find' | 'opened'>;
  readonly rooms: Pick<Rooms, 'at' | 'create'>;
  readonly links: Pick<LinkDoor, 'openHere' | 'page'>;
  readonly guests: Pick<LinkGuests, 'wrong'>;
  readonly directory: Pick<Directory, 'organisations'>;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Logger;
}

export class PlaceDoor {
  readonly #parts: PlaceDoorParts;
  readonly #perPlace = new RateLimiterMemory({ points: PER_PLACE, duration: WINDOW_S });
  readonly #perAddress = new RateLimiterMemory({ points: PER_ADDRESS, duration: WINDOW_S });
  /** One opening of a place after the other, so that two who scan at once share an incident. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(parts: PlaceDoorParts) {
    this.#parts = parts;
  }

  /** Throws `closed` for unknown and revoked codes alike, and `too-many`. */
  async open(
    { secret, language = 'zh-CN' }: z.infer<typeof OpenPlace>,
    address: string,
    session: Session | undefined,
  ): Promise<OpenedLink> {
    await consume(this.#perAddress, address);
    const place = await this.#parts.places.find(secret);
    if (!place) {
      await this.#parts.guests.wrong(address);
      await this.#audit({ address });
      throw refuse('closed', 'This code opens nothing any more; call for help by telephone.');
    }
    await consume(this.#perPlace, place.placeId);
    const organisationId = await this.#centre();
    const roomId = await this.#inTurn(place.placeId, () => this.#incidentOf(secret, organisationId));
    await this.#audit({ address, placeId: place.placeId }, roomId);
    const again = session?.principal.roomId === roomId ? await this.#pageOf(session) : undefined;
    return again ?? this.#parts.links.openHere({ roomId, organisationId, commandId: newId() }, language);
  }

  /** The room of the incident, opened or entered again, where it rings. */
  async #incidentOf(secret: string, organisationId: string): Promise<string> {
    const { places, rooms } = this.#parts;
    // Read again in turn: whoever came first has opened it.
    const place = await places.find(secret);
    if (!place) throw refuse('closed', 'This code opens nothing any more; call for help by telephone.');
    const running = await this.#running(place);
    const room = running ?? (await this.#create(place, organisationId));
    if (!running) {
      await room.execute('incident.place', { address: place.address }, SYSTEM);
      await places.opened(place, room.roomId);
    }
    if (!isInHand(await rooms.at(room.roomId).state()))
      await room.execute('help.call', { patientId: 'scene' }, SYSTEM);
    return room.roomId;
  }

  async #running({ opened }: Place): Promise<RoomAddress | undefined> {
    if (!opened || this.#parts.clock.now() - opened.utc >= SAME_INCIDENT_MS) return undefined;
    const room = this.#parts.rooms.at(opened.roomId);
    try {
      return (await room.state()).phase === 'open' ? room : undefined;
    } catch (error) {
      if (isAppError(error, 'not-found')) return undefined;
      throw error;
    }
  }

  /** The same number of the same place makes the same room, also after a step behind it has failed. */
  #create({ placeId, name, incidents }: Place, organisationId: string): Promise<RoomAddress> {
    const room = { incidentId: newId(), title: name, drill: false, organisations: [organisationId] };
    return this.#parts.rooms.create(room, SYSTEM, `place-${placeId}-${incidents}`);
  }

  async #centre(): Promise<string> {
    const centre = (await this.#parts.directory.organisations()).find(({ kind }) => kind === 'centre');
    if (centre) return centre.organisationId;
    throw refuse('conflict', 'No dispatch centre is set up here; call for help by telephone.', {
      state: 'no-centre',
    });
  }

  /** The page of a browser that came in before; undefined where its way in has ended. */
  async #pageOf(session: Session): Promise<OpenedLink | undefined> {
    try {
      return { page: await this.#parts.links.page(session) };
    } catch (error) {
      if (isAppError(error, 'closed')) return undefined;
      throw error;
    }
  }

  async #inTurn<T>(placeId: string, task: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(placeId) ?? Promise.resolve();
    const turn = before.then(task, task);
    this.#turns.set(placeId, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(placeId) === turn) this.#turns.delete(placeId);
    }
  }

  /** Help goes on when the audit cannot be written (design, rule 1); the operator is told. */
  async #audit(details: Record<string, string>, roomId?: string): Promise<void> {
    const allowed = roomId !== undefined;
    try {
      const room = roomId === undefined ? {} : { roomId };
      const action = 'place.open';
      await this.#parts.audit.write({ action, principalId: 'unknown', allowed, details, ...room });
    } catch (error) {
      this.#parts.log.error({ error, allowed }, 'the opening of a place could not be written to the audit');
    }
  }
}

/** Whether a call of this place rings, or somebody has answered one. */
function isInHand({ help }: RoomState): boolean {
  return Object.values(help).some(
    (call) => call.by === SYSTEM.principalId && (call.answeredBy !== undefined || call.ended === undefined),
  );
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    throw refuseForNow('This code was opened very often; call for help by telephone.', refused.msBeforeNext);
  }
}
