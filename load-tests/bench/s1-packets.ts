/**
 * S1: SRTP packets a second that one core forwards without loss, with the 99th percentile of the delay below 5 ms. Twelve rooms with a 1080p
 * camera each; mediasoup and Janus on the same core with the same input and the same sinks, in turn.
 */
import { cpus } from 'node:os';
import { measureCeiling } from '../core/ceiling.ts';
import { contest, ratesOf, versionOf } from '../forwarding/contest.ts';
import type { Knee } from '../forwarding/knee.ts';
import { CONTENDERS, manyRooms, pointOf } from '../forwarding/loads.ts';
import { measureRealClients, type RealCost } from '../forwarding/real-cost.ts';
import { claimsFor, NOT_PUBLISHED } from '../janus/claims.ts';
import { type Bench, type BenchResult, series } from './types.ts';

const TARGET = 150_000;
const TIMES_JANUS = 2;
const SEARCH = { first: 36, step: 4, seconds: 2, confirmSeconds: 6 } as const;
/** From `CORE` and `CORE-AB`. */
const WHY =
  'About seven tenths of the core are the kernel’s, with a fifth of it for receiving at the sinks’ end of the link, and an eighth is the cipher: the worker’s own code is a tenth (benchmarks/core.md). Sending in batches took a third off, and nothing else that was tried from outside the worker came near (benchmarks/core-variants.md). The forwarders of Janus keep nothing for retransmission.';
/** Real clients are tried beside so much of the knee, which is without them. */
const BESIDE = 0.9;

export const bench: Bench = {
  id: 'S1',
  target: 'SRTP packets forwarded per core, no loss, p99 added delay < 5 ms: ≥ 150,000/s and ≥ 2 × Janus',
  better: 'higher',
  minutes: 8,
  namespaces: true,
  run: async ({ runs = 5, progress } = {}) => {
    const load = await manyRooms();
    const contenders = new Map([
      ['mediasoup' as const, pointOf(CONTENDERS.mediasoup, load)],
      ['mediasoup AES-CM' as const, pointOf(CONTENDERS['mediasoup AES-CM'], load)],
      ['Janus' as const, pointOf(CONTENDERS.Janus, load)],
    ]);
    const { of, invalid } = await contest(contenders, runs, SEARCH, progress);
    const [own, cm, janus] = [of('mediasoup'), of('mediasoup AES-CM'), of('Janus')];
    const sinks = series(
      'count',
      own.map((knee) => knee.sinks),
    ).median;
    const real = await measureRealClients(load, Math.max(1, Math.floor(sinks * BESIDE)));
    const ceiling = await measureCeiling({ core: cpus().length - 1 });
    return resultOf({ own, cm, janus, real, ceiling: ceiling.forward.AEAD_AES_128_GCM, invalid });
  },
};

interface Found {
  readonly own: readonly Knee[];
  readonly cm: readonly Knee[];
  readonly janus: readonly Knee[];
  readonly real: RealCost;
  /** Packets a second that a core encrypts and sends when it does nothing else. */
  readonly ceiling: number;
  readonly invalid: string | undefined;
}

function resultOf({ own, cm, janus, real, ceiling, invalid }: Found): BenchResult {
  const figure = series('packets/s', ratesOf(own), 0);
  const peer = series('packets/s', ratesOf(janus), 0);
  const reached = figure.median >= TARGET && figure.median >= TIMES_JANUS * peer.median;
  const clients = `${real.clients} real WebRTC clients (${real.report.srtpCiphers.join(', ')})`;
  return {
    ...figure,
    value: figure.median,
    reached,
    ...(reached ? {} : { why: WHY }),
    more: {
      'the same with AES-CM': series('packets/s', ratesOf(cm), 0),
      'times Janus': series(
        'times',
        own.map((_, n) => (ratesOf(own)[n] ?? 0) / (ratesOf(janus)[n] || 1)),
        2,
      ),
      'times Janus, both with AES-CM': series(
        'times',
        cm.map((_, n) => (ratesOf(cm)[n] ?? 0) / (ratesOf(janus)[n] || 1)),
        2,
      ),
      'p99 of the delay at the knee': series(
        'ms',
        own.map(({ point }) => point.delay.p99),
        2,
      ),
      'of what a core can encrypt and send': series(
        'percent',
        ratesOf(own).map((rate) => (100 * rate) / ceiling),
      ),
      [`${clients}: extra cost of each`]: series('percent', [real.extraPercent], 3),
      [`${clients}: packets lost beside 90 % of the knee`]: series('count', [real.report.lost]),
      'packets the sinks lost beside them': series('count', [real.point.lostPackets]),
    },
    peers: { Janus: { ...peer, version: versionOf(janus, 'janus') } },
    claims: claimsFor('S1'),
    leftOut: [
      'Sinks have keys instead of handshakes: no ICE, no DTLS, no feedback, no estimate of bandwidth; see the extra cost of a real client.',
      'Packets reach the sinks over a veth link and are dropped where they arrive, on the core that sent them; a network card costs something else.',
      NOT_PUBLISHED,
    ],
    ...(invalid === undefined ? {} : { invalid }),
  };
}
