/** RTP parameters as browsers send them, and what browsers say they decode. */
import type { RtpCapabilities, RtpParameters } from '../../protocol/media.ts';

const feedback = [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'ccm', parameter: 'fir' }];
const headerExtensions: RtpParameters['headerExtensions'] = [
  { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 1 },
  { uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id', id: 2 },
];

let made = 0;

function mid(): string {
  made += 1;
  return `m${made}`;
}

/** Opus speech. */
export function opus(): RtpParameters {
  return {
    mid: mid(),
    codecs: [
      {
        mimeType: 'audio/opus',
        payloadType: 111,
        clockRate: 48_000,
        channels: 2,
        parameters: { useinbandfec: 1 },
      },
    ],
    encodings: [{ ssrc: 10_000 + made }],
  };
}

/** VP8 simulcast, lowest first: full size divided by 4, 2 and 1. */
export function vp8Simulcast(): RtpParameters {
  return {
    mid: mid(),
    codecs: [{ mimeType: 'video/VP8', payloadType: 96, clockRate: 90_000, rtcpFeedback: feedback }],
    headerExtensions,
    encodings: [
      { rid: 'r0', scalabilityMode: 'L1T3' },
      { rid: 'r1', scalabilityMode: 'L1T3' },
      { rid: 'r2', scalabilityMode: 'L1T3' },
    ],
  };
}

/** One VP8 stream without layers. */
export function vp8Single(): RtpParameters {
  return { ...vp8Simulcast(), encodings: [{ ssrc: 10_000 + made }] };
}

/** VP9 with three spatial and three temporal layers in one stream. */
export function vp9Svc(): RtpParameters {
  return {
    mid: mid(),
    codecs: [
      {
        mimeType: 'video/VP9',
        payloadType: 98,
        clockRate: 90_000,
        parameters: { 'profile-id': 0 },
        rtcpFeedback: feedback,
      },
    ],
    headerExtensions,
    encodings: [{ ssrc: 10_000 + made, scalabilityMode: 'L3T3_KEY' }],
  };
}

/** The same capabilities without some codecs, as a browser has that cannot decode them. */
export function without(capabilities: RtpCapabilities, ...mimeTypes: string[]): RtpCapabilities {
  const codecs = (capabilities.codecs ?? []).filter((codec) => !mimeTypes.includes(codec.mimeType));
  return { ...capabilities, codecs };
}
