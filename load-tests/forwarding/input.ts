/**
 * Inputs for measurements of forwarding: media that an encoder really made, cut into RTP packets ahead of a run, each with the time at which
 * a publisher's pacer lets it go. The last bytes of each payload are free for a stamp; nobody decodes what is measured.
 */
import { readFile } from 'node:fs/promises';
import type { EncodedStream } from '../../recorder/container/testing/streams.ts';
import { readFrames } from '../../recorder/container/testing/streams.ts';
import { packetise } from '../../recorder/frames/testing/packetise.ts';
import { ffmpeg } from '../../recorder/frames/testing/programs.ts';
import { payloadsOf } from '../../recorder/package/testing/packetize.ts';
import { kept } from '../media/fixtures.ts';
import { STAMP_BYTES } from './stamp.ts';
import type { Input } from './types.ts';

/** How much faster than the mean rate libwebrtc's pacer sends a burst: kDefaultPaceMultiplier of modules/pacing/pacing_controller.h. */
export const LIBWEBRTC_PACE = 2.5;
/** What an uplink that is hardly wider than the stream leaves of its bursts. */
export const NARROW_UPLINK_PACE = 1.1;

const VIDEO_CLOCK = 90_000;
const AUDIO_CLOCK = 48_000;
const AUDIO_FRAME_MS = 20;
const FPS = 30;
const ENCODER = '-c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 60';
/** Noise makes the rate hold. The encoder's rate is what gives the rate of the name once keyframes are in. */
const CAMERAS = {
  '4k-20mbit': { size: '3840x2160', noise: 30, kbit: 19_200 },
  '1080p-4mbit': { size: '1920x1080', noise: 12, kbit: 3_850 },
} as const;
/** Constrained baseline, level 5.1, as design.md section 5 asks of 4K. */
const H264 = { 'packetization-mode': 1, 'profile-level-id': '42e033', 'level-asymmetry-allowed': 1 } as const;

export interface VideoOptions {
  /** Fastest rate of a burst in multiples of the mean rate; libwebrtc's unless given. */
  readonly pace?: number;
}

/** A 4K or 1080p camera as H.264: two seconds from keyframe to keyframe, keyframes at their true size. */
export async function videoInput(
  name: Exclude<Input['name'], 'audio'>,
  { pace = LIBWEBRTC_PACE }: VideoOptions = {},
): Promise<Input> {
  const { packets, roundMs } = paced(await camera(name), pace);
  return {
    ...{ name, kind: 'video', mimeType: 'video/H264', clockRate: VIDEO_CLOCK, payloadType: 102 },
    ...{ ssrc: 0x47480000 + (name === '4k-20mbit' ? 1 : 2), fmtp: H264, packets, roundMs },
    packetsPerSecond: (packets.length * 1000) / roundMs,
  };
}

/** Twelve seconds of spoken words as Opus, one packet each 20 ms. */
export async function audioInput(): Promise<Input> {
  const { frames } = await readFrames(
    await readFile(new URL('../media/speech.opus', import.meta.url)),
    'opus',
  );
  const packets = frames.map(({ data }, index) => {
    const atMs = index * AUDIO_FRAME_MS;
    const timestamp = (atMs * AUDIO_CLOCK) / 1000;
    return { atMs, data: packetOf(data, { timestamp, marker: false, payloadType: 111 }) };
  });
  return {
    ...{ name: 'audio', kind: 'audio', mimeType: 'audio/opus', clockRate: AUDIO_CLOCK, channels: 2 },
    ...{ payloadType: 111, ssrc: 0x47480003, fmtp: { useinbandfec: 1 }, packets },
    ...{ roundMs: frames.length * AUDIO_FRAME_MS, packetsPerSecond: 1000 / AUDIO_FRAME_MS },
  };
}

/** The same media as it comes from so many publishers, each with an SSRC of its own. The packets are shared, not copied. */
export function publishers(input: Input, count: number): Input[] {
  return Array.from({ length: count }, (_, index) => ({ ...input, ssrc: input.ssrc + 16 * (index + 1) }));
}

/** A leaky bucket over all packets of a round. The first pass is only there to begin the second as a round before has left it. */
function paced({ config, frames }: EncodedStream, pace: number): Pick<Input, 'packets' | 'roundMs'> {
  const frameMs = 1000 / FPS;
  const roundMs = Math.round(frames.length * frameMs);
  const cut = frames.flatMap(({ data, keyframe }, index) => {
    const timestamp = Math.round((index * frameMs * VIDEO_CLOCK) / 1000);
    const payloads = payloadsOf(config, data, keyframe);
    return payloads.map((payload, n) => ({
      frameAt: index * frameMs,
      data: packetOf(payload, { timestamp, marker: n === payloads.length - 1, payloadType: 102 }),
    }));
  });
  const bytes = cut.reduce((sum, { data }) => sum + data.length, 0);
  const msPerByte = roundMs / bytes / pace;
  let freeAt = 0;
  const pass = () =>
    cut.map(({ frameAt, data }) => {
      const atMs = Math.max(frameAt, freeAt);
      freeAt = atMs + data.length * msPerByte;
      return { atMs, data };
    });
  pass();
  freeAt = Math.max(0, freeAt - roundMs);
  return { packets: pass(), roundMs };
}

function packetOf(
  payload: Uint8Array,
  head: { readonly timestamp: number; readonly marker: boolean; readonly payloadType: number },
): Uint8Array {
  const stamped = new Uint8Array(payload.length + STAMP_BYTES);
  stamped.set(payload);
  return packetise({ ...head, ssrc: 0, sequence: 0, payload: stamped });
}

/** Kept between runs of the same user. An encoder for live pictures may spend a quarter of a second's bits at once, on a keyframe. */
async function camera(name: keyof typeof CAMERAS): Promise<EncodedStream> {
  const { size, noise, kbit } = CAMERAS[name];
  const picture = `testsrc2=size=${size}:rate=${FPS}:duration=2,noise=alls=${noise}:allf=t`;
  const rate = `-b:v ${kbit}k -minrate ${kbit}k -maxrate ${kbit}k -bufsize ${kbit / 4}k`;
  const file = await kept(`${name}-${kbit}-h264.mp4`, (path) =>
    ffmpeg('-f', 'lavfi', '-i', picture, ...ENCODER.split(' '), ...rate.split(' '), path),
  );
  return { ...(await readFrames(await readFile(file), 'h264')), decoded: [] };
}
