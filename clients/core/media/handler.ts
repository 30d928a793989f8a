/**
 * Which of mediasoup-client's handlers fits a browser whose name it does not know. In-app browsers (WeChat's among them)
 * call themselves by names of their own and are built on the engines everybody uses. Pure.
 */
import type { types } from 'mediasoup-client';

/**
 * @param scope the global object of the page.
 * @returns undefined where there is no WebRTC that this SDK can use.
 */
export function handlerByFeature(scope: object): types.BuiltinHandlerName | undefined {
  if (!('RTCPeerConnection' in scope) || !('RTCRtpTransceiver' in scope)) return undefined;
  // Gesture events are WebKit's alone, on phones and desks.
  if ('GestureEvent' in scope) return 'Safari12';
  if ('mozInnerScreenX' in scope) return 'Firefox120';
  // What came with Chromium 110 stands for "111 or newer": both handlers work with either.
  return 'toSorted' in Array.prototype ? 'Chrome111' : 'Chrome74';
}
