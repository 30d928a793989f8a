/** A real HTTP door on an ephemeral port over a real SQLite database, for tests. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { ManualClock } from '../../../platform/clock.ts';
import { AppError } from '../../../platform/errors.ts';
import { createLogger, type Logger } from '../../../platform/log.ts';
import { createMetricsRegistry } from '../../../platform/metrics.ts';
import { type Database, openDatabase } from '../../../platform/sql/database.ts';
import { openSite, type Site } from '../../bystander/site.ts';
import type { DemoPeople } from '../../people/first-people.ts';
import { openPeople, type People } from '../../people/people.ts';
import { roleFor } from '../../people/visibility.ts';
import type { RoomEvent } from '../../protocol/events.ts';
import { evolve } from '../../protocol/evolve.ts';
import { initialRoomState, type RoomState } from '../../protocol/state.ts';
import type { RecorderAddress } from '../../recordings/recorders.ts';
import { openRecordings, type Recordings } from '../../recordings/recordings.ts';
import { SqlLogStore } from '../../rooms/sql-log-store.ts';
import type { RoomAddress } from '../../rooms/types.ts';
import { createHttp, type HttpApp } from '../app.ts';
import { type Certificate, type Listener, listen } from '../listen.ts';
import type { HttpOptions } from '../services.ts';

/** Hashes that cost nothing: tests sign in often. */
export const CHEAP = { cost: { memoryKiB: 8, passes: 1, log2N: 4 } };

export interface Sent {
  readonly method?: string;
  readonly path: string;
  /** JSON; a string is sent as it is. */
  readonly body?: unknown;
  readonly cookie?: string;
  /** The door's own origin unless told; null leaves the header out. */
  readonly origin?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sends the body without saying how long it is. */
  readonly chunked?: boolean;
}
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
  /** `name=value` of each cookie that was set, without attributes. */
  readonly cookies: readonly string[];
  /** The error's code, or undefined. */
  readonly code: unknown;
}

export interface TestDoor {
  readonly people: People;
  readonly clock: ManualClock;
  readonly app: HttpApp;
  readonly listener: Listener;
  readonly origin: string;
  readonly demo: DemoPeople;
  readonly recordings: Recordings;
  readonly site: Site;
  readonly store: SqlLogStore;
  readonly database: Database;
  readonly masterKey: Uint8Array;
  /** Puts a room there, made of these facts. */
  room(roomId: string, events: readonly RoomEvent[]): void;
  send(sent: Sent): Promise<Answer>;
  /** Signs a demo person in and returns the cookie. */
  signIn(username: string): Promise<string>;
  close(): Promise<void>;
}

/** Folds facts into a state, as a room's log would. */
export function stateFrom(events: readonly RoomEvent[]): RoomState {
  return events.reduce(
    (state, event, index) =>
      evolve(state, {
        v: 1,
        seq: index + 1,
        epoch: 1,
        at: index,
        utc: index,
        actor: 'system',
        audience: 'everyone',
        events: [event],
      }),
    initialRoomState(),
  );
}

/**
 * @param certificate makes it an HTTPS door, for browsers; `send` speaks plain HTTP only
 * @param recorders where recorders answer; none unless given
 */
