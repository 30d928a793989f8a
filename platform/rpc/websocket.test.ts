import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import jwt from 'jsonwebtoken';
import { WebSocket, WebSocketServer } from 'ws';
import * as z from 'zod/mini';
import { createLogger } from '../log.ts';
import type { LinkState, RpcClient, RpcService } from './table.ts';
import { connectRpc } from './websocket-client.ts';
import { listenRpc, type WebsocketRpcServer } from './websocket-server.ts';

const TABLE = {
  methods: { ping: { params: z.strictObject({}), result: z.strictObject({}) } },
  events: {},
} as const;
type Table = typeof TABLE;

const secret = 'the secret of this cluster, 32 bytes';
const service: RpcService<Table> = {
  handle: async <M extends keyof Table['methods']>(method: M) =>
    z.parse<Table['methods'][M]['result']>(TABLE.methods[method].result, {}),
  onEvent: () => () => {},
};

/** A logger whose lines a test can wait for. */
function watchedLogger() {
  const waiters: { pattern: RegExp; resolve: (line: string) => void }[] = [];
  const write = (line: string) => {
    for (const waiter of waiters.filter(({ pattern }) => pattern.test(line))) waiter.resolve(line);
  };
  const logger = createLogger('rpc-test', {}, { level: 'info', destination: { write } });
  const line = (pattern: RegExp) => new Promise<string>((resolve) => waiters.push({ pattern, resolve }));
  return { logger, line };
}

const quiet = watchedLogger().logger;

function listen(port = 0): Promise<WebsocketRpcServer> {
  return listenRpc({ table: TABLE, service, logger: quiet, host: '127.0.0.1', port, secret });
}

function client(port: number, options: { secret?: string; logger?: typeof quiet } = {}): RpcClient<Table> {
  return connectRpc({
    table: TABLE,
    url: `ws://127.0.0.1:${port}`,
    secret: options.secret ?? secret,
    logger: options.logger ?? quiet,
    label: 'the test',
  });
}

function until(link: RpcClient<Table>, wanted: LinkState): Promise<void> {
  return new Promise((resolve) => {
    const stop = link.onLink((state) => {
      if (state !== wanted) return;
      stop();
      resolve();
    });
  });
}

/** Tries to upgrade with these headers and returns the HTTP status of the refusal. */
function refusal(port: number, headers: Record<string, string>): Promise<number | undefined> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { headers });
  return new Promise((resolve, reject) => {
    socket.once('unexpected-response', (request, response) => {
      resolve(response.statusCode);
      request.destroy();
    });
    socket.once('open', () => reject(new Error('it was let in')));
    socket.on('error', () => {});
  });
}

