/**
 * The oracle at a sampled sink: it decrypts what came with an SRTP stack that neither server uses, so that a packet counts only when its tag
 * is right, reads the stamp, and knows which packets of a run are missing, came twice, or came in another order.
 */
import { ProtectionProfileAeadAes128Gcm, ProtectionProfileAes128CmHmacSha1_80, SrtpSession } from 'werift';
import { AppError } from '../../platform/errors.ts';
import { readStamp } from './stamp.ts';
import type { SrtpSuite } from './types.ts';

/** `none`: plain RTP, as it comes when there is no server. */
export type SinkCipher = { readonly suite: SrtpSuite; readonly key: Uint8Array } | 'none';

export interface Verdict {
  /** Packets whose tag and stamp are right, of those that were asked for. */
  readonly verified: number;
  /** Packets that did not authenticate, or carry no stamp of ours. */
  readonly refused: number;
  readonly disordered: number;
  readonly repeated: number;
  readonly lost: number;
  /** Milliseconds from the source's send to here, for each verified packet. */
  readonly delays: Float64Array;
}

const KEY_BYTES = 16;
const PROFILES = {
  AEAD_AES_128_GCM: ProtectionProfileAeadAes128Gcm,
  AES_CM_128_HMAC_SHA1_80: ProtectionProfileAes128CmHmacSha1_80,
} as const;

export class SinkVerifier {
  readonly #open: (packet: Uint8Array) => Uint8Array;
  #delays = new Map<number, number>();
  #highest = -1;
  #refused = 0;
  #disordered = 0;
  #repeated = 0;

  constructor(cipher: SinkCipher) {
    this.#open = cipher === 'none' ? (packet) => packet : opener(cipher);
  }

  /** Packets must be given in the order they came, from the first of a stream: SRTP counts their rollovers. */
  take(packet: Uint8Array, atNs: bigint): void {
    const stamp = this.#stampOf(packet);
    if (stamp === undefined) {
      this.#refused += 1;
      return;
    }
    const { counter, sentNs } = stamp;
    if (this.#delays.has(counter)) this.#repeated += 1;
    else if (counter < this.#highest) this.#disordered += 1;
    this.#highest = Math.max(this.#highest, counter);
    this.#delays.set(counter, Number(atNs - sentNs) / 1e6);
  }

  /** Judges the packets numbered from `first`, so many, and forgets all that came so far. */
  judge({ first, count }: { readonly first: number; readonly count: number }): Verdict {
    const delays: number[] = [];
    for (let counter = first; counter < first + count; counter += 1) {
      const delay = this.#delays.get(counter);
      if (delay !== undefined) delays.push(delay);
    }
    const verdict = {
      ...{ verified: delays.length, lost: count - delays.length, delays: Float64Array.from(delays) },
      ...{ refused: this.#refused, disordered: this.#disordered, repeated: this.#repeated },
    };
    this.#delays = new Map();
    this.#refused = 0;
    this.#disordered = 0;
    this.#repeated = 0;
    return verdict;
  }

  #stampOf(packet: Uint8Array) {
    try {
      return readStamp(this.#open(packet));
    } catch {
      // Whatever the stack says of it, a packet that it does not open is a refused one; they are counted.
      return undefined;
    }
  }
}

/** Throws for a suite that the stack does not know, and for a key of another length. */
function opener({ suite, key }: Exclude<SinkCipher, 'none'>): (packet: Uint8Array) => Uint8Array {
  if (suite === 'AEAD_AES_256_GCM') {
    throw new AppError('suite-not-verified', 'The sampled sinks cannot decrypt AEAD_AES_256_GCM.', {
      whatToDo: 'Measure with AEAD_AES_128_GCM or AES_CM_128_HMAC_SHA1_80.',
    });
  }
  const master = Buffer.from(key.subarray(0, KEY_BYTES));
  const salt = Buffer.from(key.subarray(KEY_BYTES));
  const session = new SrtpSession({
    profile: PROFILES[suite],
    keys: {
      ...{ localMasterKey: master, localMasterSalt: salt },
      ...{ remoteMasterKey: master, remoteMasterSalt: salt },
    },
  });
  return (packet) => session.decrypt(Buffer.from(packet.buffer, packet.byteOffset, packet.length));
}

/** Bytes of master key and salt together (RFC 3711 section 8.2, RFC 7714 section 12). */
export function keyBytes(suite: SrtpSuite): number {
  return { AEAD_AES_128_GCM: 28, AEAD_AES_256_GCM: 44, AES_CM_128_HMAC_SHA1_80: 30 }[suite];
}
