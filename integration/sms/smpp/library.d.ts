/** What we use of the library `smpp` 0.5.1, which brings no types; checked against its source (lib/smpp.js, lib/pdu.js). */
declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { Server as NetServer, Socket } from 'node:net';

  /** Fields are those of the command (SMPP 3.4 section 4); which of them came is for the reader to check. */
  export interface Pdu {
    readonly command: string;
    readonly command_id: number;
    readonly command_status: number;
    readonly sequence_number: number;
    readonly [field: string]: unknown;
    isResponse(): boolean;
    /** The answer to this PDU: `generic_nack` to an unknown one. */
    response(fields?: PduFields): Pdu;
  }
  export type PduFields = Readonly<Record<string, unknown>>;

  export class PDU {
    constructor(command: string, fields?: PduFields);
    toBuffer(): Buffer;
    static maxLength: number;
  }

  /** Emits `pdu` for each, then its command; `close`; `error`, after which it reads nothing more. */
  export class Session extends EventEmitter {
    constructor(options: { socket: Socket });
    readonly socket: Socket;
    readonly server?: Server;
    /** Answers false when the socket takes nothing more; then no answer is ever called. */
    send(pdu: PDU | Pdu, answered?: (answer: Pdu) => void, written?: () => void): boolean;
    close(done?: () => void): void;
    destroy(done?: () => void): void;
  }

  export class Server extends NetServer {
    readonly sessions: Session[];
  }

  interface Smpp {
    readonly PDU: typeof PDU;
    readonly Session: typeof Session;
    createServer(listener: (session: Session) => void): Server;
    createServer(options: { key: string; cert: string }, listener: (session: Session) => void): Server;
  }
  const smpp: Smpp;
  export default smpp;
}
