/**
 * The codecs every router of a node offers. The order is that in which mediasoup-client picks when a publisher
 * does not choose: VP9 first, because one `L3T3_KEY` stream starts at full size while a single H.264 or VP8 encoding of 4K in
 * Chromium crawls up from 320 pixels.
 */
import type * as mediasoup from 'mediasoup/types';

/**
 * Speech: mono, in-band FEC for lossy links. DTX is off: a patient's faint voice must not be cut as if it were noise.
 * `channels: 2` is the name of the payload format for every Opus stream (RFC 7587 section 7), not stereo.
 */
const opus: mediasoup.RouterRtpCodecCapability = {
  kind: 'audio',
  mimeType: 'audio/opus',
  clockRate: 48_000,
  channels: 2,
  parameters: { useinbandfec: 1, usedtx: 0, stereo: 0, 'sprop-stereo': 0, minptime: 10 },
};

/** Profile 0: 8 bits, 4:2:0, which every decoder has (draft-ietf-payload-vp9 section 6). */
const vp9: mediasoup.RouterRtpCodecCapability = {
  kind: 'video',
  mimeType: 'video/VP9',
  clockRate: 90_000,
  parameters: { 'profile-id': 0 },
};

/**
 * The last byte of `profile-level-id` is the level: 0x34 is 5.2, 4096×2304 at 56 frames a second (ITU-T H.264 table
 * The usual 3.1 would cap a lawful sender at 1280×720.
 */
function h264(profileLevelId: string): mediasoup.RouterRtpCodecCapability {
  return {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    parameters: {
      'packetization-mode': 1,
      'profile-level-id': profileLevelId,
      'level-asymmetry-allowed': 1,
    },
  };
}

const vp8: mediasoup.RouterRtpCodecCapability = { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 };

/** Behind a switch: on lossy downlinks it froze nearly for good (mediasoup issue 1536). */
const av1: mediasoup.RouterRtpCodecCapability = {
  kind: 'video',
  mimeType: 'video/AV1',
  clockRate: 90_000,
  parameters: { profile: 0 },
};

/** Returns the codecs of a router: constrained baseline before high, since every H.264 decoder has it. */
export function routerCodecs(options: { av1: boolean }): mediasoup.RouterRtpCodecCapability[] {
  return [opus, vp9, h264('42e034'), h264('640034'), vp8, ...(options.av1 ? [av1] : [])];
}
