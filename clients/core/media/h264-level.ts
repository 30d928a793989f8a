/**
 * Chromium says H.264 level 3.1 of itself whatever its encoder can do, and mediasoup-client then agrees on that for both
 * directions. Level 3.1 ends at 1280 × 720 (ITU-T H.264, table A-1); hardware encoders that keep to it never send 4K. So
 * what this browser offers to send is raised to the level the server takes; receivers decode by the stream itself.
 */
import type { types } from 'mediasoup-client';

/** Level 5.2 in the last byte of `profile-level-id` (RFC 6184 section 8.1): 3840 × 2160 at 60 frames a second. */
const LEVEL_5_2 = '34';

/** Raises the level of every H.264 codec that a handler says it can send; the profile stays. */
export function sendingAnyLevel(factory: types.HandlerFactory): types.HandlerFactory {
  return {
    ...factory,
    getNativeRtpCapabilities: async (options) => {
      const capabilities = await factory.getNativeRtpCapabilities(options);
      return options.direction === 'sendonly' ? raised(capabilities) : capabilities;
    },
    // A handler reads its codecs again from each offer it makes, and asks this what to make of them.
    factory: (options) =>
      factory.factory({
        ...options,
        getSendExtendedRtpCapabilities: (offered) => options.getSendExtendedRtpCapabilities(raised(offered)),
      }),
  };
}

function raised(capabilities: types.RtpCapabilities): types.RtpCapabilities {
  return { ...capabilities, codecs: capabilities.codecs?.map(raiseLevel) };
}

function raiseLevel(codec: types.RtpCodecCapability): types.RtpCodecCapability {
  const { 'profile-level-id': id, ...parameters } = codec.parameters ?? {};
  if (codec.mimeType.toLowerCase() !== 'video/h264' || typeof id !== 'string' || id.length !== 6)
    return codec;
  const level = Number.parseInt(id.slice(4), 16) < Number.parseInt(LEVEL_5_2, 16) ? LEVEL_5_2 : id.slice(4);
  return { ...codec, parameters: { ...parameters, 'profile-level-id': id.slice(0, 4) + level } };
}
