import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRtp } from '../rtp/packet.ts';
import { type Arrival, arrivals, type Read, read, type Trouble } from './testing/journal.ts';
import {
  ffmpeg,
  framesByGstreamer,
  hasProgram,
  inFolder,
  packetsByFfmpeg,
  packetsByGstreamer,
  readIvf,
} from './testing/programs.ts';

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=30:duration=2'];
const VPX = ['-deadline', 'realtime', '-cpu-used', '8', '-b:v', '600k', '-g', '20', '-auto-alt-ref', '0'];
const X264 = [
  '-c:v',
  'libx264',
  '-preset',
  'ultrafast',
  '-bf',
  '0',
  '-g',
  '20',
  '-pix_fmt',
  'yuv420p',
  '-f',
  'h264',
];
const TROUBLE: Trouble = { loss: 0.02, duplicates: 0.05, late: 0.1 };

/** NAL units of a byte stream (H.264 annex B). */
function nalUnits(bytes: Uint8Array): Uint8Array[] {
  const starts: number[] = [];
  for (let n = 2; n < bytes.length; n += 1) {
    if (bytes[n] === 1 && bytes[n - 1] === 0 && bytes[n - 2] === 0) starts.push(n + 1);
  }
  return starts.map((start, n) => {
    let end = (starts[n + 1] ?? bytes.length + 3) - 3;
    while (end > start && bytes[end - 1] === 0) end -= 1;
    return bytes.subarray(start, end);
  });
}

/** Pictures as MP4 has them: 4-byte lengths, no parameter sets, no delimiters. */
function pictures(nals: readonly Uint8Array[]): Uint8Array[] {
  const found: Uint8Array[][] = [];
  let open: Uint8Array[] = [];
  let sliced = false;
  for (const nal of nals) {
    const type = (nal[0] ?? 0) & 0x1f;
    const slice = type === 1 || type === 5;
    if (sliced && (!slice || ((nal[1] ?? 0) & 0x80) !== 0)) {
      found.push(open);
      open = [];
      sliced = false;
    }
    if (slice) sliced = true;
    if (slice || type === 6) open.push(nal);
  }
  found.push(open);
  return found.map((parts) =>
    Buffer.concat(
      parts.flatMap((nal) => [
        Uint8Array.of(0, nal.length >> 16, (nal.length >> 8) & 255, nal.length & 255),
        nal,
      ]),
    ),
  );
}

/** A raw byte stream has no times: here each picture gets its own, 33 ms after the one before. */
function stampPictures(packets: readonly Uint8Array[]): Uint8Array[] {
  let timestamp = 1000;
  return packets.map((packet) => {
    const stamped = Uint8Array.from(packet);
    new DataView(stamped.buffer).setUint32(4, timestamp);
    if (parseRtp(packet)?.marker) timestamp += 3000;
    return stamped;
  });
}

function assertSame(found: readonly Uint8Array[], wanted: readonly Uint8Array[]): void {
  assert.equal(found.length, wanted.length);
  found.forEach((frame, n) => {
    assert.ok(Buffer.compare(frame, wanted[n] ?? new Uint8Array()) === 0, `picture ${n} differs`);
  });
}

/** Which pictures lost a packet, by the order of their timestamps. */
function damaged(packets: readonly Uint8Array[], arrived: readonly Arrival[]): Set<number> {
  const came = new Set(arrived.map(({ n }) => n));
  const broken = new Set<number>();
  let picture = -1;
  let before: number | undefined;
  packets.forEach((packet, n) => {
    const timestamp = parseRtp(packet)?.timestamp;
    if (timestamp !== before) picture += 1;
    before = timestamp;
    if (!came.has(n)) broken.add(picture);
  });
  return broken;
}

/** Whole input gives all pictures; with loss, each picture that is given is one of the input, and no whole one is missing after the first keyframe. */
function checkAgainst(mimeType: string, packets: readonly Uint8Array[], wanted: readonly Uint8Array[]): Read {
  const clean = read(mimeType, arrivals(packets));
  assertSame(
    clean.frames.map(({ data }) => data),
    wanted,
  );
  assert.deepEqual(clean.track.statistics.lost, 0);
  assert.ok(clean.frames.every(({ lostBefore }) => !lostBefore));
  const seen: boolean[] = [];
  for (let seed = 1; seed <= 8; seed += 1) {
    const arrived = arrivals(packets, { ...TROUBLE, seed });
    const broken = damaged(packets, arrived);
    const keys = clean.frames.map(({ keyframe }) => keyframe);
    const intact = keys.findIndex((keyframe, n) => keyframe && !broken.has(n));
    const first = intact === -1 ? wanted.length : intact;
    const expected = wanted.filter((_, n) => n >= first && !broken.has(n));
    const found = read(mimeType, arrived);
    assertSame(
      found.frames.map(({ data }) => data),
      expected,
    );
    const { reordered, duplicates, lost: missing } = found.track.statistics;
    seen.push(reordered > 0 && duplicates > 0 && missing > 0);
    // A picture after a loss says so until the next keyframe.
    let lost = false;
    const marks = wanted.flatMap((_, n) => {
      if (n < first) return [];
      lost = broken.has(n) ? true : keys[n] ? false : lost;
      return broken.has(n) ? [] : [lost];
    });
    assert.deepEqual(
      found.frames.map(({ lostBefore }) => lostBefore),
      marks,
    );
  }
  assert.ok(seen.includes(true));
  return clean;
}

