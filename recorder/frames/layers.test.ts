import assert from 'node:assert/strict';
import { join } from 'node:path';
import { parseRtp } from '../rtp/packet.ts';
import { arrivals, fixture, random, read } from './testing/journal.ts';
import { av1Payloads, packetise, splitObus, vp9Payloads } from './testing/packetise.ts';
import { decodedPictures, ffmpeg, hasProgram, inFolder, readIvf } from './testing/programs.ts';
import { parseVp9Descriptor, superframe } from './vp9.ts';

const VP9 = 'chromium-vp9-l3t3-key.rtp';
const AV1 = 'chromium-av1-l2t2-key.rtp';
const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=30:duration=1'];

/** Packets of one picture after another, 33 ms apart. */
function stream(pictures: readonly (readonly Uint8Array[])[]): Uint8Array[] {
  let sequence = 65_500;
  return pictures.flatMap((payloads, n) =>
    payloads.map((payload, part) => {
      sequence += 1;
      const marker = part === payloads.length - 1;
      return packetise({ ssrc: 7, sequence, timestamp: 2 ** 32 - 9000 + 3000 * n, marker, payload });
    }),
  );
}

describe('pictures in layers', function () {
  this.timeout(60_000);

  for (const flexible of [true, false]) {
    it(`of VP9 in ${flexible ? 'flexible' : 'non-flexible'} mode become superframes with an index`, () => {
      const next = random(5);
      // A keyframe header of profile 0, 320 by 180; what follows is noise, as nothing here decodes it.
      const head = [0x82, 0x49, 0x83, 0x42, 0x00, 0x13, 0xf0, 0x0b, 0x30];
      const sizes = [1, 2, 4].map((scale) => ({ width: 320 * scale, height: 180 * scale }));
      const pictures = Array.from({ length: 40 }, (_, n) => {
        const count = n >= 20 && n < 30 ? 2 : 3;
        return Array.from({ length: count }, (_layer, sid) => {
          const noise = Array.from({ length: 200 + Math.floor(3000 * next()) }, () =>
            Math.floor(next() * 256),
          );
          return Uint8Array.of(...(n === 0 && sid === 0 ? head : [0x86, 0]), ...noise);
        });
      });
      const packets = stream(
        pictures.map((layers, n) =>
          vp9Payloads({ layers, key: n === 0, sizes }, 0x7ff0 + n - (n > 15 ? 0x8000 : 0), flexible),
        ),
      );
      const { frames } = read('video/VP9', arrivals(packets, { late: 0.2 }));
      assert.equal(frames.length, 40);
      frames.forEach(({ data, keyframe }, n) => {
        const layers = pictures[n] ?? [];
        assert.deepEqual(data, superframe(layers));
        assert.equal(keyframe, n === 0);
        // Annex B: the last byte holds the mark, the width of a size and the number of frames.
        assert.equal((data.at(-1) ?? 0) & 0xe7, 0xc0 | (layers.length - 1));
      });
      assert.deepEqual([frames[0]?.config?.width, frames[0]?.config?.height], [1280, 720]);
      assert.equal(frames[0]?.config?.codecString, 'vp09.00.40.08');
    });
  }

  it('of VP9 as Chromium sends them decode without an error, and go on where the top layer stops', async function () {
    const arrived = await fixture(VP9);
    const { frames, track } = read('video/VP9', arrived);
    assert.equal(frames.length, new Set(arrived.map(({ packet }) => parseRtp(packet)?.timestamp)).size);
    assert.equal(track.statistics.brokenFrames, 0);
    assert.deepEqual(
      frames.flatMap(({ config }) => (config ? [[config.width, config.height]] : [])),
      [
        [320, 180],
        [640, 360],
      ],
    );
    // The top layer stops in the middle: its packets are gone without a trace in the sequence, as the encoder stopped it.
    let sequence = 0;
    const lower = arrived.flatMap((one, n) => {
      const packet = Uint8Array.from(one.packet);
      const parsed = parseRtp(packet);
      const layer = parsed && parseVp9Descriptor(parsed.payload)?.layer;
      if (n > 90 && layer === 1) return [];
      sequence += 1;
      const view = new DataView(packet.buffer);
      view.setUint16(2, sequence);
      if (n > 90) view.setUint8(1, view.getUint8(1) | 0x80);
      return [{ ...one, packet }];
    });
    const fewer = read('video/VP9', lower);
    assert.equal(fewer.frames.length, frames.length);
    if (!hasProgram('ffmpeg', 'decoding of pictures in layers')) this.skip();
    const data = (one: typeof frames) => one.map((frame) => frame.data);
    assert.equal(await decodedPictures(data(frames), 'VP90', 'libvpx-vp9'), frames.length);
    assert.equal(await decodedPictures(data(fewer.frames), 'VP90', 'libvpx-vp9'), frames.length);
  });

  it('of AV1 as Chromium sends them decode without an error', async function () {
    const { frames, track } = read('video/AV1', await fixture(AV1));
    assert.equal(track.statistics.brokenFrames, 0);
    assert.equal(frames[0]?.config?.codecString, 'av01.0.01M.08');
    if (!hasProgram('ffmpeg', 'decoding of pictures in layers')) this.skip();
    assert.equal(
      await decodedPictures(
        frames.map(({ data }) => data),
        'AV01',
        'libdav1d',
      ),
      frames.length,
    );
  });

  for (const [name, mimeType] of [
    [VP9, 'video/VP9'],
    [AV1, 'video/AV1'],
  ] as const) {
    it(`of ${mimeType} are given whole or not at all where packets are lost`, async () => {
      const arrived = await fixture(name);
      const whole = new Map(read(mimeType, arrived).frames.map((frame) => [frame.rtp, frame]));
      for (let seed = 1; seed <= 20; seed += 1) {
        const next = random(seed);
        const some = arrived.filter(() => next() > 0.05);
        for (const { rtp, data } of read(mimeType, some).frames) assert.deepEqual(data, whole.get(rtp)?.data);
      }
    });
  }

  for (const counted of [true, false]) {
    it(`of AV1 come together from fragments ${counted ? 'with' : 'without'} a count of elements`, () =>
      inFolder(async (folder) => {
        if (!hasProgram('ffmpeg', 'AV1 from fragments')) return;
        const file = join(folder, 'in.ivf');
        await ffmpeg(
          ...PICTURE,
          '-c:v',
          'libaom-av1',
          '-cpu-used',
          '8',
          '-usage',
          'realtime',
          '-g',
          '10',
          '-b:v',
          '900k',
          file,
        );
        const units = await readIvf(file);
        const keys = units.map((unit) => splitObus(unit).some((obu) => (obu[0] ?? 0) >> 3 === 1));
        const packets = stream(units.map((unit, n) => av1Payloads(unit, keys[n] === true, counted, 300)));
        const { frames } = read('video/AV1', arrivals(packets, { late: 0.1, duplicates: 0.1 }));
        assert.deepEqual(
          frames.map(({ data }) => Buffer.from(data).toString('hex')),
          units.map((unit) => Buffer.concat(splitObus(unit)).toString('hex')),
        );
        assert.deepEqual(
          frames.map(({ keyframe }) => keyframe),
          keys,
        );
        assert.deepEqual([frames[0]?.config?.width, frames[0]?.config?.height], [320, 180]);
        assert.match(frames[0]?.config?.codecString ?? '', /^av01\.0\.\d\dM\.08$/);
      }));
  }
});
