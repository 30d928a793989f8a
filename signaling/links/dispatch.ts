/**
 * Incidents that dispatch's system opens: a room with what dispatch knows, and with it a link to the caller's phone, in one
 * call that may be repeated until it is answered.
 */
import type { z } from 'zod/mini';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/log.ts';
import { refuse } from '../people/refuse.ts';
import type { Service } from '../people/service-keys.ts';
import type { Audit, Directory } from '../people/types.ts';
import type { DispatchIncident, DispatchIncidentMade } from '../protocol/links.ts';
import type { SqlLogStore } from '../rooms/sql-log-store.ts';
import type { Actor, RoomAddress, Rooms } from '../rooms/types.ts';
import type { LinkSecrets } from './secrets.ts';
import type { Links } from './types.ts';

type Incident = z.infer<typeof DispatchIncident>;
type Made = z.infer<typeof DispatchIncidentMade>;

export interface DispatchDoor {
  /**
   * @param idempotencyKey tells a repeat from a second wish for the same incident; absent: every call with the same incident
   *   is the same wish. Throws `bad-request` for unknown organisations and `closed` for an incident that is over.
   */
  open(service: Service, incident: Incident, idempotencyKey?: string): Promise<Made>;
}

export interface DispatchParts {
  readonly rooms: Pick<Rooms, 'at' | 'create'>;
  /** Finds rooms by their incident, also those in the hands of other processes. */
  readonly store: Pick<SqlLogStore, 'roomsOfIncident'>;
  readonly links: Pick<Links, 'create'>;
  readonly secrets: LinkSecrets;
  readonly directory: Pick<Directory, 'organisations'>;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Logger;
}

export class IncidentsByDispatch implements DispatchDoor {
  readonly #parts: DispatchParts;
  /** One call for an incident after the other, so that two at once make one room. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(parts: DispatchParts) {
    this.#parts = parts;
  }

  async open(service: Service, incident: Incident, idempotencyKey = ''): Promise<Made> {
    const { incidentId } = incident;
    const before = this.#turns.get(incidentId) ?? Promise.resolve();
    const work = () => this.#open(service, incident, idempotencyKey);
    const turn = before.then(work, work);
    this.#turns.set(incidentId, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(incidentId) === turn) this.#turns.delete(incidentId);
    }
  }

  async #open(service: Service, incident: Incident, key: string): Promise<Made> {
    const organisations = await this.#organisationsFor(incident);
    const [centre] = organisations;
    const actor: Actor = { ...service, role: 'service', organisationId: centre };
    const command = (step: string) =>
      this.#parts.secrets.idFor('dispatch', service.principalId, `${incident.incidentId}\n${key}`, step);
    const room = await this.#roomOf(incident, organisations, actor, command('room'));
    const { roomId } = room;
    await this.#state(room, incident, actor);
    const made = { roomId, ...(await this.#link(roomId, incident, actor, centre, command('link'))) };
    await this.#audit(service, roomId, incident);
    return made;
  }

  /** The room of the incident that goes on, whoever made it; else a new one, once for each command. */
  async #roomOf(
    { incidentId, title, drill }: Incident,
    organisations: readonly string[],
    actor: Actor,
    commandId: string,
  ): Promise<RoomAddress> {
    const { rooms, store } = this.#parts;
    for (const head of [...(await store.roomsOfIncident(incidentId))].reverse()) {
      const room = await this.#goingOn(head.roomId);
      if (!room) continue;
      if (head.drill === drill) return room;
      throw refuse('conflict', 'This incident is open already, as a drill or as none.', { state: 'drill' });
    }
    const room = await rooms.create({ incidentId, title, drill, organisations }, actor, commandId);
    const { phase } = await room.state();
    if (phase === 'closed')
      throw refuse('closed', 'This incident is over; send another Idempotency-Key to open it again.');
    return room;
  }

  /** The room, or the one it was merged into, while it is open. */
  async #goingOn(roomId: string): Promise<RoomAddress | undefined> {
    const room = this.#parts.rooms.at(roomId);
    const { mergedInto, phase } = await room.state();
    if (mergedInto !== undefined && mergedInto !== roomId) return this.#goingOn(mergedInto);
    return phase === 'closed' ? undefined : room;
  }

  /** What dispatch knows; said again it changes nothing. */
  async #state(room: RoomAddress, { address, callAnsweredAt }: Incident, actor: Actor): Promise<void> {
    if (address) await room.execute('incident.setAddress', { address, source: 'dispatch' }, actor);
    if (callAnsweredAt === undefined) return;
    const answered = { node: 'call-answered', patientId: 'scene', at: callAnsweredAt } as const;
    await room.execute('timeNode.set', answered, actor);
  }

  async #link(
    roomId: string,
    { link }: Incident,
    actor: Actor,
    organisationId: string,
    commandId: string,
  ): Promise<Omit<Made, 'roomId'>> {
    if (!link) return {};
    const { linkId, url } = await this.#parts.links.create(
      { roomId, actor, organisationId, commandId },
      link,
    );
    return link.phone === undefined ? { linkId, url } : { linkId };
  }

  /** The centre first: guests of the incident's links count as its own. */
  async #organisationsFor({ organisations }: Incident): Promise<readonly [string, ...string[]]> {
    const known = await this.#parts.directory.organisations();
    const unknown = organisations.find((id) => !known.some(({ organisationId }) => organisationId === id));
    if (unknown !== undefined)
      throw refuse('bad-request', 'No such organisation.', { field: 'organisations' });
    const [first, ...more] = known.filter(({ kind }) => kind === 'centre').map((each) => each.organisationId);
    if (first === undefined)
      throw refuse('conflict', 'This installation has no dispatch centre; add one.', { state: 'no-centre' });
    return [first, ...more, ...organisations];
  }

  /** The incident goes on when the audit cannot be written (design, rule 1); the operator is told. */
  async #audit(service: Service, roomId: string, { link }: Incident): Promise<void> {
    try {
      await this.#parts.audit.write({
        action: 'dispatch.incident',
        allowed: true,
        principalId: service.principalId,
        roomId,
        details: { link: link !== undefined },
      });
    } catch (error) {
      this.#parts.log.error({ error, roomId }, 'an incident of dispatch could not be written to the audit');
    }
  }
}
