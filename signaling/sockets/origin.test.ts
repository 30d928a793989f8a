import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { isAllowedOrigin } from './origin.ts';

function request(headers: Record<string, string>, encrypted = true): IncomingMessage {
  const socket = new Socket();
  const message = new IncomingMessage(encrypted ? new TLSSocket(socket) : socket);
  Object.assign(message.headers, { host: 'here.example:8443', ...headers });
  return message;
}

describe('isAllowedOrigin', () => {
  const allowed = ['https://consult.example'];

  it('takes our own pages and the configured ones', () => {
    assert.equal(isAllowedOrigin(request({ origin: 'https://here.example:8443' }), allowed), true);
    assert.equal(isAllowedOrigin(request({ origin: 'https://consult.example' }), allowed), true);
  });

  it('refuses every other page, also of the same host on another port or without TLS', () => {
    const others = [
      'https://evil.example',
      'https://here.example',
      'http://here.example:8443',
      'https://consult.example.evil.example',
      'null',
    ];
    for (const origin of others) assert.equal(isAllowedOrigin(request({ origin }), allowed), false, origin);
  });

  it('cannot tell the scheme behind a proxy that ends TLS', () => {
    assert.equal(isAllowedOrigin(request({ origin: 'http://here.example:8443' }, false), allowed), true);
  });

  it('without an origin takes devices and polling pages, and refuses what a browser calls cross-site', () => {
    assert.equal(isAllowedOrigin(request({}), []), true);
    assert.equal(isAllowedOrigin(request({ 'sec-fetch-site': 'same-origin' }), []), true);
    assert.equal(isAllowedOrigin(request({ 'sec-fetch-site': 'cross-site' }), []), false);
    assert.equal(isAllowedOrigin(request({ 'sec-fetch-site': 'same-site' }), []), false);
  });
});
