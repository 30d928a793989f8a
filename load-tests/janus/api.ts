/**
 * A client of the Janus API over WebSockets (https://janus.conf.meetecho.com/docs/rest.html): a session, handles of plugins,
 * requests and the events that come unasked.
 */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { AppError } from '../../platform/errors.ts';

/** How long Janus may take to answer anything. */
const ANSWER_MS = 15_000;
/** Janus forgets a session after 60 s without a request. */
const KEEPALIVE_MS = 25_000;

const Jsep = z.looseObject({ type: z.enum(['offer', 'answer']), sdp: z.string() });
export type Jsep = z.infer<typeof Jsep>;

const Message = z.looseObject({
  janus: z.string(),
  transaction: z.string().optional(),
  sender: z.number().optional(),
  data: z.looseObject({ id: z.number() }).optional(),
  plugindata: z.looseObject({ data: z.record(z.string(), z.unknown()) }).optional(),
  jsep: Jsep.optional(),
  error: z.looseObject({ code: z.number(), reason: z.string() }).optional(),
});
type Message = z.infer<typeof Message>;

/** What a plugin says: the answer to a request, or an event. */
export interface PluginAnswer {
  readonly data: Readonly<Record<string, unknown>>;
  readonly jsep?: Jsep;
}

type Body = Readonly<Record<string, unknown>>;

export class JanusApi {
  /** Requests sent that waited for an answer: each is one round trip on the network. */
  roundTrips = 0;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, { resolve(answer: Message): void; reject(error: Error): void }>();
  readonly #handles = new Map<number, (answer: PluginAnswer) => void>();
  #sessionId: number | undefined;
  #keepalive: NodeJS.Timeout | undefined;
  #next = 1;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#receive(String(data)));
    socket.on('close', () => this.#abandon('Janus closed the connection.'));
    socket.on('error', (error) => this.#abandon(`The connection to Janus failed: ${error.message}`));
  }

  /** Connects and opens a session; rejects with `janus-unreachable`. */
  static async connect(port: number): Promise<JanusApi> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, 'janus-protocol', { handshakeTimeout: ANSWER_MS });
    const api = new JanusApi(socket);
    await once(socket, 'open').catch((error: unknown) => {
      throw new AppError('janus-unreachable', `Janus does not listen on port ${port}.`, { cause: error });
    });
    // The handshake of the connection itself; TCP's and the WebSocket's.
    api.roundTrips += 2;
    const { data } = await api.#ask({ janus: 'create' });
    api.#sessionId = data?.id;
    api.#keepalive = setInterval(() => {
      // A lost answer shows in the next request that somebody waits for.
      api.#send({ janus: 'keepalive' });
    }, KEEPALIVE_MS);
    api.#keepalive.unref();
    return api;
  }

  /** Opens a handle of a plugin; its events without a request go to `onEvent`. */
  async attach(plugin: string, onEvent: (answer: PluginAnswer) => void = () => {}): Promise<number> {
    const { data } = await this.#ask({ janus: 'attach', plugin });
    if (data === undefined) throw new AppError('janus-refused', `Janus gave no handle for ${plugin}.`);
    this.#handles.set(data.id, onEvent);
    return data.id;
  }

  /** A request to a plugin; resolves with its answer, rejects with `janus-refused` and its reason. */
  async request(handleId: number, body: Body, jsep?: Jsep): Promise<PluginAnswer> {
    const message = { janus: 'message', handle_id: handleId, body, ...(jsep === undefined ? {} : { jsep }) };
    const answer = answerOf(await this.#ask(message));
    const { error, error_code: code } = answer.data;
    if (error !== undefined) throw new AppError('janus-refused', `Janus says ${error} (${code}).`);
    return answer;
  }

  /** Ends a handle and its connection. */
  async detach(handleId: number): Promise<void> {
    this.#handles.delete(handleId);
    await this.#ask({ janus: 'detach', handle_id: handleId });
  }

  /** The version as Janus itself says it. */
  async version(): Promise<string> {
    const { version_string: version } = await this.#ask({ janus: 'info' });
    return z.string().parse(version);
  }

  /** Idempotent. */
  close(): void {
    clearInterval(this.#keepalive);
    this.#socket.terminate();
    this.#abandon('The connection to Janus was closed.');
  }

  #send(message: Body): string {
    const transaction = String(this.#next++);
    // What is asked of the program itself belongs to no session, and is refused within one.
    const session =
      this.#sessionId === undefined || message.janus === 'info' ? {} : { session_id: this.#sessionId };
    this.#socket.send(JSON.stringify({ ...message, ...session, transaction }));
    return transaction;
  }

  async #ask(message: Body): Promise<Message> {
    const { promise, resolve, reject } = Promise.withResolvers<Message>();
    const transaction = this.#send(message);
    this.roundTrips += 1;
    this.#waiting.set(transaction, { resolve, reject });
    const timer = setTimeout(() => {
      reject(new AppError('janus-silent', `Janus did not answer ${message.janus} within ${ANSWER_MS} ms.`));
    }, ANSWER_MS);
    try {
      const answer = await promise;
      if (answer.error === undefined) return answer;
      throw new AppError('janus-refused', `Janus says ${answer.error.reason} (${answer.error.code}).`);
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(transaction);
    }
  }

  #receive(text: string): void {
    const message = Message.parse(JSON.parse(text));
    // The plugin works on it: its answer comes as an event of the same transaction.
    if (message.janus === 'ack') return;
    const waiting = message.transaction === undefined ? undefined : this.#waiting.get(message.transaction);
    if (waiting !== undefined) waiting.resolve(message);
    else if (message.sender !== undefined) this.#handles.get(message.sender)?.(answerOf(message));
  }

  #abandon(why: string): void {
    const error = new AppError('janus-unreachable', why);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function answerOf({ plugindata, jsep }: Message): PluginAnswer {
  return { data: plugindata?.data ?? {}, ...(jsep === undefined ? {} : { jsep }) };
}
