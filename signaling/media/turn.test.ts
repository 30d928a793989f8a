import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { iceServersFor } from './turn.ts';

describe('ICE servers', () => {
  const turn = { urls: ['turns:turn.example:443?transport=tcp'], secret: 'north', ttlSeconds: 3600 };
  const utc = Date.UTC(2026, 0, 1);

  it('carry credentials that coturn computes again from its shared secret', () => {
    const [server] = iceServersFor({ iceServers: [], turn }, 'peer-1', utc);
    assert.deepEqual(server?.urls, turn.urls);
    assert.equal(server.username, `${utc / 1000 + 3600}:peer-1`);
    assert.equal(server.credential, createHmac('sha1', 'north').update(server.username).digest('base64'));
  });

  it('are none unless configured, and STUN without credentials', () => {
    assert.deepEqual(iceServersFor({ iceServers: [] }, 'peer-1', utc), []);
    assert.deepEqual(iceServersFor({ iceServers: [{ urls: ['stun:stun.example'] }] }, 'peer-1', utc), [
      { urls: ['stun:stun.example'] },
    ]);
  });
});
