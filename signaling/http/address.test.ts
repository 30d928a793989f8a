import assert from 'node:assert/strict';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { isAppError } from '../../platform/errors.ts';
import { addressKey, Proxies } from './address.ts';

function request(remoteAddress: string, headers: Record<string, string> = {}): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress });
  const message = new IncomingMessage(socket);
  Object.assign(message.headers, headers);
  return message;
}

describe('the address of a client', () => {
  it('is the peer of the connection while no proxy is trusted', () => {
    const none = new Proxies([]);
    assert.equal(
      none.clientAddress(request('192.0.2.1', { 'x-forwarded-for': '198.51.100.1' })),
      '192.0.2.1',
    );
    assert.equal(none.clientAddress(request('::ffff:192.0.2.1')), '192.0.2.1');
    assert.equal(none.scheme(request('192.0.2.1', { 'x-forwarded-proto': 'https' })), 'http');
  });

  it('is the last one that no trusted proxy is', () => {
    const proxies = new Proxies(['10.0.0.0/8', '2001:db8::1']);
    const from = (peer: string, forwarded: string) =>
      proxies.clientAddress(request(peer, { 'x-forwarded-for': forwarded }));
    assert.equal(from('10.0.0.1', '198.51.100.1'), '198.51.100.1');
    assert.equal(from('10.0.0.1', '1.2.3.4, 198.51.100.1'), '198.51.100.1');
    assert.equal(from('10.0.0.1', '1.2.3.4, 198.51.100.1, 10.9.9.9'), '198.51.100.1');
    assert.equal(from('2001:db8::1', '198.51.100.1'), '198.51.100.1');
    assert.equal(from('192.0.2.1', '198.51.100.1'), '192.0.2.1');
    assert.equal(from('10.0.0.1', 'nonsense'), '10.0.0.1');
    assert.equal(from('10.0.0.1', ''), '10.0.0.1');
    assert.equal(proxies.scheme(request('10.0.0.1', { 'x-forwarded-proto': 'https' })), 'https');
  });

  it('is counted by 64 bits of IPv6, which one client owns', () => {
    assert.equal(addressKey('192.0.2.1'), '192.0.2.1');
    assert.equal(addressKey('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
    assert.equal(addressKey('2001:DB8:1:2:ffff::9'), '2001:db8:1:2::/64');
    assert.equal(addressKey('2001:0db8::1'), '2001:db8:0:0::/64');
    assert.equal(addressKey('::1'), '0:0:0:0::/64');
    assert.equal(addressKey('fe80::1%eth0'), 'fe80:0:0:0::/64');
  });

  it('needs proxies to be addresses or networks', () => {
    for (const wrong of ['proxy.example', '10.0.0.0/33', '10.0.0.0/x', '']) {
      assert.throws(
        () => new Proxies([wrong]),
        (error) => isAppError(error, 'config-invalid'),
      );
    }
  });
});
