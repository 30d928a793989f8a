/** One request from its parser over the permission to its handler. */
import type * as z from 'zod/mini';
import { AppError, isAppError } from '../../platform/errors.ts';
import { newId } from '../../platform/ids.ts';
import {
  isMethod,
  METHODS,
  type Method,
  type Params,
  type Request,
  type Result,
} from '../protocol/methods.ts';
import { hasRole } from '../protocol/roles.ts';
import { writeDecision } from './audit.ts';
import { peerActor } from './join.ts';
import { badRequest, forbidden, noSuchRoom, roomClosed, signInAgain } from './refusals.ts';
import { METHODS_TABLE } from './table.ts';
import type {
  AfterReply,
  Connection,
  MethodEntry,
  MethodTable,
  PeerEntry,
  RateClass,
  RoomEntry,
  Seat,
  Services,
  SignedInEntry,
} from './types.ts';
import { visibleRoom } from './visible.ts';

const TABLE: MethodTable = METHODS_TABLE;
const PARSERS: { readonly [M in Method]: { readonly params: z.ZodMiniType<Params<M>> } } = METHODS;

/** The budget a request counts against; names that do not exist count as facts, the dearest ones. */
export function rateClassOf(method: unknown): RateClass {
  return typeof method === 'string' && isMethod(method) ? TABLE[method].rate : 'fact';
}

interface Incoming<M extends Method> {
  readonly services: Services;
  readonly connection: Connection;
  readonly method: M;
  readonly params: Params<M>;
  readonly roomId: string | undefined;
  readonly commandId: string;
  readonly afterReply: AfterReply;
}

/**
 * Carries out one request of a connection. Throws `AppError` with the codes of the wire: `unauthenticated`,
 * `unknown-method`, `bad-request`, `too-large`, `not-found`, `forbidden`, `closed`, and what the handler refuses.
 */
export async function dispatch(
  services: Services,
  connection: Connection,
  request: Request,
  afterReply: AfterReply,
): Promise<unknown> {
  if (!services.sessions.isLive(connection.session.sid)) throw signInAgain('Your session has ended.');
  const { method } = request;
  if (!isMethod(method))
    throw new AppError('unknown-method', 'There is no such method.', {
      status: 404,
      whatToDo: 'Reload the page: it may be older than the server.',
    });
  return run(services, connection, method, request, afterReply);
}

async function run<M extends Method>(
  services: Services,
  connection: Connection,
  method: M,
  request: Request,
  afterReply: AfterReply,
): Promise<Result<M>> {
  const entry = TABLE[method];
  const params = parse(method, request.params);
  if (entry.command && request.commandId === undefined)
    throw badRequest('This method changes facts and needs a commandId.', 'commandId');
  const commandId = request.commandId ?? newId(services.now());
  const call = { services, connection, method, params, roomId: request.roomId, commandId, afterReply };
  try {
    const result = await permitted(entry, call);
    if (entry.audited) await writeDecision({ ...call, allowed: true });
    return result;
  } catch (error) {
    if (isDenial(error)) await writeDecision({ ...call, allowed: false, code: error.code });
    throw error;
  }
}

function permitted<M extends Method>(entry: MethodEntry<M>, call: Incoming<M>): Promise<Result<M>> {
  switch (entry.who) {
    case 'signed-in':
      return asSignedIn(entry, call);
    case 'peer':
      return asPeer(entry, call);
    default:
      return aboutRoom(entry, call);
  }
}

async function asSignedIn<M extends Method>(entry: SignedInEntry<M>, call: Incoming<M>): Promise<Result<M>> {
  const { roles } = call.connection.session.principal;
  if (entry.roles && !roles.some((role) => hasRole(entry.roles ?? [], role)))
    throw forbidden('None of your roles allows this.');
  return entry.handle(call);
}

async function aboutRoom<M extends Method>(entry: RoomEntry<M>, call: Incoming<M>): Promise<Result<M>> {
  const { services, connection, roomId } = call;
  const { principal } = connection.session;
  const seat = roomId === undefined ? undefined : connection.seat(roomId);
  // Who sits in the room acts as the peer that the room knows.
  if (seat && !seat.ended && hasRole(entry.roles, seat.peer.role)) {
    const state = await services.rooms.at(seat.roomId).state();
    const actor = peerActor(seat.claims, seat.peer.peerId);
    return entry.handle({ ...call, roomId: seat.roomId, state, actor });
  }
  const visible = await visibleRoom(services, principal, roomId, entry.roles, entry.who);
  return entry.handle({ ...call, roomId: roomId ?? '', ...visible });
}

async function asPeer<M extends Method>(entry: PeerEntry<M>, call: Incoming<M>): Promise<Result<M>> {
  const seat = liveSeat(call);
  if (call.services.tokens.isRevoked(seat.claims)) throw forbidden('You were removed from this room.');
  const { roles } = call.connection.session.principal;
  if (!hasRole(entry.roles, seat.peer.role) || !roles.includes(seat.peer.role))
    throw forbidden('Your role in this room does not allow this.');
  const actor = peerActor(seat.claims, seat.peer.peerId);
  return entry.handle({ ...call, roomId: seat.roomId, seat, actor });
}

function liveSeat({ connection, roomId }: Pick<Incoming<Method>, 'connection' | 'roomId'>): Seat {
  const seat = roomId === undefined ? undefined : connection.seat(roomId);
  if (!seat) throw noSuchRoom();
  switch (seat.ended) {
    case undefined:
      return seat;
    case 'closed':
      throw roomClosed();
    case 'removed':
      throw forbidden('You were removed from this room.');
    default:
      throw noSuchRoom();
  }
}

function parse<M extends Method>(method: M, raw: unknown): Params<M> {
  try {
    const parsed = PARSERS[method].params.safeParse(raw === undefined ? {} : raw);
    if (parsed.success) return parsed.data;
    throw misfit(parsed.error.issues);
  } catch (error) {
    // Measuring the RTP objects follows them to their depth, and V8 gives up before an attacker does.
    if (error instanceof RangeError) throw badRequest('The message is nested too deeply.', '');
    throw error;
  }
}

/** A message that does not fit: says where, never what it held. */
export function misfit(issues: readonly z.core.$ZodIssue[]): AppError {
  const issue = issues[0];
  const field = issue?.path.join('.') ?? '';
  const long = issue?.code === 'too_big' && issue.origin !== 'number' && issue.origin !== 'int';
  if (long)
    return new AppError('too-large', 'A part of the message is too large.', {
      status: 413,
      whatToDo: 'Shorten the named field.',
      details: { field },
    });
  return badRequest('The message does not fit this method.', field);
}

function isDenial(error: unknown): error is AppError {
  return (
    isAppError(error, 'forbidden') || isAppError(error, 'not-found') || isAppError(error, 'unauthenticated')
  );
}
