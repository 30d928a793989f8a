import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls, rootCertificates } from 'node:tls';
import { systemClock } from '../../platform/clock.ts';
import { type ServerCertificate, serverCertificate } from '../../platform/tls/certificate.ts';
import { type Listener, listen, redirectToHttps } from './listen.ts';
import { sendTo } from './testing/door.ts';

describe('listeners', () => {
  let folder: string;
  let certificate: ServerCertificate;
  const listeners: Listener[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gh-listen-'));
    certificate = await serverCertificate({ dataDir: folder, hostnames: [] }, systemClock);
  });
  after(() => rm(folder, { recursive: true }));
  afterEach(async () => {
    for (const listener of listeners.splice(0)) await listener.close();
  });
  const open = async (options: Partial<Parameters<typeof listen>[0]> = {}) => {
    const callback = options.callback ?? ((_, response) => void response.end('hello'));
    const listener = await listen({ port: 0, host: '127.0.0.1', ...options, callback });
    listeners.push(listener);
    return listener;
  };

  it('serve HTTPS with the given certificate, TLS 1.2 at least, and take a renewed one', async () => {
    const listener = await open({ certificate });
    const ca = [certificate.authority ?? '', ...rootCertificates];
    const text = await new Promise<string>((resolve, reject) => {
      request(
        { port: listener.port, host: '127.0.0.1', servername: 'localhost', ca, agent: false },
        (response) => {
          response.on('data', (chunk: Buffer) => resolve(chunk.toString()));
        },
      )
        .on('error', reject)
        .end();
    });
    assert.equal(text, 'hello');
    const old = connectTls({
      port: listener.port,
      host: '127.0.0.1',
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
      ca,
    });
    await assert.rejects(once(old, 'secureConnect'));
    listener.renew(certificate);
  });

  it('cut an upgraded connection whose other end says nothing when they close', async () => {
    const listener = await open();
    listener.server.on('upgrade', (_, socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'));
    const socket = connectTcp({ port: listener.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.write('GET / HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: test\r\n\r\n');
    await once(socket, 'data');
    const ended = once(socket, 'end');
    await listener.close();
    await ended;
    socket.destroy();
  });

  it('cut whoever sends headers or a body too slowly', async () => {
    const timeouts = { headersMs: 100, requestMs: 200, checkMs: 20 };
    const callback: Parameters<typeof listen>[0]['callback'] = (incoming, response) => {
      incoming.resume().on('end', () => response.end('done'));
    };
    const listener = await open({ timeouts, callback });
    const slow = [
      'GET / HTTP/1.1\r\nHost: x\r\n',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab',
    ];
    for (const start of slow) {
      const socket = connectTcp(listener.port, '127.0.0.1');
      const answer: string[] = [];
      socket.on('data', (chunk) => answer.push(chunk.toString())).write(start);
      await once(socket, 'close');
      assert.match(answer.join(''), /^HTTP\/1\.1 408 /);
    }
  });

  it('refuse headers of more than 16 KB', async () => {
    const listener = await open();
    const answer = await sendTo(listener.port, '', { path: '/', headers: { 'x-long': 'x'.repeat(17_000) } });
    assert.equal(answer.status, 431);
  });

  it('say when the port is taken', async () => {
    const listener = await open();
    await assert.rejects(open({ port: listener.port }), /EADDRINUSE/);
  });

  it('close once, though connections are kept open', async () => {
    const listener = await open();
    const socket = connectTcp(listener.port, '127.0.0.1');
    await once(socket, 'connect');
    const gone = once(socket.resume(), 'close');
    await Promise.all([listener.close(), listener.close()]);
    await gone;
  });

  it('send plain HTTP to HTTPS, except what a phone needs before it can trust it', async () => {
    const listener = await open({
      callback: redirectToHttps((incoming, response) => void response.end(`served ${incoming.url}`), 8443),
    });
    const get = (path: string, more: object = {}) => sendTo(listener.port, '', { path, ...more });
    for (const path of ['/ca.crt', '/trust', '/assets/main-abc.js', '/favicon.svg', '/api/config?x=1']) {
      assert.equal((await get(path)).text, `served ${path}`);
    }
    for (const path of ['/', '/rooms', '/api/me', '/assets/../api/me', '/ca.crt/x', '/socket.io/?EIO=4']) {
      const answer = await get(path);
      assert.deepEqual(
        [answer.status, answer.headers.location],
        [308, `https://127.0.0.1:8443${path}`],
        path,
      );
    }
    const posted = await get('/trust', { method: 'POST', body: {} });
    assert.equal(posted.status, 308);
    const named = await get('/rooms', { headers: { host: 'hospital.example:8080' } });
    assert.equal(named.headers.location, 'https://hospital.example:8443/rooms');
    assert.equal((await get('/rooms', { headers: { host: 'a b' } })).status, 400);
  });
});
