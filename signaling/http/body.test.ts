import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { byteBody, readJson } from './body.ts';

/** Sends half a body, goes on or not, and answers what became of reading it. */
async function readHalf(read: (request: IncomingMessage) => Promise<unknown>, drips: boolean) {
  const ended = Promise.withResolvers<unknown>();
  const server = createServer((request) => {
    read(request).then(() => ended.resolve('taken'), ended.resolve);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const socket = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  const drip = drips ? setInterval(() => socket.write(' '), 10) : undefined;
  try {
    socket.write('PATCH / HTTP/1.1\r\nhost: x\r\ncontent-length: 50000\r\n\r\nhalf');
    return await ended.promise;
  } finally {
    clearInterval(drip);
    socket.destroy();
    server.closeAllConnections();
    server.close();
  }
}

function assertBroken(error: unknown): void {
  assert.ok(error instanceof Error && 'code' in error, String(error));
  assert.equal(error.code, 'bad-request');
}

describe('a body', () => {
  it('of bytes is given up when its sender is silent, long before the whole request is overdue', async () => {
    assertBroken(await readHalf((request) => buffer(byteBody(request, 100_000, 50)), false));
  });

  it('of JSON is given up when it does not end, however busy its sender keeps the line', async () => {
    assertBroken(await readHalf((request) => readJson(request, 100), true));
  });
});
