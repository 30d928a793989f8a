import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { isAppError } from '../errors.ts';
import { answers, download } from './download.ts';
import { setUp } from './index.ts';

const never = new AbortController().signal;
const content = Buffer.alloc(300_000, 7);

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

describe('a download', () => {
  let folder: string;
  let server: Server;
  let port: number;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'download-test-'));
    server = createServer((request, response) => {
      if (request.url === '/file') return response.setHeader('content-length', content.length).end(content);
      if (request.url === '/stalls')
        return response.setHeader('content-length', content.length).write(content.subarray(9));
      return response.writeHead(404).end();
    });
    port = await listen(server);
  });
  afterEach(async () => {
    await close(server);
    await rm(folder, { recursive: true, force: true });
  });

  it('arrives whole and says how far it is', async () => {
    const fractions: (number | undefined)[] = [];
    await download(`http://127.0.0.1:${port}/file`, join(folder, 'a'), never, (fraction) =>
      fractions.push(fraction),
    );
    assert.deepEqual(await readFile(join(folder, 'a')), content);
    assert.equal(fractions.at(-1), 1);
  });

  it('fails for what is not there, for a server that is away and for one that stalls', async () => {
    const failed = (error: unknown) => isAppError(error, 'download-failed');
    const get = (url: string) => download(url, join(folder, 'a'), never, () => undefined, 100);
    await assert.rejects(get(`http://127.0.0.1:${port}/none`), failed);
    await assert.rejects(get(`http://127.0.0.1:${port}/stalls`), failed);
    assert.equal(await answers(`http://127.0.0.1:${port}/none`, never), true);
    await close(server);
    await assert.rejects(get(`http://127.0.0.1:${port}/file`), failed);
    assert.equal(await answers(`http://127.0.0.1:${port}/file`, never), false);
  });

  it('goes through the proxy of the environment during set-up, and not after it', async () => {
    const asked: string[] = [];
    const tunnels: Duplex[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      tunnels.push(socket);
      const onward = connect(port, '127.0.0.1', () =>
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n'),
      );
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
      socket.pipe(onward).pipe(socket);
    });
    const before = process.env.http_proxy;
    process.env.http_proxy = `http://127.0.0.1:${await listen(proxy)}`;
    try {
      // A port where nobody listens: only the proxy can make anything of it.
      const unused = createServer();
      const target = `127.0.0.1:${await listen(unused)}`;
      await close(unused);
      const url = `http://${target}/file`;
      const run = () => download(url, join(folder, 'a'), never, () => undefined);
      const step = { title: 'fetch', isDone: async () => false, run };
      await setUp({ profile: 'base', cache: folder, steps: [step], display: { write: () => true } });
      assert.deepEqual(asked, [target]);
      await assert.rejects(run(), (error) => isAppError(error, 'download-failed'));
      assert.equal(asked.length, 1);
    } finally {
      if (before === undefined) delete process.env.http_proxy;
      else process.env.http_proxy = before;
      for (const tunnel of tunnels) tunnel.destroy();
      await close(proxy);
    }
  });
});
