/** Calls for help ring where someone may answer, and the caller is told where. */
import type { Logger } from '../../platform/log.ts';
import { ANSWERING } from '../methods/roles.ts';
import type { BoardSubscriber } from '../methods/types.ts';
import type { Principal, RoomAccess } from '../people/types.ts';
import { hasRole } from '../protocol/roles.ts';
import type { HelpState, RoomState } from '../protocol/state.ts';
import { type Rooms, SYSTEM } from '../rooms/types.ts';
import { callerOf, ringingCalls, utcOf } from './summary.ts';

interface Ring {
  readonly roomId: string;
  readonly callId: string;
  /** Subscribers it rings at. */
  readonly at: Set<string>;
  /** Places that the room was told of. */
  readonly told: Set<string>;
}

export interface RingingOptions {
  readonly rooms: Rooms;
  readonly access: RoomAccess;
  readonly log: Logger;
  subscribers(): Iterable<BoardSubscriber>;
}

export class Ringing {
  readonly #options: RingingOptions;
  readonly #rings = new Map<string, Ring>();

  constructor(options: RingingOptions) {
    this.#options = options;
  }

  /** Compares what should ring with what rings, for one room. */
  update(roomId: string, state: RoomState): void {
    const calls = ringingCalls(state);
    for (const call of calls) {
      for (const subscriber of this.#options.subscribers()) this.#ring(roomId, state, call, subscriber);
      this.#tellPlaces(roomId, state, call);
    }
    for (const ring of [...this.#rings.values()]) {
      if (ring.roomId !== roomId || calls.some(({ callId }) => callId === ring.callId)) continue;
      this.#stop(ring, state);
    }
  }

  /** A subscriber who comes while calls wait gets their ring at once. */
  subscribed(subscriber: BoardSubscriber, states: ReadonlyMap<string, RoomState>): void {
    for (const [roomId, state] of states) {
      for (const call of ringingCalls(state)) {
        this.#ring(roomId, state, call, subscriber);
        this.#tellPlaces(roomId, state, call);
      }
    }
  }

  unsubscribed(subscriberId: string): void {
    for (const ring of this.#rings.values()) ring.at.delete(subscriberId);
  }

  /** The room went to another owner, who rings on. */
  forget(roomId: string): void {
    for (const [key, ring] of this.#rings) if (ring.roomId === roomId) this.#rings.delete(key);
  }

  #ring(roomId: string, state: RoomState, call: HelpState, subscriber: BoardSubscriber): void {
    const ring = this.#ringOf(roomId, call);
    if (ring.at.has(subscriber.id)) return;
    const caller = callerOf(state, call);
    if (!mayAnswer(subscriber.principal, state, caller?.unitId, this.#options.access)) return;
    ring.at.add(subscriber.id);
    subscriber.push(
      'help.ringing',
      {
        callId: call.callId,
        fromName: caller?.name ?? state.title,
        patientId: call.patientId,
        sinceUtc: utcOf(state, call.at),
        title: state.title,
        drill: state.drill,
      },
      roomId,
    );
  }

  #ringOf(roomId: string, call: HelpState): Ring {
    const key = `${roomId} ${call.callId}`;
    let ring = this.#rings.get(key);
    if (!ring) {
      ring = { roomId, callId: call.callId, at: new Set(), told: new Set(call.ringingAt) };
      this.#rings.set(key, ring);
    }
    return ring;
  }

  /** States the organisations where it rings, so that the ambulance sees "ringing at …". */
  #tellPlaces(roomId: string, state: RoomState, call: HelpState): void {
    const ring = this.#ringOf(roomId, call);
    const places = new Set<string>();
    for (const subscriber of this.#options.subscribers()) {
      const place = subscriber.principal.organisationName;
      if (ring.at.has(subscriber.id) && !ring.told.has(place)) places.add(place);
    }
    if (places.size === 0 || state.phase !== 'open') return;
    for (const place of places) ring.told.add(place);
    this.#options.rooms
      .at(roomId)
      .execute('help.ringing', { callId: call.callId, at: [...places] }, SYSTEM)
      .catch((error: unknown) => {
        for (const place of places) ring.told.delete(place);
        this.#options.log.warn({ error, roomId }, 'the places where a call rings were not stated');
      });
  }

  #stop(ring: Ring, state: RoomState): void {
    this.#rings.delete(`${ring.roomId} ${ring.callId}`);
    const call = state.help[ring.callId];
    const reason = call?.answeredBy ? 'answered' : (call?.ended ?? 'room-closed');
    for (const subscriber of this.#options.subscribers()) {
      if (ring.at.has(subscriber.id))
        subscriber.push('help.stopped', { callId: ring.callId, reason }, ring.roomId);
    }
  }
}

/** Whether a call rings at someone: may enter, may answer, and does not sit in the vehicle that calls. */
function mayAnswer(
  principal: Principal,
  state: RoomState,
  callingUnit: string | undefined,
  access: RoomAccess,
): boolean {
  if (!principal.roles.some((role) => hasRole(ANSWERING, role))) return false;
  if (callingUnit !== undefined && principal.unitId === callingUnit) return false;
  return access(principal, state) === 'member';
}
