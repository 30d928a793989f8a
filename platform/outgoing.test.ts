import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcp } from 'node:net';
import { OutgoingGuard } from './outgoing.ts';
import { requestOut } from './outgoing-request.ts';

describe('the check of outgoing addresses', () => {
  const guard = new OutgoingGuard();

  it('refuses link-local addresses, metadata services and what is no host, in every way of writing them', () => {
    const refused = [
      ...[
        '169.254.169.254',
        '169.254.0.1',
        '100.100.100.200',
        '168.63.129.16',
        '192.0.0.192',
        '0.0.0.0',
        '0.1.2.3',
      ],
      ...[
        '224.0.0.1',
        '240.0.0.1',
        '255.255.255.255',
        '::',
        'fe80::1',
        'fe80::1%eth0',
        'febf::1',
        'fd00:ec2::254',
      ],
      ...['ff02::1', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '::a9fe:a9fe', '64:ff9b::a9fe:a9fe'],
      ...['64:ff9b:1::a9fe:a9fe', '0:0:0:0:0:FFFF:A9FE:A9FE', 'not an address', ''],
    ];
    for (const address of refused) assert.equal(guard.allows(address), false, address);
  });

  it('takes addresses where services stand, private ones and this machine’s among them', () => {
    const taken = ['127.0.0.1', '::1', '10.0.0.7', '172.16.3.4', '192.168.1.1', '203.0.113.7', '100.64.0.1'];
    for (const address of [...taken, '2001:db8::7', 'fd12:3456::1', '::ffff:10.0.0.7', '64:ff9b::10.0.0.7'])
      assert.equal(guard.allows(address), true, address);
  });

  it('takes what the configuration names all the same, and refuses what is no network', () => {
    const open = new OutgoingGuard(['169.254.10.0/24', 'fe80::7']);
    assert.ok(open.allows('169.254.10.9') && open.allows('fe80::7') && open.allows('::ffff:169.254.10.9'));
    assert.ok(!open.allows('169.254.11.9') && !open.allows('fe80::8'));
    for (const entry of ['gateway.example', '10.0.0.0/33', '10.0.0.0/x', ''])
      assert.throws(() => new OutgoingGuard([entry]), { code: 'config-invalid' }, entry);
  });

  it('judges a host that is an address, with brackets too, and leaves names to their lookup', () => {
    for (const host of ['169.254.169.254', '[fe80::1]', '[::ffff:a9fe:a9fe]'])
      assert.throws(() => guard.assertHost(host), { code: 'outgoing-refused', whatToDo: /outgoing\.allow/ });
    guard.assertHost('gateway.example');
  });

  it('judges the addresses that a name leads to', async () => {
    const look = (name: string, from: OutgoingGuard) =>
      new Promise((resolve, reject) => {
        from.lookup(name, { all: true }, (error, found) => (error ? reject(error) : resolve(found)));
      });
    const found = await look('localhost', guard);
    assert.ok(Array.isArray(found) && found.length > 0);
    await assert.rejects(look('169.254.169.254', guard), { code: 'outgoing-refused' });
    await assert.rejects(look('no-such-host.invalid', guard));
  });
});

describe('requestOut', () => {
  const guard = new OutgoingGuard();
  const servers: Server[] = [];
  const start = async (handle: RequestListener) => {
    const server = createServer(handle).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    return new URL(`http://127.0.0.1:${address.port}/path?key=secret`);
  };
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });
  const common = { method: 'POST', headers: { 'content-type': 'text/plain' }, guard, deadlineMs: 5000 };

  it('sends the body with its length and answers whatever comes, errors and redirects too', async () => {
    const url = await start((request, response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/' });
      response.end(`${request.method} ${request.headers['content-length']}`);
    });
    const answer = await requestOut({ ...common, url, body: '急' });
    assert.deepEqual([answer.status, answer.body], [302, 'POST 3']);
  });

  it('says that nothing was sent where no connection stood', async () => {
    const tcp = createTcp().listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    const address = tcp.address();
    assert.ok(typeof address === 'object' && address !== null);
    tcp.close();
    await once(tcp, 'close');
    const url = new URL(`http://127.0.0.1:${address.port}/?key=secret`);
    const failure = { code: 'outgoing-failed', details: { host: url.host, sent: false } };
    await assert.rejects(requestOut({ ...common, url, body: '' }), failure);
    const secure = new URL((await start(() => {})).href.replace('http:', 'https:'));
    await assert.rejects(requestOut({ ...common, url: secure }), {
      details: { host: secure.host, sent: false },
    });
  });

  it('says that it may have been sent where the answer is missing, and keeps the path to itself', async () => {
    const silent = await start(() => {});
    const broken = await start((_, response) => response.destroy());
    for (const [url, deadlineMs] of [
      [silent, 100],
      [broken, 5000],
    ] as const) {
      const failing = requestOut({ ...common, url, deadlineMs, body: 'x' });
      await assert.rejects(failing, (error: unknown) => {
        assert.ok(
          error instanceof Error && !error.message.includes('secret') && !error.message.includes('/path'),
        );
        assert.ok('details' in error);
        assert.deepEqual(error.details, { host: url.host, sent: true });
        return true;
      });
    }
  });

  it('refuses addresses before anything is sent, answers without end, and other schemes', async () => {
    const refused = new URL('http://[fe80::1]/');
    await assert.rejects(requestOut({ ...common, url: refused }), { code: 'outgoing-refused' });
    const endless = await start((_, response) => {
      response.end('x'.repeat(2000));
    });
    await assert.rejects(requestOut({ ...common, url: endless, maxAnswerBytes: 1000 }), {
      code: 'outgoing-failed',
    });
    await assert.rejects(requestOut({ ...common, url: new URL('ftp://127.0.0.1/') }), {
      code: 'outgoing-failed',
    });
  });

  it('ends when it is told to', async () => {
    const url = await start(() => {});
    const stop = new AbortController();
    const failing = assert.rejects(requestOut({ ...common, url, signal: stop.signal }), {
      code: 'outgoing-failed',
    });
    stop.abort();
    await failing;
  });
});
