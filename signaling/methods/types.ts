/** What a method is made of, and what its handler may use. */
import type { Logger } from '../../platform/log.ts';
import type { Guidance } from '../bystander/approvals.ts';
import type { Site } from '../bystander/site.ts';
import type { VolunteerRegister } from '../bystander/volunteers.ts';
import type { Links } from '../links/types.ts';
import type { MarkDesk } from '../marks/desk.ts';
import type { MediaPeer, MediaService } from '../media/types.ts';
import type { SignalingMetrics } from '../metrics.ts';
import type {
  Audit,
  Directory,
  Invites,
  Principal,
  RoleFor,
  RoomAccess,
  RoomTokens,
  Session,
  Sessions,
  SourcesFor,
} from '../people/types.ts';
import type { ReadableEntry } from '../protocol/entry.ts';
import type { Method, Params, Result } from '../protocol/methods.ts';
import type { NotificationData, NotificationName } from '../protocol/notifications.ts';
import type { Role } from '../protocol/roles.ts';
import type { RoomSummary } from '../protocol/snapshot.ts';
import type { RoomState } from '../protocol/state.ts';
import type { RoomClaims } from '../protocol/token.ts';
import type { Actor, Rooms } from '../rooms/types.ts';

/** Floods are counted per class, so that a wild pointer never eats the budget of a doctor's order. */
export type RateClass = 'fact' | 'media' | 'volatile' | 'join';

/** Why a seat came to its end. */
export type SeatEnd = 'left' | 'gone' | 'replaced' | 'removed' | 'closed' | 'revoked';

/** A peer's place in a room, on one connection. */
export interface Seat {
  readonly roomId: string;
  readonly peer: MediaPeer;
  /** The newest token of this seat. */
  readonly claims: RoomClaims;
  readonly connection: Connection;
  readonly ended: SeatEnd | undefined;
}

/** One live connection of a signed-in browser or device. */
export interface Connection {
  readonly id: string;
  readonly session: Session;
  /** False once it has ended, also while a request of it still runs. */
  readonly open: boolean;
  /** The seat in a room, also one that has ended, until the next join of that room. */
  seat(roomId: string): Seat | undefined;
  notify<N extends NotificationName>(name: N, data: NotificationData<N>, roomId?: string): void;
}

/** Seats of all connections here, keyed by room and peer. */
export interface Live {
  seat(roomId: string, peerId: string): Seat | undefined;
  /** Runs one join or leave of a peer after the other. */
  inTurn<T>(roomId: string, peerId: string, task: () => Promise<T>): Promise<T>;
  /** Watches a room for removals and its end while peers arrive and sit in it; answers how to let go. */
  watch(roomId: string): Promise<() => void>;
  /** Puts a peer on a connection; an older seat of the same peer ends as `replaced`. The room must be watched. */
  take(connection: Connection, claims: RoomClaims, peer: MediaPeer): OpenSeat;
  leave(seat: Seat): void;
  /** Sends to one peer, if it is connected here. */
  notify<N extends NotificationName>(
    roomId: string,
    peerId: string,
    name: N,
    data: NotificationData<N>,
  ): void;
  /** Sends to the peers of a room that are wanted and connected here; dropped where a connection is slow. */
  tell<N extends NotificationName>(
    roomId: string,
    name: N,
    data: NotificationData<N>,
    wants: (peer: MediaPeer) => boolean,
  ): void;
}

/** A seat that its join is still filling. */
export interface OpenSeat {
  readonly seat: Seat;
  /** Takes entries from the room; they wait until `start`, so that the answer to the join precedes them. */
  readonly deliver: (entry: ReadableEntry) => void;
  /** Hands over what ends the subscription, and the last number that the answer holds. */
  subscribed(unsubscribe: () => void, lastSeq: number): void;
  /** Sends what waited, and from now on each entry as it comes. */
  start(): void;
  /** Gives up a join that failed. */
  abandon(): void;
}

