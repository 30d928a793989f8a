/**
 * A server for tests that speaks the contract of `signaling/protocol` over a real socket.io server: one room, one log,
 * media answered with mediasoup-client's fake parameters. It can cut, mute and restart itself.
 */
import { createServer, type Server as HttpServer } from 'node:http';
import {
  generateRouterRtpCapabilities,
  generateTransportRemoteParameters,
} from 'mediasoup-client/fakeParameters';
import { Server, type Socket } from 'socket.io';
import type { LogEntry } from '../../../signaling/protocol/entry.ts';
import type { RoomEvent } from '../../../signaling/protocol/events.ts';
import { type Method, type Params, Request, type Result } from '../../../signaling/protocol/methods.ts';
import type { NotificationData, NotificationName } from '../../../signaling/protocol/notifications.ts';

export const ROOM = 'room1';
const START = Date.UTC(2026, 0, 1);

export type Handlers = {
  /** Undefined leaves the answer to the server's own. */
  [M in Method]?: (params: Params<M>, request: Request) => Result<M> | Promise<Result<M>> | undefined;
};

export class TestRefusal extends Error {
  readonly code: string;
  readonly retryAfterMs: number | undefined;

  constructor(code: string, retryAfterMs?: number) {
    super(code);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

export class RoomServer {
  readonly log: LogEntry[] = [];
  readonly requests: Request[] = [];
  readonly handlers: Handlers = {};
  readonly sockets = new Set<Socket>();
  /** Answers stored by command id, as the log stores them. */
  readonly #answers = new Map<string, unknown>();
  readonly #http: HttpServer;
  readonly #io: Server;
  generation = 1;
  /** How many of the newest entries a resume may be given before it gets a snapshot; for tests of both ways. */
  joinAnswer: (since: number | undefined) => Partial<Result<'room.join'>>;
  tokens = 0;
  /** Status of the token route. */
  tokenStatus = 200;
  /** Throws away the answers to these methods, as a link that dies at the wrong moment does. */
  readonly swallowAnswers = new Set<string>();

  private constructor(http: HttpServer, io: Server) {
    this.#http = http;
    this.#io = io;
    this.joinAnswer = (since) => ({ entries: this.log.filter((entry) => entry.seq > (since ?? 0)) });
    io.on('connection', (socket) => this.#accept(socket));
  }

  static async start(): Promise<RoomServer> {
    const http = createServer();
    const io = new Server(http, { transports: ['websocket', 'polling'], serveClient: false });
    const server = new RoomServer(http, io);
    http.on('request', (request, response) => {
      if (request.url?.endsWith('/token') !== true) return;
      server.tokens += 1;
      response.statusCode = server.tokenStatus;
      response.setHeader('content-type', 'application/json');
      const refusal = { code: 'unauthenticated', message: 'Sign in again.' };
      response.end(
        JSON.stringify(
          server.tokenStatus === 200 ? { token: `t${server.tokens}`, expiresAt: START } : refusal,
        ),
      );
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    const address = this.#http.address();
    if (address === null || typeof address === 'string') throw new Error('The server does not listen.');
    return `http://127.0.0.1:${address.port}`;
  }

  get seq(): number {
    return this.log.length;
  }

  /** Writes a fact and tells everyone, unless `quiet` (an entry that gets lost on its way). */
  commit(events: RoomEvent[], options: { quiet?: boolean; commandId?: string } = {}): LogEntry {
    const seq = this.log.length + 1;
    const entry: LogEntry = {
      v: 1,
      seq,
      epoch: 1,
      at: seq * 10,
      utc: START + seq * 10,
      actor: 'system',
      audience: 'everyone',
      events,
      ...(options.commandId ? { commandId: options.commandId } : {}),
    };
    this.log.push(entry);
    if (!options.quiet) this.notify('entry', { entry });
    return entry;
  }

  notify<N extends NotificationName>(
    name: N,
    data: NotificationData<N>,
    roomId: string | undefined = ROOM,
  ): void {
    this.#io.emit('notify', { name, ...(roomId ? { roomId } : {}), data });
  }

  /** Breaks every connection, as a restart of the process does. */
  cut(): void {
    for (const socket of this.sockets) socket.conn.close(true);
  }

  countOf(method: Method): number {
    return this.requests.filter((request) => request.method === method).length;
  }

  async close(): Promise<void> {
    await this.#io.close();
  }

  #accept(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('disconnect', () => this.sockets.delete(socket));
    socket.on('request', (message: unknown, reply: (answer: unknown) => void) => {
      const request = Request.parse(message);
      this.requests.push(request);
      this.#answer(request).then(
        (result) => {
          if (!this.swallowAnswers.has(request.method)) reply({ ok: true, result });
        },
        (error: unknown) => reply({ ok: false, error: wireError(error) }),
      );
    });
  }

  async #answer(request: Request): Promise<unknown> {
    const { commandId } = request;
    if (commandId && this.#answers.has(commandId)) return this.#answers.get(commandId);
    const result = await this.#handle(request);
    if (commandId) this.#answers.set(commandId, result);
    return result;
  }

  #handle(request: Request): unknown {
    const own = this.#own(request);
    if (own !== undefined) return own;
    switch (request.method) {
      case 'room.join':
        return this.#join(request.params);
      case 'media.start':
        return {
          routerRtpCapabilities: generateRouterRtpCapabilities(),
          iceServers: [],
          iceTransportPolicy: 'all',
          generation: this.generation,
          av1: false,
        };
      case 'media.createTransport':
        return this.#transport(request.params);
      case 'clock.sync':
        return { utc: Date.now() };
      case 'rooms.list':
        return { rooms: [] };
      case 'media.restartIce':
        return { iceParameters: generateTransportRemoteParameters().iceParameters, iceServers: [] };
      case 'media.produce':
        return pick(request.params, 'producerId');
      case 'media.produceData':
        return pick(request.params, 'dataProducerId');
      case 'chat.send':
        this.commit([
          { type: 'MessageSent', messageId: `m${this.seq}`, peerId: 'p', text: 'x', patientId: 'scene' },
        ]);
        return { messageId: `m${this.seq}` };
      default:
        return {};
    }
  }

  /** The test's own handler, found without losing its types: parameters were parsed by nobody but are our own. */
  #own(request: Request): unknown {
    const handler: unknown = Object.entries(this.handlers).find(([name]) => name === request.method)?.[1];
    return typeof handler === 'function' ? handler(request.params, request) : undefined;
  }

  #join(params: unknown): Partial<Result<'room.join'>> {
    const since =
      typeof params === 'object' && params !== null && 'since' in params ? params.since : undefined;
    const { peerId } = pick(params, 'peerId');
    return {
      peerId: String(peerId),
      role: 'specialist',
      roomTime: 1000,
      token: 'next',
      ...this.joinAnswer(typeof since === 'number' ? since : undefined),
    };
  }

  #transport(params: unknown): unknown {
    const fake = generateTransportRemoteParameters();
    const { transportId } = pick(params, 'transportId');
    const { sctpParameters } = fake;
    if (!sctpParameters) throw new Error('The fake parameters have no SCTP.');
    const { iceParameters, iceCandidates, dtlsParameters } = fake;
    return { transportId: String(transportId), iceParameters, iceCandidates, dtlsParameters, sctpParameters };
  }
}

function pick(params: unknown, name: string): Record<string, unknown> {
  if (typeof params !== 'object' || params === null) throw new TestRefusal('bad-request');
  return { [name]: Object.entries(params).find(([key]) => key === name)?.[1] };
}

function wireError(error: unknown) {
  if (!(error instanceof TestRefusal)) return { code: 'internal', message: String(error) };
  const { code, retryAfterMs } = error;
  return { code, message: code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
