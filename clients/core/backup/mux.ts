/**
 * Writes and joins the files of the own copy. mediabunny is loaded only when the first file is written, some seconds after
 * the page has gone live.
 */
import type { EncodedPacket } from 'mediabunny';
import type { Packet } from './cutter.ts';

export type CopyCodec = 'avc' | 'vp8' | 'opus';

export interface Described {
  readonly codec: CopyCodec;
  readonly config: VideoDecoderConfig | AudioDecoderConfig;
}

export interface MediaFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** With its codecs, as a `<video>` takes it. */
  readonly mimeType: string;
}

/** A file to be joined, with the time of its beginning on a common clock, in milliseconds. */
export interface Part extends MediaFile {
  readonly from: number;
}

const lib = () => import('mediabunny');

/** Writes packets as a file that plays alone; its container time 0 is the first packet. */
export async function muxFile(packets: readonly Packet[], described: Described): Promise<MediaFile> {
  const { EncodedPacket } = await lib();
  const base = packets[0]?.at ?? 0;
  const encoded = packets.map(
    ({ data, key, at, duration }) =>
      new EncodedPacket(data, key ? 'key' : 'delta', (at - base) / 1e6, duration / 1e6),
  );
  return write(encoded, described);
}

/** Joins files of one stream into one, without touching a picture. Rejects when one of them cannot be read. */
export async function joinFiles(parts: readonly Part[]): Promise<MediaFile> {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const packets: EncodedPacket[] = [];
  let described: Described | undefined;
  let reached = Number.NEGATIVE_INFINITY;
  for (const part of parts) {
    const read = await readFile(part);
    described ??= read.described;
    const shift = (part.from - (first?.from ?? 0)) / 1000;
    for (const packet of read.packets) {
      // Containers round times to their own units: order must not be lost by that.
      const timestamp = Math.max(packet.timestamp + shift, reached + 0.0001);
      packets.push(packet.clone({ timestamp }));
      reached = timestamp;
    }
  }
  if (described === undefined) throw new Error('There is nothing to join.');
  return write(packets, described);
}

async function readFile(part: MediaFile): Promise<{ packets: EncodedPacket[]; described: Described }> {
  const { BufferSource, EncodedPacketSink, Input, MP4, WEBM } = await lib();
  const input = new Input({ formats: [MP4, WEBM], source: new BufferSource(part.bytes) });
  try {
    const track = (await input.getPrimaryVideoTrack()) ?? (await input.getPrimaryAudioTrack());
    const config = await track?.getDecoderConfig();
    const codec = config === null || config === undefined ? undefined : codecOf(config.codec);
    if (!track || !config || codec === undefined) throw new Error('A kept file has no track that is known.');
    const packets: EncodedPacket[] = [];
    for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
    return { packets, described: { codec, config } };
  } finally {
    input.dispose();
  }
}

async function write(packets: readonly EncodedPacket[], { codec, config }: Described): Promise<MediaFile> {
  const { BufferTarget, EncodedAudioPacketSource, EncodedVideoPacketSource, Output, ...formats } =
    await lib();
  const target = new BufferTarget();
  const format =
    codec === 'avc'
      ? new formats.Mp4OutputFormat({ fastStart: 'in-memory' })
      : new formats.WebMOutputFormat();
  const output = new Output({ format, target });
  if (codec === 'opus') {
    const source = new EncodedAudioPacketSource(codec);
    output.addAudioTrack(source);
    await output.start();
    for (const packet of packets) await source.add(packet, { decoderConfig: asAudio(config) });
  } else {
    const source = new EncodedVideoPacketSource(codec);
    output.addVideoTrack(source);
    await output.start();
    for (const packet of packets) await source.add(packet, { decoderConfig: config });
  }
  const mimeType = await output.getMimeType();
  await output.finalize();
  if (target.buffer === null) throw new Error('The file has not been written.');
  return { bytes: new Uint8Array(target.buffer), mimeType };
}

function asAudio(config: VideoDecoderConfig | AudioDecoderConfig): AudioDecoderConfig {
  if ('sampleRate' in config) return config;
  throw new Error('Sound needs the description of sound.');
}

function codecOf(name: string): CopyCodec | undefined {
  if (name.startsWith('avc')) return 'avc';
  return name === 'vp8' || name === 'opus' ? name : undefined;
}
