import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { byteBody } from './body.ts';

describe('a body of bytes', () => {
  it('is given up when its sender is silent, long before the whole request is overdue', async () => {
    const failed = Promise.withResolvers<unknown>();
    const server = createServer((request) => {
      buffer(byteBody(request, 100, 50)).then(() => failed.resolve('taken'), failed.resolve);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const socket = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
    socket.on('error', () => socket.destroy());
    try {
      socket.write('PATCH / HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\nhalf');
      const error = await failed.promise;
      assert.ok(error instanceof Error && 'code' in error);
      assert.equal(error.code, 'bad-request');
    } finally {
      socket.destroy();
      server.closeAllConnections();
      server.close();
    }
  });
});
