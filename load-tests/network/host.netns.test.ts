import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { Host, inOwnNetwork } from './host.ts';

/** Asks the server from the host; answers the body, or `no answer` when none has come within `patienceMs`. */
function ask(host: Host, url: string, patienceMs = 30_000): Promise<string> {
  const script = `fetch(process.argv[1], { signal: AbortSignal.timeout(${patienceMs}) })
    .then((r) => r.text()).then((t) => console.log(t), () => console.log('no answer'))
    .finally(() => process.exit())`;
  return host.run(process.execPath, ['-e', script, url]).then((text) => text.trim());
}

describe('A test host on a link of its own', function () {
  this.timeout(120_000);
  let host: Host;
  let server: Server;
  let url: string;

  before(async function () {
    if (!(await inOwnNetwork())) return this.skip();
    host = await Host.create();
    server = createServer((request, response) => response.end(request.socket.remoteAddress));
    await new Promise<void>((resolve) => server.listen(0, host.here, resolve));
    const address = server.address();
    assert(address !== null && typeof address === 'object');
    url = `http://${host.here}:${address.port}/`;
  });
  after(async () => {
    server?.closeAllConnections();
    server?.close();
    await host?.close();
  });

  it('reaches this process from an address of its own', async () => {
    assert.equal(await ask(host, url), host.there);
  });

  it('is cut off and comes back', async () => {
    await host.cut();
    assert.equal(await ask(host, url, 2000), 'no answer');
    await host.restore();
    assert.equal(await ask(host, url), host.there);
  });

  it('carries traffic under a limit and after it is lifted', async () => {
    await host.limit({ downKbit: 200, upKbit: 100 });
    assert.equal(await ask(host, url), host.there);
    await host.limit({});
    await host.limit({});
    assert.equal(await ask(host, url), host.there);
  });

  it('moves to another address', async () => {
    await host.changeAddress(9);
    assert.equal(await ask(host, url), host.there.replace(/\d+$/, '9'));
  });
});
