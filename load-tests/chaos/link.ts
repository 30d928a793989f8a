/** One client's own link to the service: a TCP relay that can break, swallow what comes back, and take its time. */
import { connect, createServer, type Socket } from 'node:net';

export interface Link {
  readonly port: number;
  /** Breaks it now; nobody gets through for `forMs`. */
  cut(forMs: number): void;
  /** What the service sends is swallowed for `forMs`, as on a link that is dead one way; then it breaks. */
  deafen(forMs: number): void;
  /** Each direction takes this much longer, in milliseconds. */
  delay(ms: number): void;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly behind: Socket;
}

/** Listens on a free port of loopback and forwards to whatever port `target` says at each new connection. */
export async function openLink(target: () => number): Promise<Link> {
  const pairs = new Set<Pair>();
  const timers = new Set<NodeJS.Timeout>();
  const state = { downUntil: 0, deafUntil: 0, delayMs: 0 };
  const later = (ms: number, then: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      then();
    }, ms);
    timers.add(timer);
  };
  const breakAll = () => {
    for (const { client, behind } of pairs) {
      client.resetAndDestroy();
      behind.resetAndDestroy();
    }
  };
  const server = createServer((client) => {
    if (performance.now() < state.downUntil) {
      client.resetAndDestroy();
      return;
    }
    const pair = { client, behind: connect(target(), '127.0.0.1') };
    pairs.add(pair);
    const passes = () => performance.now() >= state.deafUntil;
    join(pair.client, pair.behind, () => true, state, later);
    join(pair.behind, pair.client, passes, state, later);
    pair.behind.on('close', () => pairs.delete(pair));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a link listens on a port');
  return {
    port: address.port,
    cut: (forMs) => {
      state.downUntil = performance.now() + forMs;
      breakAll();
    },
    deafen: (forMs) => {
      state.deafUntil = performance.now() + forMs;
      later(forMs, breakAll);
    },
    delay: (ms) => {
      state.delayMs = ms;
    },
    close: async () => {
      for (const timer of timers) clearTimeout(timer);
      breakAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Forwards one direction in order, each piece after its delay. */
function join(
  from: Socket,
  to: Socket,
  passes: () => boolean,
  state: { readonly delayMs: number },
  later: (ms: number, then: () => void) => void,
): void {
  let dueAt = 0;
  from.setNoDelay(true);
  const deliver = (piece: Buffer) => {
    if (!to.destroyed) to.write(piece);
  };
  from.on('data', (piece: Buffer) => {
    if (!passes()) return;
    const now = performance.now();
    // A piece never overtakes the one before it, also when the delay has just become shorter.
    dueAt = Math.max(now + state.delayMs, dueAt);
    if (dueAt <= now) deliver(piece);
    else later(dueAt - now, () => deliver(piece));
  });
  // A broken end is told to the other one by the close that follows.
  from.on('error', () => undefined);
  from.on('close', () => to.destroy());
}
