/** Streams encoded by ffmpeg for tests, as frames with times, read by mediabunny from files that ffmpeg wrote. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny';
import type { CodecConfig } from '../../core/types.ts';

const run = promisify(execFile);

export interface StreamFrame {
  /** Seconds from the beginning. */
  readonly time: number;
  readonly keyframe: boolean;
  readonly data: Uint8Array;
}

export interface EncodedStream {
  readonly config: CodecConfig;
  readonly frames: readonly StreamFrame[];
  /** Hashes of the decoded pictures or sound, in order. */
  readonly decoded: readonly string[];
}

export interface Wanted {
  readonly codec: CodecConfig['codec'];
  readonly seconds: number;
  readonly width?: number;
  readonly height?: number;
  readonly fps?: number;
  /** Frames from one keyframe to the next; a large number for one at the beginning only. */
  readonly keyEvery?: number;
  /** VP9 with frames that are not shown, which make superframes. */
  readonly superframes?: boolean;
}

const ENCODERS: Readonly<Record<CodecConfig['codec'], readonly [string, ...string[]]>> = {
  vp8: ['stream.webm', '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1M'],
  vp9: ['stream.webm', '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '1M'],
  h264: [
    'stream.mp4',
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-tune',
    'zerolatency',
    '-pix_fmt',
    'yuv420p',
  ],
  av1: ['stream.mp4', '-c:v', 'libaom-av1', '-usage', 'realtime', '-cpu-used', '8', '-lag-in-frames', '0'],
  opus: ['stream.webm', '-c:a', 'libopus', '-b:a', '64k', '-ac', '2'],
};
const SUPERFRAMES = ['-c:v', 'libvpx-vp9', '-auto-alt-ref', '1', '-lag-in-frames', '16', '-cpu-used', '5'];

/** Encodes a moving test picture or a tone. Throws what ffmpeg says when it fails. */
export async function encodeStream(wanted: Wanted): Promise<EncodedStream> {
  const { codec, seconds, width = 192, height = 108, fps = 30, keyEvery = 60 } = wanted;
  const folder = await mkdtemp(join(tmpdir(), 'goldenhour-stream-'));
  try {
    const [name, ...encoder] = ENCODERS[codec];
    const file = join(folder, name);
    const input =
      codec === 'opus'
        ? `sine=frequency=440:sample_rate=48000:duration=${seconds}`
        : `testsrc2=size=${width}x${height}:rate=${fps}:duration=${seconds}`;
    const keys = codec === 'opus' ? [] : ['-g', `${keyEvery}`, '-keyint_min', `${keyEvery}`];
    const options = wanted.superframes ? SUPERFRAMES : encoder;
    await run('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', input, ...options, ...keys, file]);
    const { config, frames } = await readFrames(await readFile(file), codec);
    return { config, frames, decoded: await decodeFile(file) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Packets of the first track of a file, in order of decoding, as an independent reader finds them. */
export async function readFrames(
  bytes: Uint8Array,
  codec: CodecConfig['codec'],
): Promise<{ config: CodecConfig; frames: StreamFrame[] }> {
  const input = new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes) });
  try {
    const [track] = await input.getTracks();
    if (!track) throw new Error('no track was found');
    const sound = track.isAudioTrack();
    const config = track.isVideoTrack()
      ? pictureConfig(codec, (await track.getDecoderConfig()) ?? undefined)
      : SOUND;
    const frames = [];
    for await (const packet of new EncodedPacketSink(track).packets())
      frames.push({ time: packet.timestamp, keyframe: sound || packet.type === 'key', data: packet.data });
    return { config, frames };
  } finally {
    input.dispose();
  }
}

/** dOps of two channels without pre-skip (version, channels, pre-skip, 48000, gain, family 0). */
const DOPS = Uint8Array.from([0, 2, 0, 0, 0, 0, 0xbb, 0x80, 0, 0, 0]);
const SOUND: CodecConfig = { codec: 'opus', codecString: 'opus', channels: 2, description: DOPS };

function pictureConfig(codec: CodecConfig['codec'], found: VideoDecoderConfig | undefined): CodecConfig {
  if (!found) throw new Error('the reader found no configuration');
  const { codedWidth: width = 0, codedHeight: height = 0, description } = found;
  const size = { codec, width, height };
  if (codec === 'vp8') return { ...size, codecString: 'vp8' };
  // Profile 0, level 1, 8 bits, 4:2:0 collocated; colours unspecified; no initialization data.
  const vpcc = Uint8Array.from([1, 0, 0, 0, 0, 10, 0x82, 2, 2, 2, 0, 0]);
  if (codec === 'vp9') return { ...size, codecString: 'vp09.00.10.08', description: vpcc };
  // Profile 0, level 2.0, 4:2:0 of 8 bits; the sequence header stands in every keyframe.
  if (codec === 'av1')
    return { ...size, codecString: found.codec, description: Uint8Array.of(0x81, 0, 0x0c, 0) };
  if (!(description instanceof Uint8Array)) throw new Error('the reader found no description');
  return { ...size, codecString: found.codec, description };
}

/** Decodes a file whole and answers the hash of each picture or block of sound. Throws on the first error of the decoder. */
export async function decodeFile(file: string): Promise<string[]> {
  const { stdout, stderr } = await run(
    'ffmpeg',
    ['-v', 'error', '-xerror', '-i', file, '-fps_mode', 'passthrough', '-f', 'framemd5', '-'],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  if (stderr.trim() !== '') throw new Error(stderr);
  const lines = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => line.split(',').at(-1)?.trim() ?? '');
}

/** The same for bytes in memory. */
export async function decodeBytes(...parts: readonly Uint8Array[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'goldenhour-decode-'));
  try {
    const file = join(folder, 'joined');
    await writeFile(file, Buffer.concat(parts));
    return await decodeFile(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
