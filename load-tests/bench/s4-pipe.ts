/**
 * S4: what a second node adds: the same stream to the same sinks, from the worker it is published to and through encrypted pipes from a second
 * one. Where a machine has two cores, the second worker shares the generator's.
 */
import { NARROW_UPLINK_PACE, videoInput } from '../forwarding/input.ts';
import { startMediasoupWith } from '../forwarding/mediasoup-server.ts';
import { measurePoint } from '../forwarding/point.ts';
import type { ServerOptions } from '../forwarding/types.ts';
import { interleave } from '../measuring/interleave.ts';
import { type Bench, series } from './types.ts';

const P99_MS = 2;
const VIEWERS = 8;
const SECONDS = 6;
const VARIANTS = ['direct', 'piped'] as const;

export const bench: Bench = {
  id: 'S4',
  target: 'extra delay through a pipe to a second node: p99 ≤ 2 ms',
  minutes: 2,
  namespaces: true,
  run: async ({ runs = 5, progress } = {}) => {
    const input = await videoInput('4k-20mbit', { pace: NARROW_UPLINK_PACE });
    const measure = (variant: (typeof VARIANTS)[number]) =>
      measurePoint({
        start: (options: ServerOptions) => startMediasoupWith({ piped: variant === 'piped' }, options),
        ...{ streams: [{ input, sinks: VIEWERS }], suite: 'AEAD_AES_128_GCM', seconds: SECONDS },
      });
    const of = await interleave(VARIANTS, runs, measure, progress);
    const [direct, piped] = [of('direct'), of('piped')];
    const extra = (quantile: 'p50' | 'p99' | 'p999') =>
      series(
        'ms',
        piped.map(({ delay }, n) => delay[quantile] - (direct[n]?.delay[quantile] ?? 0)),
        3,
      );
    const figure = extra('p99');
    const invalid = [...direct, ...piped].find((point) => point.invalid !== undefined)?.invalid;
    return {
      ...figure,
      value: figure.median,
      reached: figure.median <= P99_MS,
      more: {
        'p50 of the extra delay': extra('p50'),
        'p99.9 of the extra delay': extra('p999'),
        'p99 without a pipe': series(
          'ms',
          direct.map(({ delay }) => delay.p99),
          3,
        ),
        'p99 through a pipe': series(
          'ms',
          piped.map(({ delay }) => delay.p99),
          3,
        ),
        'packets lost through a pipe': series(
          'count',
          piped.map(({ lostPackets }) => lostPackets),
        ),
      },
      leftOut: [
        'Both workers are on one machine: the network between two nodes adds its own delay.',
        'The second worker shares its core with source and sinks, which makes the figure worse, not better.',
      ],
      ...(invalid === undefined ? {} : { invalid }),
    };
  },
};