/** Whose link is down, and since when. */
export interface Presence {
  /** The peer is connected again; answers for how long it was known to be lost, in milliseconds. */
  back(roomId: string, peerId: string): number | undefined;
  gone(roomId: string, peerId: string, role: Role): void;
}

export interface BoardSubscriber {
  readonly id: string;
  readonly principal: Principal;
  push<N extends 'rooms.changed' | 'help.ringing' | 'help.stopped'>(
    name: N,
    data: NotificationData<N>,
    roomId: string,
  ): void;
}

/** Open rooms as principals see them. */
export interface Board {
  rooms(principal: Principal): RoomSummary[];
  subscribe(subscriber: BoardSubscriber): void;
  unsubscribe(subscriberId: string): void;
  isSubscribed(subscriberId: string): boolean;
  /** The newest state of each open room that is owned here. */
  states(): ReadonlyMap<string, RoomState>;
}

export interface Services {
  readonly rooms: Rooms;
  readonly sessions: Sessions;
  readonly tokens: RoomTokens;
  readonly invites: Invites;
  readonly links: Links;
  readonly guidance: Guidance;
  readonly volunteers: VolunteerRegister;
  readonly access: RoomAccess;
  readonly roleFor: RoleFor;
  readonly sourcesFor: SourcesFor;
  readonly directory: Directory;
  readonly audit: Audit;
  readonly media: MediaService;
  readonly live: Live;
  readonly presence: Presence;
  readonly board: Board;
  readonly marks: MarkDesk;
  /** Whether lengths may be measured on pictures here. */
  readonly lengths: Pick<Site['lengths'], 'measuring'>;
  readonly metrics: SignalingMetrics;
  readonly log: Logger;
  /** UTC in milliseconds. */
  now(): number;
}

/**
 * Runs `then` after the answer has been handed to the connection; `tooLate` instead when the deadline has passed and
 * the caller was told so.
 */
export type AfterReply = (then: () => void, tooLate?: () => void) => void;

interface AnyCall<M extends Method> {
  readonly services: Services;
  readonly connection: Connection;
  readonly params: Params<M>;
  readonly afterReply: AfterReply;
}
/** A call of someone signed in; the room, if one is named, is the handler's own affair. */
export interface SignedInCall<M extends Method> extends AnyCall<M> {
  readonly roomId: string | undefined;
  readonly commandId: string;
}
/** A call about a room the principal may see without being in it; its state is the one access was decided on. */
export interface RoomCall<M extends Method> extends AnyCall<M> {
  readonly roomId: string;
  readonly commandId: string;
  readonly state: RoomState;
  readonly actor: Actor;
}
/** A call of a peer of the room. */
export interface PeerCall<M extends Method> extends AnyCall<M> {
  readonly roomId: string;
  readonly commandId: string;
  readonly seat: Seat;
  readonly actor: Actor;
}

interface AnyEntry {
  readonly rate: RateClass;
  /** Whether a `commandId` must be given, because the call changes facts and may be repeated. */
  readonly command?: true;
  /** Written to the audit when it is done; denials always are. */
  readonly audited?: true;
}
export interface SignedInEntry<M extends Method> extends AnyEntry {
  readonly who: 'signed-in';
  /** Roles of which the principal must have one. Absent: anyone signed in. */
  readonly roles?: readonly Role[];
  handle(call: SignedInCall<M>): Promise<Result<M>>;
}
export interface RoomEntry<M extends Method> extends AnyEntry {
  /** `member`: may see the room. `outsider`: also whoever could break the glass. */
  readonly who: 'member' | 'outsider';
  readonly roles: readonly Role[];
  handle(call: RoomCall<M>): Promise<Result<M>>;
}
export interface PeerEntry<M extends Method> extends AnyEntry {
  readonly who: 'peer';
  readonly roles: readonly Role[];
  handle(call: PeerCall<M>): Promise<Result<M>>;
}
export type MethodEntry<M extends Method> = SignedInEntry<M> | RoomEntry<M> | PeerEntry<M>;
/** One entry for each method of the contract: leaving one out does not compile. */
export type MethodTable = { readonly [M in Method]: MethodEntry<M> };
