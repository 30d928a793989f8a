/** One bound connection to a message centre: requests with deadlines, a heartbeat, answers to what the centre asks. */
import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import smpp, { type Pdu, type PduFields, type Session } from 'smpp';
import { withDeadline } from '../../../platform/deadline.ts';
import { AppError, messageOf } from '../../../platform/errors.ts';
import type { Logger } from '../../../platform/log.ts';
import type { OutgoingGuard } from '../../../platform/outgoing.ts';
import type { SmppSmsOptions } from './options.ts';
import { statusName } from './status.ts';

export interface ConnectionOptions {
  readonly smpp: SmppSmsOptions;
  readonly host: string;
  readonly guard: OutgoingGuard;
  readonly log: Logger;
  /** Text of `sms.smpp.caFile`. */
  readonly ca?: string;
  /** Called for each `deliver_sm`, before it is answered. */
  onDeliver(pdu: Pdu): void;
}

/** Version 3.4 of the protocol in `interface_version`. */
const VERSION_3_4 = 0x34;
const INVALID_COMMAND = 0x03;
const UNBIND_MS = 2000;

/** The error of a request without an answer; `details.sent` is false while the centre cannot have got it. */
function lost(why: string, sent: boolean): AppError {
  return new AppError('smpp-lost', `The message centre did not answer: ${why}.`, {
    status: 502,
    whatToDo: 'It is connected again by itself; look at the network and at the centre if that lasts.',
    details: { sent, why },
  });
}

/**
 * Connects and binds as a transceiver. Throws `outgoing-refused`, `smpp-bind-refused` (with the status as `details.status`),
 * `smpp-lost`, `deadline-exceeded`, or what the network says.
 */
export async function openConnection(options: ConnectionOptions): Promise<SmppConnection> {
  const { systemId, password, systemType } = options.smpp;
  const socket = await openSocket(options);
  const connection = new SmppConnection(options, socket);
  try {
    const answer = await connection.request('bind_transceiver', {
      ...{ system_id: systemId, password, system_type: systemType, interface_version: VERSION_3_4 },
    });
    if (answer.command_status !== 0 || answer.command !== 'bind_transceiver_resp') {
      const status = statusName(answer.command_status);
      throw new AppError('smpp-bind-refused', `The message centre refused the bind: ${status}.`, {
        status: 502,
        whatToDo: 'Compare sms.smpp.systemId, password and systemType with what the provider gave.',
        details: { status },
      });
    }
    connection.beat();
    return connection;
  } catch (error) {
    connection.destroy(messageOf(error));
    throw error;
  }
}

async function openSocket({ smpp: settings, host, guard, ca }: ConnectionOptions): Promise<Socket> {
  guard.assertHost(host);
  const { port, tls, answerSeconds } = settings;
  const where = { host, port, lookup: guard.lookup };
  const secure = { ...where, minVersion: 'TLSv1.2' as const, ...(ca === undefined ? {} : { ca }) };
  const socket = tls ? connectTls(secure) : connectPlain(where);
  const ms = answerSeconds * 1000;
  try {
    // `once` rejects with the error of the socket, should one come first.
    await withDeadline(
      once(socket, tls ? 'secureConnect' : 'connect'),
      ms,
      'connecting to the message centre',
    );
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.setNoDelay(true);
  return socket;
}

export class SmppConnection {
  readonly #options: ConnectionOptions;
  readonly #session: Session;
  readonly #waiting = new Set<(why: string) => void>();
  readonly #ended = Promise.withResolvers<string>();
  #timer: NodeJS.Timeout | undefined;
  #why: string | undefined;
  /** Monotonic time of the newest PDU, in milliseconds. */
  #heard = 0;

  constructor(options: ConnectionOptions, socket: Socket) {
    this.#options = options;
    this.#session = new smpp.Session({ socket });
    // The library reads nothing more after an error, such as a PDU that makes no sense: only a new connection helps.
    this.#session.on('error', (error: unknown) => this.destroy(messageOf(error)));
    this.#session.on('close', () => this.destroy('the connection was closed'));
    this.#session.on('pdu', (pdu: Pdu) => this.#receive(pdu));
  }

  /** Resolves with the reason when the connection has ended. */
  get ended(): Promise<string> {
    return this.#ended.promise;
  }

  get isOpen(): boolean {
    return this.#why === undefined;
  }

  /** Sends a request and resolves with its answer, of whatever status. Throws `smpp-lost`. */
  request(command: string, fields: PduFields): Promise<Pdu> {
    const { promise, resolve, reject } = Promise.withResolvers<Pdu>();
    if (this.#why !== undefined) return Promise.reject(lost(this.#why, false));
    const ms = this.#options.smpp.answerSeconds * 1000;
    const sentAt = performance.now();
    const timer = setTimeout(() => {
      fail(`no answer within ${ms} ms`);
      // A centre that is slow with one answer says other things meanwhile; one that says nothing is gone.
      if (this.#heard < sentAt) this.destroy(`silent for ${ms} ms`);
    }, ms);
    const fail = (why: string) => {
      clearTimeout(timer);
      this.#waiting.delete(fail);
      reject(lost(why, true));
    };
    this.#waiting.add(fail);
    const isTaken = this.#session.send(new smpp.PDU(command, fields), (answer) => {
      clearTimeout(timer);
      this.#waiting.delete(fail);
      resolve(answer);
    });
    if (!isTaken) {
      clearTimeout(timer);
      this.#waiting.delete(fail);
      reject(lost('the connection takes nothing more', false));
    }
    return promise;
  }

  /** Tries the connection again and again; a try without an answer ends it. */
  beat(): void {
    this.#timer = setTimeout(() => {
      this.request('enquire_link', {}).then(
        () => this.isOpen && this.beat(),
        (error: unknown) => this.destroy(messageOf(error)),
      );
    }, this.#options.smpp.enquireSeconds * 1000);
  }

  /** Says goodbye and ends; after 2 s without it. Idempotent. */
  async close(reason: string): Promise<void> {
    if (this.#why !== undefined) return;
    clearTimeout(this.#timer);
    try {
      await withDeadline(this.request('unbind', {}), UNBIND_MS, 'unbind');
    } catch (error) {
      this.#options.log.debug({ reason: messageOf(error) }, 'the message centre did not answer the goodbye');
    }
    this.destroy(reason);
  }

  /** Ends at once; what waits for an answer fails. Idempotent. */
  destroy(why: string): void {
    if (this.#why !== undefined) return;
    this.#why = why;
    clearTimeout(this.#timer);
    for (const fail of [...this.#waiting]) fail(why);
    this.#session.socket.destroy();
    this.#ended.resolve(why);
  }

  /** Called inside the library's reading, which an error would end for good. */
  #receive(pdu: Pdu): void {
    this.#heard = performance.now();
    if (pdu.isResponse()) return;
    try {
      switch (pdu.command) {
        case 'enquire_link':
          this.#session.send(pdu.response());
          return;
        case 'deliver_sm':
          this.#options.onDeliver(pdu);
          this.#session.send(pdu.response());
          return;
        case 'unbind':
          this.#session.send(pdu.response(), undefined, () =>
            this.destroy('the message centre said goodbye'),
          );
          return;
        default:
          this.#session.send(
            new smpp.PDU('generic_nack', {
              sequence_number: pdu.sequence_number,
              command_status: INVALID_COMMAND,
            }),
          );
      }
    } catch (error) {
      this.#options.log.warn({ command: pdu.command, reason: messageOf(error) }, 'a PDU was not understood');
    }
  }
}