describe('control link over WebSocket, at the door', () => {
  let server: WebsocketRpcServer;
  before(async () => {
    server = await listen();
  });
  after(() => server.close('end of test'));

  const nonce = { 'goldenhour-nonce': 'a'.repeat(22) };
  const bearer = (token: string) => ({ ...nonce, authorization: `Bearer ${token}` });

  it('outlives strangers who ask and break off at any moment', async () => {
    const request = [
      'GET / HTTP/1.1',
      'Host: 127.0.0.1',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
    ];
    // An error that nobody takes would end the process; here the runner fails this test by it.
    for (let round = 0; round < 50; round += 1) {
      const stranger = connectTcp(server.port, '127.0.0.1');
      stranger.on('error', () => {});
      await once(stranger, 'connect');
      stranger.write(`${request.join('\r\n')}\r\n\r\n`);
      if (round % 2 === 0) await once(stranger, 'data');
      stranger.resetAndDestroy();
      await once(stranger, 'close');
    }
    const link = client(server.port);
    await until(link, 'up');
    await link.close('the test is over');
  });

  it('refuses a token that is missing, foreign, expired, for another audience or unsigned', async () => {
    const sign = (options: jwt.SignOptions, key = secret) =>
      jwt.sign({}, key, { algorithm: 'HS256', ...options });
    const unsigned = jwt.sign({}, '', { algorithm: 'none', audience: 'control', expiresIn: 60 });
    assert.equal(await refusal(server.port, nonce), 401);
    for (const token of [
      sign({ audience: 'control', expiresIn: 60 }, 'another secret'),
      sign({ audience: 'control', expiresIn: -1 }),
      sign({ audience: 'room', expiresIn: 60 }),
      unsigned,
    ]) {
      assert.equal(await refusal(server.port, bearer(token)), 401);
    }
    const good = sign({ audience: 'control', expiresIn: 60 });
    assert.equal(await refusal(server.port, { authorization: `Bearer ${good}` }), 401);
  });

  it('serves nothing to somebody who plays a recorded token and cannot answer the challenge', async () => {
    const token = jwt.sign({}, secret, { algorithm: 'HS256', audience: 'control', expiresIn: 60 });
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}`, { headers: bearer(token) });
    const texts: string[] = [];
    socket.on('message', (data) => void texts.push(String(data)));
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(JSON.stringify({ type: 'proof', proof: 'b'.repeat(43) }));
    socket.send(JSON.stringify({ type: 'request', id: 1, method: 'ping', params: {} }));
    await new Promise((resolve) => socket.once('close', resolve));
    assert.equal(texts.length, 1);
    assert.match(texts[0] ?? '', /"type":"hello"/);
    assert.equal(server.links, 0);
  });

  it('answers plain HTTP with 426', async () => {
    const response = await fetch(`http://127.0.0.1:${server.port}/`);
    assert.equal(response.status, 426);
  });
});

describe('control link over WebSocket, the client', () => {
  it('refuses a server that does not know the secret', async () => {
    const http = createHttpServer();
    const impostor = new WebSocketServer({ server: http });
    impostor.on('connection', (socket) => {
      socket.send(JSON.stringify({ type: 'hello', nonce: 'n'.repeat(22), proof: 'p'.repeat(43) }));
      socket.send(JSON.stringify({ type: 'ready' }));
    });
    const port = await listenAnywhere(http);
    const { logger, line } = watchedLogger();
    const refused = line(/does not know the cluster secret/);
    const link = client(port, { logger });
    await refused;
    assert.equal(link.connected, false);
    await link.close('end of test');
    for (const socket of impostor.clients) socket.terminate();
    impostor.close();
    await new Promise((resolve) => http.close(resolve));
  });

  it('reconnects to a server that was restarted on the same port', async () => {
    const first = await listen();
    const link = client(first.port);
    await until(link, 'up');
    const down = until(link, 'down');
    await first.close('restart');
    await down;
    const second = await listen(first.port);
    await until(link, 'up');
    assert.deepEqual(await link.request('ping', {}), {});
    await link.close('end of test');
    await second.close('end of test');
  });

  it('finds a link dead when nothing passes any more, on both sides, and comes back when it does', async () => {
    const { logger, line } = watchedLogger();
    const server = await listenRpc({ table: TABLE, service, logger, host: '127.0.0.1', port: 0, secret });
    const proxy = await blackHoleProxy(server.port);
    const link = client(proxy.port);
    await until(link, 'up');
    const down = until(link, 'down');
    const serverSaw = line(/nothing heard.*control link closed/);
    proxy.swallow(true);
    await Promise.all([down, serverSaw]);
    proxy.swallow(false);
    await until(link, 'up');
    await link.close('end of test');
    await server.close('end of test');
    await proxy.close();
  });
});

function listenAnywhere(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve) => {
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/** Forwards TCP, or swallows it without closing anything, like a host that has lost power. */
async function blackHoleProxy(target: number) {
  const sockets = new Set<Socket>();
  let swallowing = false;
  const forward = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.on('data', (data) => {
      if (!swallowing) to.write(data);
    });
    from.on('error', () => from.destroy());
    from.on('close', () => {
      sockets.delete(from);
      if (!swallowing) to.destroy();
    });
  };
  const server = createServer((near) => {
    const far = connectTcp(target, '127.0.0.1');
    forward(near, far);
    forward(far, near);
  });
  const port = await listenAnywhere(server);
  return {
    port,
    swallow: (on: boolean) => {
      swallowing = on;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
