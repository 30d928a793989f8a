import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JournalFrame } from '../core/types.ts';
import { headerExtension, parseRtp } from '../rtp/packet.ts';
import { PeerClock } from '../rtp/peer-clock.ts';
import { buildPli, buildSenderReport, parseRtcp } from '../rtp/rtcp.ts';
import { Av1Depacketiser } from './av1.ts';
import { parseAv1Sequence } from './av1-sequence.ts';
import { H264Depacketiser } from './h264.ts';
import { h264Config, parsePps, parseSps } from './h264-parameters.ts';
import { opusSamples } from './opus.ts';
import type { Depacketiser } from './picture.ts';
import { clockFrame, fixture, ms, parametersNote, random, read } from './testing/journal.ts';
import { packetise } from './testing/packetise.ts';
import { TrackFrames } from './track-frames.ts';
import { Vp8Depacketiser } from './vp8.ts';
import { Vp9Depacketiser } from './vp9.ts';
import { parseVp9Header } from './vp9-header.ts';

const bytes = fc.uint8Array({ maxLength: 80 });
const payloads = fc.array(bytes, { maxLength: 6 });

const depacketisers: Record<string, () => Depacketiser> = {
  vp8: () => new Vp8Depacketiser({ config: undefined }),
  vp9: () => new Vp9Depacketiser({ config: undefined, sizes: [] }),
  h264: () => new H264Depacketiser({ config: undefined, sps: new Map(), pps: new Map(), setsInBand: false }),
  av1: () => new Av1Depacketiser({ config: undefined, sequence: undefined, reduced: false }),
};

describe('parsers of packets', () => {
  it('take any bytes without throwing, and give no more than they got', () => {
    fc.assert(
      fc.property(bytes, fc.nat(255), (any, id) => {
        const packet = parseRtp(any);
        if (packet !== undefined) {
          headerExtension(packet, id);
          assert.ok(packet.payload.length + 12 <= any.length);
        }
        parseRtcp(any);
        parseVp9Header(any);
        parseAv1Sequence(any);
        parseSps(Uint8Array.of(0x67, ...any));
        parsePps(Uint8Array.of(0x68, ...any));
        h264Config([Uint8Array.of(0x67, ...any)], [any]);
        assert.ok((opusSamples(any) ?? 0) <= 5760);
      }),
      { numRuns: 20_000, seed: 1 },
    );
  });

  for (const [codec, make] of Object.entries(depacketisers)) {
    it(`of ${codec} take any payloads without throwing, and make little more of them`, () => {
      fc.assert(
        fc.property(payloads, (parts) => {
          const depacketiser = make();
          for (const part of parts) depacketiser.begins(part);
          const picture = depacketiser.assemble(parts);
          const given = parts.reduce((sum, part) => sum + part.length, 0);
          // Each NAL unit or OBU of one byte may grow by a length.
          assert.ok((picture?.data.length ?? 0) <= 6 * given + 64);
        }),
        { numRuns: 10_000, seed: 2 },
      );
    });
  }

  it('read back what the builders make', () => {
    const report = {
      ssrc: 1,
      ntpSeconds: 0xeeeeeeee,
      ntpFraction: 2,
      rtp: 0xffffffff,
      packets: 3,
      octets: 4,
    };
    const bye = Uint8Array.of(0x81, 203, 0, 1, 0, 0, 0, 9);
    const compound = Buffer.concat([buildSenderReport(report), buildPli(5, 6), bye]);
    assert.deepEqual(parseRtcp(compound), [
      { type: 'sr', ...report },
      { type: 'bye', ssrcs: [9] },
    ]);
    assert.equal(parseRtcp(Uint8Array.of(0x80, 96, 0, 0)), undefined);
  });

  it('read header extensions of one and two bytes, padding and contributing sources', () => {
    const one = [0x10, 0xaa, 0x00, 0x21, 0xbb, 0xcc, 0x00, 0x00];
    const head = [0xb1, 0x80 | 96, 0, 7, 0, 0, 0, 8, 0, 0, 0, 9, 1, 1, 1, 1];
    const packet = parseRtp(Uint8Array.of(...head, 0xbe, 0xde, 0, 2, ...one, 5, 6, 0, 2));
    assert.ok(packet);
    assert.deepEqual([...packet.payload], [5, 6]);
    assert.deepEqual([packet.sequence, packet.timestamp, packet.ssrc, packet.marker], [7, 8, 9, true]);
    assert.deepEqual([...(headerExtension(packet, 1) ?? [])], [0xaa]);
    assert.deepEqual([...(headerExtension(packet, 2) ?? [])], [0xbb, 0xcc]);
    assert.equal(headerExtension(packet, 3), undefined);
    const two = parseRtp(
      Uint8Array.of(0x90, 96, 0, 7, 0, 0, 0, 8, 0, 0, 0, 9, 0x10, 0, 0, 2, 20, 2, 3, 4, 0, 21, 0, 0, 1),
    );
    assert.ok(two);
    assert.deepEqual([...(headerExtension(two, 20) ?? [])], [3, 4]);
    assert.deepEqual([...(headerExtension(two, 21) ?? [1])], []);
    assert.equal(parseRtp(Uint8Array.of(0xa0, ...head.slice(1, 12), 5, 99)), undefined);
  });
});

