/** Small pieces of real media, as ffmpeg writes them: an init and fragments, in room time. For tests only. */
import { spawn } from 'node:child_process';
import { buffer } from 'node:stream/consumers';

export interface Piece {
  readonly bytes: Uint8Array;
  /** Room time in milliseconds. */
  readonly from: number;
  readonly to: number;
}

export interface Media {
  readonly mimeType: string;
  readonly init: Uint8Array;
  /** One second each. */
  readonly pieces: readonly Piece[];
  readonly framesPerPiece: number;
  readonly width?: number;
  readonly height?: number;
}

/** Picture with a running counter, one keyframe a second; `from` and `seconds` are whole seconds. */
export async function h264(from: number, seconds: number, size = '320x180'): Promise<Media> {
  return h264Of(`testsrc=size=${size}:rate=25:duration=${seconds}`, from, size);
}

/** @param picture a source of ffmpeg with 25 pictures a second */
export async function h264Of(picture: string, from: number, size: string): Promise<Media> {
  const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '0', '-pix_fmt', 'yuv420p'];
  const file = await make(picture, [...codec, '-g', '25', '-keyint_min', '25', '-sc_threshold', '0'], from);
  return { mimeType: 'video/mp4; codecs="avc1.42c00d"', ...fragments(file, from, 25), ...sizeOf(size) };
}

export async function vp8(from: number, seconds: number, size = '320x180'): Promise<Media> {
  const picture = `testsrc=size=${size}:rate=25:duration=${seconds}`;
  const args = ['-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-g', '25', '-b:v', '300k'];
  const webm = ['-cluster_time_limit', '1000', '-live', '1', '-f', 'webm'];
  const file = await run(['-f', 'lavfi', '-i', picture, ...args, '-output_ts_offset', String(from), ...webm]);
  return { mimeType: 'video/webm; codecs="vp8"', ...clusters(file, from, 25), ...sizeOf(size) };
}

/** A tone; 50 packets a second. */
export async function opus(from: number, seconds: number, hertz = 440): Promise<Media> {
  const tone = `sine=frequency=${hertz}:sample_rate=48000:duration=${seconds}`;
  const file = await make(tone, ['-c:a', 'libopus', '-frame_duration', '20', '-b:a', '32k'], from, 1_000_000);
  const cut = fragments(file, from, 50);
  // What the encoder's delay leaves behind the last second.
  return { mimeType: 'audio/mp4; codecs="opus"', ...cut, pieces: cut.pieces.slice(0, seconds) };
}

function sizeOf(size: string): { width: number; height: number } {
  const [width = 0, height = 0] = size.split('x').map(Number);
  return { width, height };
}

function make(source: string, codec: readonly string[], from: number, fragmentUs?: number): Promise<Buffer> {
  const flags = `empty_moov+default_base_moof+negative_cts_offsets${fragmentUs ? '' : '+frag_keyframe'}`;
  const cut = fragmentUs ? ['-frag_duration', String(fragmentUs)] : [];
  return run([
    ...['-f', 'lavfi', '-i', source, ...codec, '-output_ts_offset', String(from)],
    ...['-movflags', flags, ...cut, '-use_editlist', '0', '-f', 'mp4'],
  ]);
}

async function run(args: readonly string[]): Promise<Buffer> {
  const program = process.env.FFMPEG_BIN ?? 'ffmpeg';
  const child = spawn(program, ['-v', 'error', '-nostdin', ...args, 'pipe:1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const file = await buffer(child.stdout);
  if (file.length === 0) throw new Error(`ffmpeg made nothing of ${args.join(' ')}`);
  return file;
}

/** Cuts a fragmented MP4 at its `moof` boxes (ISO/IEC 14496-12 section 4.2). */
function fragments(file: Buffer, from: number, framesPerPiece: number) {
  const cuts: number[] = [];
  let end = file.length;
  for (let at = 0; at + 8 <= file.length; at += file.readUInt32BE(at)) {
    const type = file.toString('latin1', at + 4, at + 8);
    if (type === 'moof') cuts.push(at);
    if (type === 'mfra') end = at;
  }
  return pieces(file, cuts, end, from, framesPerPiece);
}

/** Cuts a WebM at its clusters, whose id is 0x1F43B675 (RFC 9559 section 5.1.3). */
function clusters(file: Buffer, from: number, framesPerPiece: number) {
  const id = Buffer.from([0x1f, 0x43, 0xb6, 0x75]);
  const cuts: number[] = [];
  for (let at = file.indexOf(id); at !== -1; at = file.indexOf(id, at + 4)) cuts.push(at);
  return pieces(file, cuts, file.length, from, framesPerPiece);
}

function pieces(
  file: Buffer,
  cuts: readonly number[],
  end: number,
  from: number,
  framesPerPiece: number,
): Pick<Media, 'init' | 'pieces' | 'framesPerPiece'> {
  return {
    init: file.subarray(0, cuts[0]),
    framesPerPiece,
    pieces: cuts.map((cut, index) => ({
      bytes: file.subarray(cut, cuts[index + 1] ?? end),
      from: (from + index) * 1000,
      to: (from + index + 1) * 1000,
    })),
  };
}
