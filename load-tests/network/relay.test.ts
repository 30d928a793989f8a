import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { openRelay } from './relay.ts';

describe('The delay relay', () => {
  it('carries UDP both ways, never sooner than its delay, and says what it added', async () => {
    const echo = createSocket('udp4');
    echo.on('message', (packet, from) => echo.send(packet, from.port, from.address));
    await new Promise<void>((resolve) => echo.bind(0, '127.0.0.1', resolve));
    const { port } = echo.address();
    const relay = await openRelay({
      listen: '127.0.0.2',
      target: '127.0.0.1',
      udpPorts: [port],
      tcpPorts: [],
      delayMs: 20,
    });
    const client = createSocket('udp4');
    const sent = performance.now();
    client.send('beat', port, '127.0.0.2');
    const [packet] = await once(client, 'message');
    assert.equal(String(packet), 'beat');
    // Twice the delay; timers of Node may fire up to a millisecond early in each direction.
    assert(performance.now() - sent >= 38);
    const accuracy = relay.accuracy();
    assert.equal(accuracy.packets, 2);
    assert(accuracy.p50 >= 19);
    client.close();
    await relay.close();
    echo.close();
  });

  it('carries TCP in order and passes the end on', async () => {
    const echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    const address = echo.address();
    assert(address !== null && typeof address === 'object');
    const { port } = address;
    const relay = await openRelay({
      listen: '127.0.0.2',
      target: '127.0.0.1',
      udpPorts: [],
      tcpPorts: [port],
      delayMs: 5,
    });
    const client = connect(port, '127.0.0.2');
    let received = '';
    client.on('data', (chunk) => {
      received += String(chunk);
    });
    const expected = Array.from({ length: 2000 }, (_, i) => `${i}\n`).join('');
    client.end(expected);
    await once(client, 'end');
    assert(
      received === expected,
      `${received.length} of ${expected.length} bytes came back, or in another order`,
    );
    await relay.close();
    await new Promise((resolve) => echo.close(resolve));
  });
});
