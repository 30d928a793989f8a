/** S2: viewers of one 4K camera of 20 Mbit/s that one core serves without loss, with the 99th percentile of the delay below 5 ms. */
import { cpus } from 'node:os';
import { measureCeiling } from '../core/ceiling.ts';
import { contest, ratesOf, versionOf } from '../forwarding/contest.ts';
import { LIBWEBRTC_PACE, NARROW_UPLINK_PACE } from '../forwarding/input.ts';
import type { Knee } from '../forwarding/knee.ts';
import { CONTENDERS, oneCamera, pointOf } from '../forwarding/loads.ts';
import { claimsFor, NOT_PUBLISHED } from '../janus/claims.ts';
import { type Bench, series } from './types.ts';

const TARGET = 70;
const SEARCH = { first: 10, step: 1, seconds: 2, confirmSeconds: 6 } as const;

export const bench: Bench = {
  id: 'S2',
  target: 'viewers of one 4K 20 Mbit/s stream per core ≥ 70',
  better: 'higher',
  minutes: 8,
  namespaces: true,
  run: async ({ runs = 5, progress } = {}) => {
    const [smooth, bursts] = [await oneCamera(NARROW_UPLINK_PACE), await oneCamera(LIBWEBRTC_PACE)];
    const contenders = new Map([
      ['mediasoup' as const, pointOf(CONTENDERS.mediasoup, smooth)],
      ['bursts' as const, pointOf(CONTENDERS.mediasoup, bursts)],
      ['Janus' as const, pointOf(CONTENDERS.Janus, smooth)],
    ]);
    const { of, invalid } = await contest(contenders, runs, SEARCH, progress);
    const viewers = (knees: readonly Knee[]) =>
      series(
        'viewers',
        knees.map(({ sinks }) => sinks),
        0,
      );
    const [own, janus] = [of('mediasoup'), of('Janus')];
    const figure = viewers(own);
    const ceiling = (await measureCeiling({ core: cpus().length - 1 })).forward.AEAD_AES_128_GCM;
    return {
      ...figure,
      value: figure.median,
      reached: figure.median >= TARGET,
      more: {
        'when the camera sends bursts of 2.5 times its rate, as libwebrtc may': viewers(of('bursts')),
        'p99 of the delay at the knee': series(
          'ms',
          own.map(({ point }) => point.delay.p99),
          2,
        ),
        'packets a second at the knee': series('packets/s', ratesOf(own), 0),
        'of what a core can encrypt and send': series(
          'percent',
          ratesOf(own).map((rate) => (100 * rate) / ceiling),
        ),
      },
      peers: { Janus: { ...viewers(janus), version: versionOf(janus, 'janus') } },
      claims: claimsFor('S2'),
      leftOut: [
        'The camera comes over an uplink hardly wider than its stream (bursts of 1.1 times its rate); with free bursts a frame of 70 packets for 70 viewers is 5,000 packets at once, and the delay ends it sooner.',
        'Janus sends AES-CM, the only encryption of its forwarders; mediasoup sends AES-128-GCM. S1 compares both with AES-CM.',
        NOT_PUBLISHED,
      ],
      ...(invalid === undefined ? {} : { invalid }),
    };
  },
};
