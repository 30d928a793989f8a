import assert from 'node:assert/strict';
import * as z from 'zod/mini';
import { AppError, isAppError } from '../errors.ts';
import { createLogger } from '../log.ts';
import { MAX_MESSAGE_BYTES } from './channel.ts';
import { createMemoryRpcServer } from './memory.ts';
import type { EventDataOf, EventOf, LinkState, RpcClient, RpcServer, RpcService } from './table.ts';
import { connectRpc } from './websocket-client.ts';
import { listenRpc } from './websocket-server.ts';

const TABLE = {
  methods: {
    add: {
      params: z.strictObject({ a: z.number(), b: z.number() }),
      result: z.strictObject({ sum: z.number() }),
    },
    echo: {
      params: z.strictObject({ list: z.array(z.number()) }),
      result: z.strictObject({ list: z.array(z.number()) }),
    },
    never: { params: z.strictObject({}), result: z.strictObject({}) },
    fail: { params: z.strictObject({ coded: z.boolean() }), result: z.strictObject({}) },
    announce: { params: z.strictObject({ count: z.int() }), result: z.strictObject({}) },
    size: { params: z.strictObject({ bytes: z.int() }), result: z.strictObject({ text: z.string() }) },
    wrong: { params: z.strictObject({}), result: z.strictObject({ value: z.number() }) },
  },
  events: { tick: z.strictObject({ n: z.int() }) },
} as const;
type Table = typeof TABLE;
type Listener = Parameters<RpcService<Table>['onEvent']>[0];

const logger = createLogger('rpc-test', {}, { level: 'silent' });

/** A service whose answers make every promise of the link visible. */
function createService() {
  const listeners = new Set<Listener>();
  const lists: number[][] = [];
  const links: string[] = [];
  const emit = <E extends EventOf<Table>>(event: E, data: EventDataOf<Table, E>) => {
    for (const listener of listeners) listener(event, data);
  };
  const methods = {
    add: async ({ a, b }: { a: number; b: number }) => ({ sum: a + b }),
    echo: async ({ list }: { list: number[] }) => {
      lists.push(list);
      return { list };
    },
    never: () => new Promise<Record<string, never>>(() => {}),
    fail: async ({ coded }: { coded: boolean }) => {
      if (!coded) throw new Error('password=hunter2');
      throw new AppError('room-full', 'The room is full.', { status: 409, details: { peers: 3 } });
    },
    announce: async ({ count }: { count: number }) => {
      for (let n = 1; n <= count; n += 1) emit('tick', { n });
      return {};
    },
    size: async ({ bytes }: { bytes: number }) => ({ text: 'x'.repeat(bytes) }),
    wrong: async () => ({ value: Number.NaN }),
  };
  const service: RpcService<Table> = {
    handle: (method, params) => {
      const handlers: { [M in keyof typeof methods]: (params: never) => unknown } = methods;
      return Reflect.apply(handlers[method], undefined, [params]);
    },
    onEvent: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    linkUp: (linkId) => void links.push(`up ${linkId}`),
    linkDown: (linkId) => void links.push(`down ${linkId}`),
  };
  return { service, listeners, lists, links, emit };
}

async function untilLink(client: RpcClient<Table>, wanted: LinkState): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = client.onLink((state) => {
    if (state === wanted) resolve();
  });
  await promise;
  stop();
}

interface Kind {
  readonly name: string;
  open(service: RpcService<Table>): Promise<{ server: RpcServer; connect(): RpcClient<Table> }>;
}

const secret = 'the secret of this cluster, 32 bytes';
const kinds: Kind[] = [
  {
    name: 'in memory',
    open: async (service) => {
      const server = createMemoryRpcServer({ table: TABLE, service, logger });
      return { server, connect: () => server.connect({ logger, label: 'the test' }) };
    },
  },
  {
    name: 'over WebSocket',
    open: async (service) => {
      const server = await listenRpc({ table: TABLE, service, logger, host: '127.0.0.1', port: 0, secret });
      const url = `ws://127.0.0.1:${server.port}`;
      return { server, connect: () => connectRpc({ table: TABLE, url, secret, logger, label: 'the test' }) };
    },
  },
];

