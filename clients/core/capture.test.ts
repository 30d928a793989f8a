import assert from 'node:assert/strict';
import { openMicrophone } from './capture.ts';

describe('a microphone', () => {
  /** What a browser would be asked for; Node has no microphone, so the asking is refused after that. */
  async function asked(options?: Parameters<typeof openMicrophone>[0]) {
    const constraints: MediaStreamConstraints[] = [];
    const getUserMedia = (wanted: MediaStreamConstraints) => {
      constraints.push(wanted);
      return Promise.reject(new DOMException('there is none', 'NotFoundError'));
    };
    const before = Object.getOwnPropertyDescriptor(globalThis.navigator, 'mediaDevices');
    Object.defineProperty(globalThis.navigator, 'mediaDevices', {
      value: { getUserMedia },
      configurable: true,
    });
    try {
      await assert.rejects(openMicrophone(options));
    } finally {
      if (before) Object.defineProperty(globalThis.navigator, 'mediaDevices', before);
      else Reflect.deleteProperty(globalThis.navigator, 'mediaDevices');
    }
    return constraints[0]?.audio;
  }

  it('never takes a breath for noise unless that is asked for', async () => {
    const usual = { echoCancellation: true, autoGainControl: true, channelCount: 1 };
    assert.deepEqual(await asked(), { ...usual, noiseSuppression: false });
    assert.deepEqual(await asked({ noiseSuppression: true }), { ...usual, noiseSuppression: true });
  });
});
