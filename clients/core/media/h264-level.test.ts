import assert from 'node:assert/strict';
import type { types } from 'mediasoup-client';
import { sendingAnyLevel } from './h264-level.ts';

const h264 = (id: string): types.RtpCodecCapability => ({
  kind: 'video',
  mimeType: 'video/H264',
  preferredPayloadType: 100,
  clockRate: 90_000,
  parameters: { 'packetization-mode': 1, 'profile-level-id': id },
});
const vp8: types.RtpCodecCapability = {
  kind: 'video',
  mimeType: 'video/VP8',
  preferredPayloadType: 96,
  clockRate: 90_000,
};

/** A handler of a browser that says these levels of itself. */
const factory: types.HandlerFactory = {
  name: 'Chrome111',
  factory: () => {
    throw new Error('not used here');
  },
  getNativeRtpCapabilities: async () => ({ codecs: [vp8, h264('42e01f'), h264('640c1f'), h264('42e03c')] }),
};

const levels = async (direction: 'sendonly' | 'recvonly') => {
  const { codecs = [] } = await sendingAnyLevel(factory).getNativeRtpCapabilities({ direction });
  return codecs.map((codec) => codec.parameters?.['profile-level-id']);
};

describe('The H.264 level that is offered', () => {
  it('is 5.2 for sending, in every profile, and never lowered', async () => {
    assert.deepEqual(await levels('sendonly'), [undefined, '42e034', '640c34', '42e03c']);
  });
  it('is the browser’s own for receiving', async () => {
    assert.deepEqual(await levels('recvonly'), [undefined, '42e01f', '640c1f', '42e03c']);
  });
});