describe('depacketisers beside ffmpeg and GStreamer', function () {
  this.timeout(120_000);

  before(function () {
    if (!hasProgram('ffmpeg', 'the comparison of depacketisers')) this.skip();
  });

  for (const codec of ['vp8', 'vp9'] as const) {
    const encoder = codec === 'vp8' ? 'libvpx' : 'libvpx-vp9';
    it(`give the pictures of ${codec} that ffmpeg sent, with loss, disorder and duplicates`, () =>
      inFolder(async (folder) => {
        const file = join(folder, 'in.ivf');
        await ffmpeg(...PICTURE, '-c:v', encoder, ...VPX, file);
        const packets = await packetsByFfmpeg('-i', file, '-c', 'copy', '-strict', 'experimental');
        const { frames } = checkAgainst(`video/${codec}`, packets, await readIvf(file));
        assert.equal(frames[0]?.config?.width, 320);
        assert.equal(frames[0]?.config?.height, 180);
      }));

    it(`give the pictures of ${codec} that GStreamer cut up, and that it puts together`, async function () {
      if (!hasProgram('gst-launch-1.0', `GStreamer and ${codec}`)) this.skip();
      await inFolder(async (folder) => {
        const file = join(folder, 'in.ivf');
        await ffmpeg(...PICTURE, '-c:v', encoder, ...VPX, file);
        const pay = `ivfparse ! rtp${codec}pay mtu=1200 picture-id-mode=15-bit`;
        const packets = await packetsByGstreamer(folder, file, pay);
        const { frames } = checkAgainst(`video/${codec}`, packets, await readIvf(file));
        const theirs = await framesByGstreamer(folder, packets, codec.toUpperCase(), `rtp${codec}depay`);
        assertSame(
          frames.map(({ data }) => data),
          theirs,
        );
      });
    });
  }

  it('give a VP9 superframe with hidden pictures as it was', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'in.ivf');
      const hidden = [
        '-deadline',
        'good',
        '-cpu-used',
        '8',
        '-b:v',
        '300k',
        '-g',
        '30',
        '-auto-alt-ref',
        '1',
        '-lag-in-frames',
        '16',
      ];
      await ffmpeg(...PICTURE, '-c:v', 'libvpx-vp9', ...hidden, file);
      const packets = await packetsByFfmpeg('-i', file, '-c', 'copy', '-strict', 'experimental');
      checkAgainst('video/vp9', packets, await readIvf(file));
    }));

  it('give the pictures of H.264 in slices that ffmpeg sent', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'in.h264');
      await ffmpeg(...PICTURE, ...X264, '-x264-params', 'slices=3:scenecut=0', file);
      const packets = await packetsByFfmpeg('-i', file, '-c', 'copy');
      const { frames } = checkAgainst('video/h264', packets, pictures(nalUnits(await readFile(file))));
      assert.match(frames[0]?.config?.codecString ?? '', /^avc1\.42[0-9a-f]{4}$/);
      assert.deepEqual([frames[0]?.config?.width, frames[0]?.config?.height], [320, 180]);
    }));

  it('give the pictures of H.264 that GStreamer cut up, with a new configuration where the size changes', async function () {
    if (!hasProgram('gst-launch-1.0', 'GStreamer and h264')) this.skip();
    await inFolder(async (folder) => {
      const small = join(folder, 'small.h264');
      const large = join(folder, 'large.h264');
      const file = join(folder, 'in.h264');
      await ffmpeg(...PICTURE, ...X264, small);
      await ffmpeg(
        ...PICTURE,
        '-vf',
        'scale=640:364',
        ...X264,
        '-profile:v',
        'high',
        '-preset',
        'veryfast',
        large,
      );
      await ffmpeg('-i', `concat:${small}|${large}`, '-c', 'copy', '-f', 'h264', file);
      const pay = 'h264parse ! rtph264pay mtu=1200 aggregate-mode=zero-latency config-interval=-1';
      const packets = stampPictures(await packetsByGstreamer(folder, file, pay));
      const wanted = pictures(nalUnits(await readFile(file)));
      const { frames } = checkAgainst('video/h264', packets, wanted);
      const sizes = frames.flatMap(({ config }) => (config ? [[config.width, config.height]] : []));
      assert.deepEqual(sizes, [
        [320, 180],
        [640, 364],
      ]);
      assert.match(frames.findLast(({ config }) => config)?.config?.codecString ?? '', /^avc1\.6400/);
    });
  });

  it('give the packets of Opus that ffmpeg sent', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'in.ogg');
      await ffmpeg('-f', 'lavfi', '-i', 'sine=duration=2', '-c:a', 'libopus', '-b:a', '32k', file);
      const packets = await packetsByFfmpeg('-i', file, '-c', 'copy');
      const { frames, track } = read('audio/opus', arrivals(packets));
      assertSame(
        frames.map(({ data }) => data),
        packets.map((packet) => parseRtp(packet)?.payload ?? new Uint8Array()),
      );
      assert.ok(frames.length >= 100);
      assert.equal(track.statistics.lost, 0);
    }));
});
