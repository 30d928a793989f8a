import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  ProtectionProfileAeadAes128Gcm,
  ProtectionProfileAes128CmHmacSha1_80,
  RtpPacket,
  SrtpSession,
} from 'werift';
import { packetise } from '../../recorder/frames/testing/packetise.ts';
import { STAMP_BYTES, writeStamp } from './stamp.ts';
import type { SrtpSuite } from './types.ts';
import { keyBytes, SinkVerifier } from './verifier.ts';

const PROFILES = {
  AEAD_AES_128_GCM: ProtectionProfileAeadAes128Gcm,
  AES_CM_128_HMAC_SHA1_80: ProtectionProfileAes128CmHmacSha1_80,
} as const;

/** Packets as a server sends them: encrypted, stamped, 1 ms on their way. */
function encrypted(suite: keyof typeof PROFILES, key: Uint8Array, counters: readonly number[]): Uint8Array[] {
  const [master, salt] = [Buffer.from(key.subarray(0, 16)), Buffer.from(key.subarray(16))];
  const session = new SrtpSession({
    profile: PROFILES[suite],
    keys: {
      ...{ localMasterKey: master, localMasterSalt: salt },
      ...{ remoteMasterKey: master, remoteMasterSalt: salt },
    },
  });
  return counters.map((counter) => {
    const payload = new Uint8Array(100 + STAMP_BYTES);
    const packet = packetise({ ssrc: 7, sequence: 65_533 + counter, timestamp: 0, marker: false, payload });
    writeStamp(packet, { sentNs: 1_000_000n * BigInt(counter), counter });
    const rtp = RtpPacket.deSerialize(Buffer.from(packet));
    return session.encrypt(rtp.payload, rtp.header);
  });
}

/** Each packet comes a millisecond after it was sent. */
function judged(suite: SrtpSuite, key: Uint8Array, packets: readonly Uint8Array[], count: number) {
  const verifier = new SinkVerifier({ suite, key });
  for (const [index, packet] of packets.entries()) verifier.take(packet, 1_000_000n * BigInt(index + 1));
  return verifier.judge({ first: 0, count });
}

for (const suite of ['AEAD_AES_128_GCM', 'AES_CM_128_HMAC_SHA1_80'] as const) {
  describe(`The verifier of sampled sinks, with ${suite}`, () => {
    const key = randomBytes(keyBytes(suite));
    const packets = encrypted(suite, key, [0, 1, 2, 3, 4, 5]);
    const clean = { verified: 6, refused: 0, disordered: 0, repeated: 0, lost: 0 };

    it('accepts what came whole and in order, also where the sequence numbers begin anew', () => {
      const { delays, ...verdict } = judged(suite, key, packets, 6);
      assert.deepEqual(verdict, clean);
      assert.deepEqual([...delays], [1, 1, 1, 1, 1, 1]);
    });

    it('refuses a packet of which one bit was flipped', () => {
      const flipped = packets.map((packet, index) => {
        const copy = Uint8Array.from(packet);
        if (index === 2) copy[40] = (copy[40] ?? 0) ^ 1;
        return copy;
      });
      const { delays: _, ...verdict } = judged(suite, key, flipped, 6);
      assert.deepEqual(verdict, { ...clean, verified: 5, refused: 1, lost: 1 });
    });

    it('refuses what was encrypted with another key', () => {
      const { verified, refused } = judged(suite, randomBytes(keyBytes(suite)), packets, 6);
      assert.deepEqual({ verified, refused }, { verified: 0, refused: 6 });
    });

    it('sees that two packets were swapped', () => {
      const [a, b, c, d, e, f] = packets;
      assert.ok(a && b && c && d && e && f);
      const { delays: _, ...verdict } = judged(suite, key, [a, b, d, c, e, f], 6);
      assert.deepEqual(verdict, { ...clean, disordered: 1 });
    });

    it('counts a packet that is missing, and one that came twice', () => {
      const [a, b, c, , e, f] = packets;
      assert.ok(a && b && c && e && f);
      const { delays: _, ...verdict } = judged(suite, key, [a, b, b, c, e, f], 6);
      assert.deepEqual(verdict, { ...clean, verified: 5, lost: 1, repeated: 1 });
    });
  });
}

describe('The verifier of sampled sinks, without a server', () => {
  it('refuses a packet without a stamp', () => {
    const verifier = new SinkVerifier('none');
    verifier.take(
      packetise({ ssrc: 7, sequence: 1, timestamp: 0, marker: false, payload: new Uint8Array(50) }),
      0n,
    );
    assert.equal(verifier.judge({ first: 0, count: 0 }).refused, 1);
  });

  it('judges only the packets it is asked for', () => {
    const verifier = new SinkVerifier('none');
    for (const counter of [0, 1, 2, 3]) {
      const packet = packetise({
        ssrc: 7,
        sequence: 1,
        timestamp: 0,
        marker: false,
        payload: new Uint8Array(50),
      });
      writeStamp(packet, { sentNs: 0n, counter });
      verifier.take(packet, 1n);
    }
    const { verified, lost } = verifier.judge({ first: 1, count: 2 });
    assert.deepEqual({ verified, lost }, { verified: 2, lost: 0 });
  });
});