export async function openTestDoor(
  options: Partial<HttpOptions> = {},
  certificate?: Certificate,
  recorders: () => readonly RecorderAddress[] = () => [],
): Promise<TestDoor> {
  const clock = new ManualClock();
  const log = createLogger('test', {}, { level: 'silent' });
  let origin = '';
  const kept = await openStores({ clock, log, publicOrigin: () => origin, recorders });
  const { database, people, store, recordings, masterKey } = kept;
  const demo = await people.createDemoPeople();
  const states = new Map<string, RoomState>();
  const site = await openSite({ database, masterKey, isProduction: false, clock });
  const app = await createHttp({
    people,
    rooms: { at: (roomId) => addressOf(roomId, states) },
    recordings,
    site,
    tcpr: () => ({ recognisedSeconds: 90, compressingSeconds: 150 }),
    log,
    clock,
    registry: createMetricsRegistry({ role: 'test', processMetrics: false }),
    config: () => ({ name: 'Test', version: '1.2.3', helpPhone: '120' }),
    authority: () => undefined,
    readiness: {},
    ...options,
  });
  const where = { port: 0, host: '127.0.0.1', ...(certificate ? { certificate } : {}) };
  const listener = await listen({ callback: app.callback, ...where });
  origin = `${certificate ? 'https' : 'http'}://127.0.0.1:${listener.port}`;
  const send = (sent: Sent) => sendTo(listener.port, origin, sent);
  return {
    people,
    clock,
    app,
    listener,
    origin,
    demo,
    recordings,
    site,
    store,
    database,
    masterKey,
    send,
    room: (roomId, events) => void states.set(roomId, stateFrom(events)),
    async signIn(username) {
      const password = demo.people.find((person) => person.username === username)?.password;
      const answer = await send({ method: 'POST', path: '/api/session', body: { username, password } });
      return answer.cookies.join('; ');
    },
    async close() {
      await listener.close();
      await recordings.close();
      await people.close();
      await database.close();
    },
  };
}

interface StoreParts {
  readonly clock: ManualClock;
  readonly log: Logger;
  readonly publicOrigin: () => string;
  readonly recorders: () => readonly RecorderAddress[];
}

/** People and recordings over one empty database in memory. */
async function openStores({ clock, log, publicOrigin, recorders }: StoreParts) {
  const database = await openDatabase('sqlite::memory:');
  const masterKey = new Uint8Array(32).fill(7);
  const common = { database, masterKey, clock, log };
  const people = await openPeople({ ...common, publicOrigin, passwords: CHEAP, pollMs: 0 });
  const store = await SqlLogStore.open(database);
  const { audit } = people;
  const recordings = await openRecordings({ ...common, store, audit, roleFor, recorders, timer: false });
  return { database, people, store, recordings, masterKey };
}

/** The part of a room that the door asks for; rooms themselves are tested where they live. */
function addressOf(roomId: string, states: ReadonlyMap<string, RoomState>): RoomAddress {
  const unused = (): never => {
    throw new AppError('internal', 'The door asks rooms for their state only.');
  };
  return {
    roomId,
    execute: unused,
    roomTime: unused,
    subscribe: unused,
    observe: unused,
    async state() {
      const state = states.get(roomId);
      if (!state) throw new AppError('not-found', 'There is no such room.', { status: 404 });
      return state;
    },
  };
}

/** Sends one request by `node:http`, which lets tests choose every header. */
export function sendTo(port: number, origin: string, sent: Sent): Promise<Answer> {
  const body =
    sent.body === undefined || typeof sent.body === 'string' ? sent.body : JSON.stringify(sent.body);
  const headers: Record<string, string> = {
    host: `127.0.0.1:${port}`,
    ...(sent.origin === null ? {} : { origin: sent.origin ?? origin }),
    ...(sent.cookie === undefined ? {} : { cookie: sent.cookie }),
    ...(body === undefined
      ? {}
      : {
          'content-type': 'application/json',
          ...(sent.chunked
            ? { 'transfer-encoding': 'chunked' }
            : { 'content-length': String(Buffer.byteLength(body)) }),
        }),
    ...sent.headers,
  };
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { port, host: '127.0.0.1', path: sent.path, method: sent.method ?? 'GET', headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve(answerFrom(response.statusCode ?? 0, response.headers, Buffer.concat(chunks).toString())),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

function answerFrom(status: number, headers: IncomingHttpHeaders, text: string): Answer {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // Pages and metrics are not JSON; tests that expect it fail on `undefined`.
    json = undefined;
  }
  const code = typeof json === 'object' && json !== null && 'code' in json ? json.code : undefined;
  const cookies = (headers['set-cookie'] ?? []).map((line) => line.split(';')[0] ?? '');
  return { status, headers, text, json, cookies, code };
}
