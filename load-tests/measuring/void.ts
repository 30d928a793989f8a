/** When a measurement says nothing about the system, because something else was the limit. One place for all benchmarks. */

/** A core that sends or counts is too busy above this share: the packets it is late with are then its own. */
export const GENERATOR_LIMIT_PERCENT = 85;
/** A packet that left later than this behind its time was not offered when the server could have sent it. */
export const SCHEDULE_LIMIT_MS = 5;

export interface Observed {
  /** Percent of the core that source, sinks and everything else but the system share. */
  readonly generatorCore?: number;
  /** How far the source was behind its schedule, 99th percentile, in milliseconds. */
  readonly lateMs?: number;
  /** Packets that a kernel queue of the measuring side dropped. */
  readonly kernelDrops?: number;
  /** Percent by which the offered load fell short of the wanted one; more than 1 is too much. */
  readonly offeredShortPercent?: number;
}

/** Whole words for `BenchResult.invalid` and `Point.invalid`, or undefined when the system itself was measured. */
export function voidReason(observed: Observed): string | undefined {
  const { generatorCore = 0, lateMs = 0, kernelDrops = 0, offeredShortPercent = 0 } = observed;
  const reasons = [
    ...(generatorCore > GENERATOR_LIMIT_PERCENT
      ? [
          `the generator's core was ${Math.round(generatorCore)} % busy, more than ${GENERATOR_LIMIT_PERCENT} %`,
        ]
      : []),
    ...(lateMs > SCHEDULE_LIMIT_MS
      ? [`the source was ${lateMs.toFixed(1)} ms behind its schedule, more than ${SCHEDULE_LIMIT_MS} ms`]
      : []),
    ...(kernelDrops > 0 ? [`the kernel dropped ${kernelDrops} packets on the way to a sink`] : []),
    ...(offeredShortPercent > 1
      ? [`the source offered ${offeredShortPercent.toFixed(1)} % less than it was asked to`]
      : []),
  ];
  return reasons.length === 0 ? undefined : reasons.join('; ');
}
