import assert from 'node:assert/strict';
import { handlerByFeature } from './handler.ts';

const webrtc = { RTCPeerConnection: class {}, RTCRtpTransceiver: class {} };

describe('handler of a browser that calls itself by a name of its own', () => {
  it('is chosen by the engine beneath', () => {
    assert.equal(handlerByFeature({ ...webrtc, GestureEvent: class {} }), 'Safari12');
    assert.equal(handlerByFeature({ ...webrtc, mozInnerScreenX: 0 }), 'Firefox120');
    assert.equal(handlerByFeature(webrtc), 'Chrome111');
  });

  it('is none where there is no WebRTC with transceivers', () => {
    assert.equal(handlerByFeature({}), undefined);
    assert.equal(handlerByFeature({ RTCPeerConnection: class {} }), undefined);
  });
});