describe('tracks of mutated packets', function () {
  this.timeout(60_000);

  for (const mimeType of ['video/VP8', 'video/VP9', 'video/H264', 'video/AV1', 'audio/opus']) {
    it(`of ${mimeType} never throw, never go back in time, and are done in the time of their packets`, () => {
      for (let seed = 1; seed <= 30; seed += 1) {
        const next = random(seed);
        const peer = new PeerClock();
        const track = new TrackFrames({ kind: mimeType.startsWith('audio') ? 'audio' : 'video', peer });
        const journal: JournalFrame[] = [clockFrame(), parametersNote(mimeType, 96, [1, 2])];
        for (let n = 0; n < 400; n += 1) {
          const body = Uint8Array.from({ length: 1 + Math.floor(next() * 40) }, () =>
            Math.floor(next() * 256),
          );
          const payload = packetise({
            ssrc: 1 + (n % 2),
            sequence: n >> 1,
            timestamp: 3000 * (n >> 2),
            marker: n % 4 > 1,
            payload: body,
          });
          // Some bytes of some packets are turned over, the header's among them.
          for (let turned = 0; next() < 0.3 && turned < 3; turned += 1) {
            payload[Math.floor(next() * payload.length)] = Math.floor(next() * 256);
          }
          const type = next() < 0.05 ? 'report' : next() < 0.05 ? 'rtcp' : 'rtp';
          journal.push({ type, at: ms(33 * (n >> 2) + (next() < 0.01 ? 20_000 * next() : 0)), payload });
        }
        let last = Number.NEGATIVE_INFINITY;
        let bytesOut = 0;
        for (const events of [...journal.map((frame) => track.push(frame)), track.end()]) {
          for (const event of events) {
            if (event.type !== 'frame') continue;
            assert.ok(event.time.ms > last);
            last = event.time.ms;
            bytesOut += event.frame.data.length;
          }
        }
        assert.ok(bytesOut < 100_000);
        assert.ok(track.statistics.packets <= 400);
      }
    });
  }

  for (const [name, mimeType] of [
    ['chromium-vp9-l3t3-key.rtp', 'video/VP9'],
    ['chromium-av1-l2t2-key.rtp', 'video/AV1'],
  ] as const) {
    it(`of ${mimeType} from Chromium never throw with bytes turned over, and give no more than came`, async () => {
      const arrived = await fixture(name);
      const size = arrived.reduce((sum, { packet }) => sum + packet.length, 0);
      for (let seed = 1; seed <= 40; seed += 1) {
        const next = random(seed);
        const mutated = arrived.map((one, n) => {
          const packet = Uint8Array.from(one.packet);
          // Heads of packets and of payloads are where parsers decide. The first tells the reader of this test the SSRC.
          for (let turned = 0; n > 0 && next() < 0.4 && turned < 4; turned += 1) {
            packet[Math.floor(next() * Math.min(48, packet.length))] = Math.floor(next() * 256);
          }
          return { ...one, packet: next() < 0.05 && n > 0 ? packet.subarray(0, 12 + 20 * next()) : packet };
        });
        const { frames, events } = read(mimeType, mutated);
        assert.ok(frames.reduce((sum, { data }) => sum + data.length, 0) <= size);
        assert.ok(events.length < 5 * arrived.length);
      }
    });
  }
});
