/** What the catalog keeps of a room: a fold over its log, so that the catalog can be made anew from the logs alone. */
import type { LogEntry } from '../protocol/entry.ts';
import type { EventOf, RoomEvent } from '../protocol/events.ts';

export interface PatientFacts {
  readonly patientId: string;
  name?: string;
  identifier?: string;
}

/** Everything of one room that lists, searches and permissions need. */
export class RoomFacts {
  incidentId = '';
  title = '';
  drill = false;
  seq = 0;
  /** UTC milliseconds of the first time that recording was switched on; undefined: nothing was recorded. */
  startedUtc: number | undefined;
  /** UTC milliseconds at which the room closed. */
  endedUtc: number | undefined;
  readonly unitIds = new Set<string>();
  readonly patients = new Map<string, PatientFacts>();
  readonly #names = new Set<string>();
  readonly #admitted = new Set<string>();
  readonly #paged = new Set<string>();
  readonly #joined = new Set<string>();

  /** Names of everyone who was in the room, in the order they came. */
  get people(): readonly string[] {
    return [...this.#names];
  }

  /**
   * Organisations that took part: those of the room from the start or admitted as receiving or guiding, and of those that
   * were paged the ones whose people came. Whoever broke the glass came alone, not their organisation.
   */
  get organisationIds(): readonly string[] {
    const came = [...this.#paged].filter((organisationId) => this.#joined.has(organisationId));
    return [...new Set([...this.#admitted, ...came])];
  }

  /** Adds the next entry of the log. */
  add(entry: LogEntry): void {
    this.seq = entry.seq;
    for (const event of entry.events) this.#fold(event, entry.utc);
  }

  #fold(event: RoomEvent, utc: number): void {
    switch (event.type) {
      case 'RoomCreated':
        this.#created(event);
        break;
      case 'RoomClosed':
        this.endedUtc ??= utc;
        break;
      case 'RecordingStarted':
        this.startedUtc ??= utc;
        break;
      case 'OrganisationAdmitted':
        (event.why === 'paged' ? this.#paged : this.#admitted).add(event.organisationId);
        break;
      case 'PeerJoined':
        this.#names.add(event.name);
        this.#joined.add(event.organisationId);
        if (event.unitId !== undefined) this.unitIds.add(event.unitId);
        break;
      case 'UnitAssigned':
        this.unitIds.add(event.unitId);
        break;
      case 'PatientAdded':
        this.patients.set(event.patientId, { patientId: event.patientId });
        break;
      case 'PatientIdentified':
      case 'PatientMovedIn':
        this.#identified(event);
        break;
      default:
    }
  }

  #created(event: EventOf<'RoomCreated'>): void {
    this.incidentId = event.incidentId;
    this.title = event.title;
    this.drill = event.drill;
    for (const organisationId of event.organisations) this.#admitted.add(organisationId);
    if (event.unitId !== undefined) this.unitIds.add(event.unitId);
  }

  #identified({ patientId, identity }: EventOf<'PatientIdentified'> | EventOf<'PatientMovedIn'>): void {
    const patient = this.patients.get(patientId) ?? { patientId };
    if (identity?.name !== undefined) patient.name = identity.name;
    if (identity?.identifier !== undefined) patient.identifier = identity.identifier.value;
    this.patients.set(patientId, patient);
  }
}
