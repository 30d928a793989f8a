import assert from 'node:assert/strict';
import { createServer, request, type Server } from 'node:http';
import { Router } from '@koa/router';
import Koa from 'koa';
import { refuse } from '../people/refuse.ts';
import { addPrecheck, PRECHECK_MAX_BYTES } from './precheck.ts';

describe('bytes of the link pre-check', () => {
  let server: Server;
  let url: string;
  let admitted = true;

  before(async () => {
    const app = new Koa();
    app.silent = true;
    const router = new Router();
    addPrecheck(router, async () => {
      if (!admitted) throw refuse('unauthenticated', 'Sign in first.');
    });
    app.use(router.routes());
    server = createServer(app.callback());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    url = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}/api/precheck` : '';
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it('sends exactly as many as asked for, which no proxy can compress', async () => {
    const answer = await fetch(`${url}?bytes=100000`);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    assert.equal(bytes.length, 100_000);
    assert.ok(new Set(bytes).size > 200);
  });

  it('swallows what is sent and says how many', async () => {
    const answer = await fetch(url, { method: 'POST', body: new Uint8Array(300_000) });
    assert.deepEqual(await answer.json(), { bytes: 300_000 });
  });

  it('refuses more than 4 MiB and sizes that are no number', async () => {
    for (const bytes of [PRECHECK_MAX_BYTES + 1, -1, 1.5, 'x']) {
      assert.equal((await fetch(`${url}?bytes=${bytes}`)).ok, false);
    }
  });

  it('sends nothing to whom the door does not admit', async () => {
    admitted = false;
    assert.equal((await fetch(`${url}?bytes=1`)).ok, false);
    admitted = true;
  });

  it('serves eight at once and no more, and is free again when they end', async () => {
    const held = Array.from({ length: 8 }, () => {
      const posting = request(url, { method: 'POST' });
      posting.on('error', () => {
        // Ended by the test below.
      });
      posting.write(new Uint8Array(10));
      return posting;
    });
    const ok = async () => (await fetch(`${url}?bytes=1`)).ok;
    const end = performance.now() + 30_000;
    while (await ok()) assert.ok(performance.now() < end, 'the ninth was served');
    for (const posting of held) posting.destroy();
    while (!(await ok())) assert.ok(performance.now() < end, 'never free again');
  });
});
