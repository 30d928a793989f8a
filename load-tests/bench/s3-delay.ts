/**
 * S3: what a server adds to the way of a packet, at shares of the load of S1's knee, less the same way without any server. Both ends read the
 * same clock. The source keeps its schedule whatever the server does, so that a slow server cannot hide its delay. Janus is measured at
 * the same share of its own knee.
 */
import { findKnee } from '../forwarding/knee.ts';
import { CONTENDERS, manyRooms, pointOf } from '../forwarding/loads.ts';
import { startNone } from '../forwarding/no-server.ts';
import type { Point } from '../forwarding/types.ts';
import { interleave } from '../measuring/interleave.ts';
import { type Bench, type BenchResult, series } from './types.ts';

const P50_MS = 0.3;
const P99_MS = 3;
const SEARCH = { first: 36, step: 4, seconds: 2, confirmSeconds: 4 } as const;
const SECONDS = 4;
const SHARES = { '30 %': 0.3, '60 %': 0.6, '80 %': 0.8, '95 %': 0.95 } as const;
type Share = keyof typeof SHARES;
const NAMES: readonly Share[] = ['30 %', '60 %', '80 %', '95 %'];
const VARIANTS = [...NAMES, 'floor', 'Janus'] as const;
type Variant = (typeof VARIANTS)[number];
type Quantile = 'p50' | 'p99' | 'p999';

export const bench: Bench = {
  id: 'S3',
  target: 'added delay at 60 % of that load: p50 ≤ 0.3 ms, p99 ≤ 3 ms',
  minutes: 6,
  namespaces: true,
  run: async ({ runs = 5, progress } = {}) => {
    const load = await manyRooms();
    const served = pointOf(CONTENDERS.mediasoup, load);
    const floor = pointOf({ ...CONTENDERS.mediasoup, start: startNone }, load);
    const peer = pointOf(CONTENDERS.Janus, load);
    const [knee, peerKnee] = [await findKnee(served, SEARCH), await findKnee(peer, SEARCH)];
    const at = (sinks: number, share: Share) => Math.max(1, Math.round(sinks * SHARES[share]));
    const points: Readonly<Record<Variant, () => Promise<Point>>> = {
      '30 %': () => served(at(knee.sinks, '30 %'), SECONDS),
      '60 %': () => served(at(knee.sinks, '60 %'), SECONDS),
      '80 %': () => served(at(knee.sinks, '80 %'), SECONDS),
      '95 %': () => served(at(knee.sinks, '95 %'), SECONDS),
      floor: () => floor(at(knee.sinks, '60 %'), SECONDS),
      Janus: () => peer(at(peerKnee.sinks, '60 %'), SECONDS),
    };
    const of = await interleave(VARIANTS, runs, (variant) => points[variant](), progress);
    return resultOf(of, { own: knee.sinks, janus: peerKnee.sinks }, knee.invalid ?? peerKnee.invalid);
  },
};

type Results = (variant: Variant) => readonly Point[];
interface Sinks {
  readonly own: number;
  readonly janus: number;
}

function resultOf(of: Results, sinks: Sinks, spoilt: string | undefined): BenchResult {
  const added = (share: Share | 'Janus', quantile: Quantile) =>
    series(
      'ms',
      of(share).map(({ delay }, n) => delay[quantile] - (of('floor')[n]?.delay[quantile] ?? 0)),
      3,
    );
  const [p50, p99] = [added('60 %', 'p50'), added('60 %', 'p99')];
  const points = VARIANTS.flatMap((variant) => of(variant));
  const invalid = spoilt ?? points.find((point) => point.invalid !== undefined)?.invalid;
  const rest = NAMES.flatMap((share) => {
    const about = (quantile: string) => `${quantile} at ${share} of the knee`;
    return [
      [about('p50'), added(share, 'p50')] as const,
      ...(share === '60 %' ? [] : [[about('p99'), added(share, 'p99')] as const]),
      [about('p99.9'), added(share, 'p999')] as const,
    ];
  });
  return {
    ...p99,
    value: p99.median,
    reached: p50.median <= P50_MS && p99.median <= P99_MS,
    more: {
      ...Object.fromEntries(rest),
      'p50 without a server': series(
        'ms',
        of('floor').map(({ delay }) => delay.p50),
        3,
      ),
      'p99 without a server': series(
        'ms',
        of('floor').map(({ delay }) => delay.p99),
        3,
      ),
      'packets lost at 60 % of the knee': series(
        'count',
        of('60 %').map(({ lostPackets }) => lostPackets),
      ),
      'p50 of Janus at 60 % of its own knee': added('Janus', 'p50'),
      'p99.9 of Janus at 60 % of its own knee': added('Janus', 'p999'),
      'sinks at the knee': series('count', [sinks.own]),
      'sinks at the knee of Janus': series('count', [sinks.janus]),
    },
    peers: {
      'Janus, p99 at 60 % of its own knee': { ...added('Janus', 'p99'), version: versionOf(of('Janus')) },
    },
    leftOut: [
      'The floor holds the time until the process of the sink wakes up; that is taken off, so a figure near it may be below its noise.',
      'Packets of audio and video alike wait for nothing else: no pacer, no estimate of bandwidth is on the way to these sinks.',
    ],
    ...(invalid === undefined ? {} : { invalid }),
  };
}

function versionOf(points: readonly Point[]): string {
  return points[0]?.version ?? 'not measured';
}
