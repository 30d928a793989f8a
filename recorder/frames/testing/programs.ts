/** ffmpeg and GStreamer as second opinions: they make streams, cut them into packets, and put packets together again. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram, mustRun } from '../../../platform/setup/run-program.ts';

const DEADLINE_MS = 60_000;

/** Whether a program is here; where not, says on the terminal which tests do not run. */
export function hasProgram(name: string, whatFor: string): boolean {
  if (findProgram(name) !== undefined) return true;
  process.stderr.write(`not run: ${whatFor}, because ${name} is not installed\n`);
  return false;
}

/** A folder that is gone after `use`. */
export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'goldenhour-frames-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function ffmpeg(...args: string[]): Promise<void> {
  await mustRun('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y', ...args], {
    deadlineMs: DEADLINE_MS,
    errorCode: 'ffmpeg-failed',
    whatToDo: 'See what ffmpeg said.',
  });
}

async function gstreamer(pipeline: string): Promise<void> {
  await mustRun('gst-launch-1.0', ['-q', ...pipeline.split(' ')], {
    deadlineMs: DEADLINE_MS,
    errorCode: 'gstreamer-failed',
    whatToDo: 'See what GStreamer said.',
  });
}

/** Frames of an IVF file, in order. */
export async function readIvf(path: string): Promise<Uint8Array[]> {
  const bytes = await readFile(path);
  const frames: Uint8Array[] = [];
  let at = bytes.readUInt16LE(6);
  while (at + 12 <= bytes.length) {
    const length = bytes.readUInt32LE(at);
    frames.push(Uint8Array.from(bytes.subarray(at + 12, at + 12 + length)));
    at += 12 + length;
  }
  return frames;
}

/** An IVF file of these frames, one each 33 ms. */
export async function writeIvf(path: string, fourcc: string, frames: readonly Uint8Array[]): Promise<void> {
  const head = Buffer.alloc(32);
  head.write('DKIF', 0);
  head.writeUInt16LE(32, 6);
  head.write(fourcc, 8);
  head.writeUInt16LE(640, 12);
  head.writeUInt16LE(360, 14);
  head.writeUInt32LE(30, 16);
  head.writeUInt32LE(1, 20);
  head.writeUInt32LE(frames.length, 24);
  const parts: Uint8Array[] = [head];
  frames.forEach((frame, n) => {
    const item = Buffer.alloc(12);
    item.writeUInt32LE(frame.length, 0);
    item.writeUInt32LE(n, 4);
    parts.push(item, frame);
  });
  await writeFile(path, Buffer.concat(parts));
}

/** Lets GStreamer cut a file into packets: `elements` parse and pay. RFC 4571 frames each with its length. */
export async function packetsByGstreamer(
  folder: string,
  file: string,
  elements: string,
): Promise<Uint8Array[]> {
  const out = join(folder, 'packets');
  await gstreamer(`filesrc location=${file} ! ${elements} ! rtpstreampay ! filesink location=${out}`);
  const bytes = await readFile(out);
  const packets: Uint8Array[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const end = at + 2 + bytes.readUInt16BE(at);
    packets.push(Uint8Array.from(bytes.subarray(at + 2, end)));
    at = end;
  }
  return packets;
}

/** Lets GStreamer put packets together; the bytes of each buffer that comes out. */
export async function framesByGstreamer(
  folder: string,
  packets: readonly Uint8Array[],
  encoding: string,
  depay: string,
): Promise<Uint8Array[]> {
  const file = join(folder, 'depay-in');
  const framed = packets.flatMap((packet) => [
    Uint8Array.of(packet.length >> 8, packet.length & 255),
    packet,
  ]);
  await writeFile(file, Buffer.concat(framed));
  const caps = `application/x-rtp-stream,media=video,clock-rate=90000,encoding-name=${encoding},payload=96`;
  await gstreamer(
    `filesrc location=${file} ! ${caps} ! rtpstreamdepay ! ${depay} ! multifilesink location=${folder}/out-%05d`,
  );
  const names = (await readdir(folder)).filter((name) => name.startsWith('out-')).sort();
  return Promise.all(names.map(async (name) => Uint8Array.from(await readFile(join(folder, name)))));
}

/** Lets ffmpeg cut a file into packets and takes them from a socket; all are there when a last one of our own has come. */
export async function packetsByFfmpeg(...args: string[]): Promise<Uint8Array[]> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 8 * 1024 * 1024 });
  try {
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    const packets: Uint8Array[] = [];
    const last = Promise.withResolvers<void>();
    socket.on('message', (message) => {
      if (message.length === 1) last.resolve();
      else packets.push(Uint8Array.from(message));
    });
    await ffmpeg('-re', ...args, '-f', 'rtp', `rtp://127.0.0.1:${port}?pkt_size=1200&rtcpport=${port}`);
    socket.send(Uint8Array.of(0), port, '127.0.0.1');
    await last.promise;
    return packets.filter((packet) => (packet[1] ?? 0) < 192 || (packet[1] ?? 0) > 223);
  } finally {
    socket.close();
  }
}

/** How many pictures a decoder makes of these frames; throws when it finds an error. */
export async function decodedPictures(
  frames: readonly Uint8Array[],
  fourcc: string,
  decoder: string,
): Promise<number> {
  return inFolder(async (folder) => {
    const file = join(folder, 'frames.ivf');
    const hashes = join(folder, 'hashes');
    await writeIvf(file, fourcc, frames);
    await ffmpeg('-xerror', '-c:v', decoder, '-i', file, '-vf', 'scale=64:64', '-f', 'framemd5', hashes);
    return (await readFile(hashes, 'utf8')).split('\n').filter((line) => /^\d/.test(line)).length;
  });
}
