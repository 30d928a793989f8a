/** A TCP forwarder on one address, as a load balancer stands before several signaling processes. */
import { connect, createServer, type Socket } from 'node:net';

export interface Front {
  readonly port: number;
  /** From now on everyone is sent to this port; connections to another one are cut, as by a failed health check. */
  turnTo(port: number): void;
  close(): Promise<void>;
}

/** Listens on a free port of loopback and forwards to `port`. */
export async function openFront(port: number): Promise<Front> {
  let target = port;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const behind = connect(target, '127.0.0.1');
    for (const [socket, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      open.add(socket);
      socket.setNoDelay(true);
      // A broken end is told to the other one by the close that follows.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a front listens on a port');
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: address.port,
    turnTo: (next) => {
      if (next === target) return;
      target = next;
      cut();
    },
    close: async () => {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