for (const kind of kinds) {
  describe(`control link ${kind.name}`, () => {
    const made = createService();
    let server: RpcServer;
    let client: RpcClient<Table>;

    before(async () => {
      const opened = await kind.open(made.service);
      server = opened.server;
      client = opened.connect();
      await untilLink(client, 'up');
    });

    after(async () => {
      await client.close('end of test');
      await server.close('end of test');
      assert.equal(made.listeners.size, 0);
    });

    it('answers requests with parsed results', async () => {
      assert.deepEqual(await client.request('add', { a: 2, b: 3 }), { sum: 5 });
      assert.equal(server.links, 1);
    });

    it('shares nothing by reference', async () => {
      const list = [1, 2, 3];
      const answer = await client.request('echo', { list });
      list.push(4);
      made.lists.at(-1)?.push(5);
      assert.deepEqual(answer.list, [1, 2, 3]);
    });

    it('starts requests in the order of asking and delivers events before the answer that follows them', async () => {
      const seen: (number | string)[] = [];
      const stop = client.on('tick', ({ n }) => void seen.push(n));
      await client.request('announce', { count: 500 }).then(() => seen.push('answer'));
      stop();
      assert.deepEqual(seen, [...Array.from({ length: 500 }, (_, index) => index + 1), 'answer']);
      const from = made.lists.length;
      await Promise.all(Array.from({ length: 100 }, (_, n) => client.request('echo', { list: [n] })));
      assert.deepEqual(
        made.lists.slice(from).map(([n]) => n),
        Array.from({ length: 100 }, (_, n) => n),
      );
    });

    it('passes coded errors on and hides what nobody coded', async () => {
      await assert.rejects(client.request('fail', { coded: true }), (error) => {
        assert.ok(isAppError(error, 'room-full'));
        assert.deepEqual([error.status, error.details], [409, { peers: 3 }]);
        return true;
      });
      await assert.rejects(client.request('fail', { coded: false }), (error) => {
        assert.ok(isAppError(error, 'internal-error'));
        assert.ok(!JSON.stringify(error.toWire()).includes('hunter2'));
        return true;
      });
    });

    it('refuses unknown methods and parameters or results that do not fit, and goes on', async () => {
      const ask = (method: string, params: object): Promise<unknown> =>
        Reflect.apply(client.request, client, [method, params]);
      await assert.rejects(ask('toString', {}), (error) => isAppError(error, 'unknown-method'));
      await assert.rejects(ask('add', { a: 1, b: 2, c: 3 }), (error) => isAppError(error, 'bad-request'));
      await assert.rejects(ask('add', { a: 'one', b: 2 }), (error) => isAppError(error, 'bad-request'));
      await assert.rejects(client.request('wrong', {}), (error) => isAppError(error, 'bad-request'));
      assert.deepEqual(await client.request('add', { a: 1, b: 1 }), { sum: 2 });
    });

    it('gives a request up at its deadline', async () => {
      await assert.rejects(client.request('never', {}, 20), (error) =>
        isAppError(error, 'deadline-exceeded'),
      );
    });

    it('refuses messages above the limit in both directions without losing the link', async () => {
      const list = Array.from({ length: MAX_MESSAGE_BYTES / 2 }, () => 11);
      await assert.rejects(client.request('echo', { list }), (error) => isAppError(error, 'too-large'));
      await assert.rejects(client.request('size', { bytes: MAX_MESSAGE_BYTES }), (error) =>
        isAppError(error, 'too-large'),
      );
      const { text } = await client.request('size', { bytes: MAX_MESSAGE_BYTES - 100 });
      assert.equal(text.length, MAX_MESSAGE_BYTES - 100);
      assert.equal(client.connected, true);
    });

    it('fails what is in flight when the link drops, fails fast while it is down, and comes back', async () => {
      const states: LinkState[] = [];
      const stop = client.onLink((state) => void states.push(state));
      const pending = client.request('never', {});
      const lost = assert.rejects(pending, (error) => isAppError(error, 'link-lost'));
      const isDown = untilDown(client);
      server.dropLinks('test');
      await lost;
      await isDown;
      await assert.rejects(client.request('add', { a: 1, b: 1 }), (error) => isAppError(error, 'link-down'));
      await untilLink(client, 'up');
      stop();
      assert.deepEqual(states.slice(-2), ['down', 'up']);
      assert.deepEqual(await client.request('add', { a: 1, b: 1 }), { sum: 2 });
      const [first, second, third] = made.links.slice(-3);
      assert.ok(first?.startsWith('up') && second?.startsWith('down') && third?.startsWith('up'));
      assert.equal(first?.slice(3), second?.slice(5));
      assert.notEqual(first?.slice(3), third?.slice(3));
    });

    it('keeps other listeners when one throws', async () => {
      const seen: number[] = [];
      const stops = [
        client.on('tick', () => {
          throw new Error('a broken listener');
        }),
        client.on('tick', ({ n }) => void seen.push(n)),
      ];
      await client.request('announce', { count: 2 });
      for (const stop of stops) stop();
      await client.request('announce', { count: 1 });
      assert.deepEqual(seen, [1, 2]);
    });
  });

  describe(`the end of a control link ${kind.name}`, () => {
    it('is final: closing twice is harmless and nothing reconnects', async () => {
      const { service } = createService();
      const { server, connect } = await kind.open(service);
      const client = connect();
      await untilLink(client, 'up');
      const pending = assert.rejects(client.request('never', {}), (error) => isAppError(error, 'link-lost'));
      await client.close('first');
      await client.close('second');
      await pending;
      await assert.rejects(client.request('add', { a: 1, b: 1 }), (error) => isAppError(error, 'link-down'));
      await server.close('first');
      await server.close('second');
      assert.equal(server.links, 0);
    });

    it('ends a link whose reader is too slow instead of filling memory', async () => {
      const { service, emit, links } = createService();
      const { server, connect } = await kind.open(service);
      const client = connect();
      await untilLink(client, 'up');
      const isDown = untilDown(client);
      // One turn of the event loop: nobody can read meanwhile, whichever link it is.
      for (let n = 0; n < 1_500_000 && links.length < 2; n += 1) emit('tick', { n });
      await isDown;
      await client.close('end of test');
      await server.close('end of test');
    });
  });
}

function untilDown(client: RpcClient<Table>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = client.onLink((state) => {
    if (state === 'down') {
      stop();
      resolve();
    }
  });
  return promise;
}
