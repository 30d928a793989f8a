import assert from 'node:assert/strict';
import { refusalOf } from './door.ts';
import { cameraFeature, describeBrowser } from './features.ts';
import { readFragment } from './fragment.ts';

const secret = 'AbCdEf012345_-AbCdEf01';

describe('The fragment of the address', () => {
  it('holds the secret of a link, or of a place', () => {
    assert.deepEqual(readFragment(`#${secret}`), { kind: 'link', secret });
    assert.deepEqual(readFragment(`#p.${secret}`), { kind: 'place', secret });
  });

  it('holds nothing when it was cut off or added to', () => {
    for (const hash of ['', '#', '#short', `#${secret}?x=1`, `#q.${secret}`, `#p.`, `#${secret}。`]) {
      assert.equal(readFragment(hash), undefined, hash);
    }
  });
});

describe('What the door answers', () => {
  const error = (code: string, more: object = {}) => ({ code, message: 'x', ...more });

  it('says why a link has ended and whom to call', () => {
    const details = { reason: 'released', emergencyPhone: '120', supportPhone: '12320' };
    assert.deepEqual(refusalOf(410, error('closed', { details })), {
      ...{ kind: 'ended', reason: 'released', phone: '120', supportPhone: '12320' },
    });
    assert.deepEqual(refusalOf(410, error('closed')), { kind: 'unknown' });
  });

  it('is unknown, busy or no answer at all', () => {
    assert.deepEqual(refusalOf(404, error('not-found')), { kind: 'unknown' });
    assert.deepEqual(refusalOf(429, error('too-many', { retryAfterMs: 1500 })), {
      ...{ kind: 'busy', retryAfterMs: 1500 },
    });
    assert.deepEqual(refusalOf(503, error('store-unavailable')), { kind: 'busy' });
    assert.deepEqual(refusalOf(502, '<html>'), { kind: 'offline' });
    assert.deepEqual(refusalOf(200, '<html>portal of a hotel</html>'), { kind: 'offline' });
  });
});

describe('The features of a browser', () => {
  /** A browser that is as this process but for what is named. */
  const browser = (values: object): typeof globalThis =>
    Object.create(
      globalThis,
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])),
    );

  it('decide about the camera without its name', () => {
    const navigator = { mediaDevices: { getUserMedia: () => undefined } };
    const has = (from: object) => cameraFeature(browser({ isSecureContext: true, ...from }));
    assert.equal(has({ navigator, RTCPeerConnection: Object }), 'ready');
    assert.equal(has({ navigator: {}, RTCPeerConnection: Object }), 'unsupported');
    assert.equal(has({ navigator }), 'unsupported');
    assert.equal(has({ navigator: {}, isSecureContext: false }), 'insecure');
  });

  it('are told in one line that fits', () => {
    const line = describeBrowser(browser({ navigator: { vibrate: () => true } }));
    assert.ok(line.includes('vibration') && line.includes('no camera') && line.length <= 120, line);
  });
});
