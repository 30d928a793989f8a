/**
 * What one core of this machine can do at most: how many packets the kernel sends when a program does nothing else, and how many
 * the cipher protects. A server that gives each packet to the kernel by a call of its own cannot be faster than both together.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { SrtpSuite } from '../forwarding/types.ts';
import { DropLink, FIRST_PORT } from './drop-link.ts';
import { type Rate, RatePrograms } from './programs.ts';

const run = promisify(execFile);

export const SUITES = ['AEAD_AES_128_GCM', 'AEAD_AES_256_GCM', 'AES_CM_128_HMAC_SHA1_80'] as const;

/** Ways to give packets to the kernel: `call` one by one, `batch` 64 at once, `segments` 40 for one destination at once. */
export const WAYS = ['call', 'batch', 'segments'] as const;
export type Way = (typeof WAYS)[number];

/** A packet of S1 as it goes to the kernel, without the tag that a cipher adds. */
const BYTES = 1150;
const TAG_BYTES = 16;
/** About a second each on the machine of the published figures. */
const PACKETS: Readonly<Record<Way | 'cipher', number>> = {
  call: 300_000,
  batch: 300_000,
  segments: 900_000,
  cipher: 1_500_000,
};
const DEADLINE_MS = 60_000;

export interface CeilingOptions {
  /** Core that the measured program has; the one of the server under test. */
  readonly core: number;
  /** Destinations that packets go round; default 60. */
  readonly destinations?: number;
  /** Share of the usual number of packets, for a short look; default 1. */
  readonly share?: number;
}

/** Packets per second of one core's time. */
export interface Ceiling {
  readonly bytes: number;
  /** The kernel's send path, through a veth into another namespace where packets are dropped at once. */
  readonly send: Readonly<Record<Way, number>>;
  readonly cipher: Readonly<Record<SrtpSuite, number>>;
  /** Encrypting each packet once and giving it to the kernel by a call of its own, and nothing else. */
  readonly forward: Readonly<Record<SrtpSuite, number>>;
  /** Set when the programs were refused packets: the figures are then not what the core can do. */
  readonly invalid?: string;
}

/** Takes about 5 s; only within a network namespace of our own. */
export async function measureCeiling(options: CeilingOptions): Promise<Ceiling> {
  const programs = await RatePrograms.build(['send-rate', 'cipher-rate']);
  try {
    const sent = await measureSending(programs, options);
    const send = { call: rateOf(sent.call), batch: rateOf(sent.batch), segments: rateOf(sent.segments) };
    const cipher = perSuite(() => 0);
    for (const suite of SUITES) cipher[suite] = await measureCipher(programs, suite, options);
    const forward = perSuite((suite) => Math.round(1 / (1 / send.call + 1 / cipher[suite])));
    const refused = WAYS.filter((way) => sent[way].refused > 0);
    return {
      bytes: BYTES,
      send,
      cipher,
      forward,
      ...(refused.length === 0 ? {} : { invalid: `the kernel refused packets (${refused.join(', ')})` }),
    };
  } finally {
    await programs.close();
  }
}

/** How much of what is possible was reached, in percent. */
export function shareOfCeiling(packetsPerSecond: number, { forward }: Ceiling, suite: SrtpSuite): number {
  return (packetsPerSecond / forward[suite]) * 100;
}

/** Sends in each way; the counts are those of the program, after they were found again on the receiving side. */
export async function measureSending(
  programs: RatePrograms,
  { core, destinations = 60, share = 1 }: CeilingOptions,
): Promise<Record<Way, Rate & { readonly arrived: number }>> {
  const link = await DropLink.create();
  try {
    // Most network cards cannot cut datagrams themselves; a veth would pass them on whole, which no receiver's network does.
    await run('ip', ['link', 'set', 'dev', link.device, 'gso_max_segs', '1']);
    const sendBy = async (way: Way) => {
      const before = await link.dropped();
      const count = Math.round(PACKETS[way] * share);
      const args = [way, link.there, FIRST_PORT, destinations, BYTES + TAG_BYTES, count, core];
      const rate = await programs.run('send-rate', args, DEADLINE_MS);
      return { ...rate, arrived: (await link.dropped()).packets - before.packets };
    };
    return { call: await sendBy('call'), batch: await sendBy('batch'), segments: await sendBy('segments') };
  } finally {
    await link.close();
  }
}

async function measureCipher(
  programs: RatePrograms,
  suite: SrtpSuite,
  { core, share = 1 }: CeilingOptions,
): Promise<number> {
  const count = Math.round(PACKETS.cipher * share);
  return rateOf(await programs.run('cipher-rate', [suite, BYTES, count, core], DEADLINE_MS));
}

function rateOf({ packets, coreSeconds }: Rate): number {
  return Math.round(packets / coreSeconds);
}

function perSuite<T>(value: (suite: SrtpSuite) => T): Record<SrtpSuite, T> {
  return {
    AEAD_AES_128_GCM: value('AEAD_AES_128_GCM'),
    AEAD_AES_256_GCM: value('AEAD_AES_256_GCM'),
    AES_CM_128_HMAC_SHA1_80: value('AES_CM_128_HMAC_SHA1_80'),
  };
}
