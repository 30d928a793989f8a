/** A message centre for tests, on the server side of the library: it takes what comes, and misbehaves when told to. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import smpp, { type Pdu, type Session } from 'smpp';

export interface Taken {
  readonly pdu: Pdu;
  /** The text in its alphabet, without a header. */
  readonly text: string;
  readonly id: string;
}

export interface MessageCentre {
  readonly port: number;
  /** `submit_sm` in the order they came. */
  readonly taken: Taken[];
  readonly binds: Pdu[];
  readonly commands: string[];
  /** Connections that stand. */
  readonly sessions: ReadonlySet<Session>;
  readonly behaviour: Behaviour;
  /** Sends a receipt in the text form of appendix B of the specification. */
  receipt(id: string, stat: string, err?: string): void;
  /** Sends bytes as they are. */
  raw(bytes: Buffer): void;
  /** Breaks every connection without goodbye. */
  drop(): void;
  close(): Promise<void>;
}

export interface Behaviour {
  bindStatus: number;
  /** Answers of the next `submit_sm`, one after the other; then 0. */
  submitStatuses: number[];
  /** What is done with a `submit_sm`. */
  onSubmit: 'answer' | 'silence' | 'drop';
  /** Receipts by itself: none, behind the answer, or before it. */
  receipts: 'none' | 'behind' | 'before';
  enquire: 'answer' | 'silence';
  /** Milliseconds before an answer to `submit_sm`. */
  slowMs: number;
  /** Form of ids in answers. */
  hexIds: boolean;
}

/**
 * Starts one.
 * @param port any free one unless given, such as that of a centre that has died
 * @param tls key and certificate (PEM) of a centre that is reached by TLS
 */
export async function startMessageCentre(
  port = 0,
  tls?: { readonly key: string; readonly cert: string },
): Promise<MessageCentre> {
  const taken: Taken[] = [];
  const binds: Pdu[] = [];
  const commands: string[] = [];
  const sessions = new Set<Session>();
  const behaviour: Behaviour = {
    bindStatus: 0,
    submitStatuses: [],
    onSubmit: 'answer',
    receipts: 'behind',
    enquire: 'answer',
    slowMs: 0,
    hexIds: false,
  };
  let last = 1000;
  const centre = { taken, binds, commands, sessions, behaviour };
  const accept = (session: Session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => session.destroy());
    session.on('pdu', (pdu: Pdu) => {
      commands.push(pdu.command);
      if (pdu.isResponse()) return;
      if (pdu.command === 'bind_transceiver') {
        binds.push(pdu);
        session.send(pdu.response({ command_status: behaviour.bindStatus, system_id: 'centre' }));
      } else if (pdu.command === 'submit_sm') {
        last += 1;
        submitted(centre, session, pdu, last);
      } else if (pdu.command !== 'enquire_link' || behaviour.enquire === 'answer') {
        session.send(pdu.response());
      }
    });
  };
  const server = tls ? smpp.createServer(tls, accept) : smpp.createServer(accept);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const each = (act: (session: Session) => void) => {
    for (const session of [...sessions]) act(session);
  };
  return {
    ...centre,
    port: typeof address === 'object' && address !== null ? address.port : 0,
    receipt: (id, stat, err = '000') => each((session) => sendReceipt(session, id, stat, err)),
    raw: (bytes) => each((session) => void session.socket.write(bytes)),
    drop: () => each((session) => socketOf(session).destroy()),
    async close() {
      each((session) => socketOf(session).destroy());
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function submitted(
  { taken, behaviour }: Pick<MessageCentre, 'taken' | 'behaviour'>,
  session: Session,
  pdu: Pdu,
  number: number,
): void {
  const status = behaviour.submitStatuses.shift() ?? 0;
  const id = behaviour.hexIds ? number.toString(16).padStart(8, '0') : String(number);
  if (status === 0) taken.push({ pdu, id, text: textOf(pdu) });
  if (behaviour.onSubmit === 'drop') socketOf(session).destroy();
  if (behaviour.onSubmit !== 'answer') return;
  const receipt = () => sendReceipt(session, String(number), 'DELIVRD', '000');
  const answer = () => {
    if (status === 0 && behaviour.receipts === 'before') receipt();
    session.send(pdu.response(status === 0 ? { message_id: id } : { command_status: status }));
    if (status === 0 && behaviour.receipts === 'behind') receipt();
  };
  if (behaviour.slowMs === 0) answer();
  else setTimeout(answer, behaviour.slowMs);
}

function sendReceipt(session: Session, id: string, stat: string, err: string): void {
  const text = `id:${id} sub:001 dlvrd:001 submit date:2611201830 done date:2611201831 stat:${stat} err:${err} text:`;
  const fields = { esm_class: 4, source_addr: '8613800138000', data_coding: 0, short_message: text };
  session.send(new smpp.PDU('deliver_sm', fields));
}

function textOf(pdu: Pdu): string {
  const payload = pdu.message_payload ?? pdu.short_message;
  if (typeof payload === 'string') return payload;
  if (typeof payload === 'object' && payload !== null && 'message' in payload) return String(payload.message);
  return '';
}

function socketOf(session: Session): Socket {
  return session.socket;
}
