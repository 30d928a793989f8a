import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { randomOf } from '../cpr/random.ts';
import { inOwnNetwork } from './host.ts';
import { openLink } from './link.ts';

const PACKETS = 300;
const ASK = `
  const socket = require('node:dgram').createSocket('udp4');
  const heard = [];
  socket.on('message', (packet) => heard.push(Number(packet)));
  let sent = 0;
  const timer = setInterval(() => {
    socket.send(String(sent++), Number(process.argv[2]), process.argv[1]);
    if (sent < ${PACKETS}) return;
    clearInterval(timer);
    setTimeout(() => { console.log(JSON.stringify(heard)); process.exit(); }, 1500);
  }, 2);`;

describe('A bad link', function () {
  this.timeout(60_000);

  it('carries what its own counts say, and never sooner than asked', async function () {
    if (!(await inOwnNetwork())) return this.skip();
    const echo = createSocket('udp4');
    echo.on('message', (packet, from) => echo.send(packet, from.port, from.address));
    await new Promise<void>((resolve) => echo.bind(0, '127.0.0.1', resolve));
    const { port } = echo.address();
    const link = await openLink({
      ...{ downKbit: 20_000, upKbit: 20_000, delayMs: 15, jitterMs: 5 },
      ...{ lossPercent: 10, burst: 3, duplicatePercent: 5 },
      ...{ target: '127.0.0.1', udpPorts: [port], tcpPorts: [], random: randomOf(3) },
    });
    try {
      const text = await link.host.run(process.execPath, ['-e', ASK, link.address, String(port)]);
      const heard = text.trim().slice(1, -1).split(',').length;
      const { lost, doubled, p50, askedMs, ahead } = link.accuracy();
      assert.ok(lost > 0 && doubled > 0 && ahead === 0);
      // What came up is what goes down, so that losses and doubles of both ways add up.
      assert.equal(heard, PACKETS - lost + doubled);
      assert.ok(p50 >= askedMs - 1);
    } finally {
      await link.close();
      echo.close();
    }
  });
});
