/** Costs of a machine that does not exist, for tests: round numbers of the size that was measured. */
import type { Costs } from '../../cost/costs.ts';

export const TEST_COSTS: Costs = {
  ...{
    v: 1,
    date: '2026-01-01T00:00:00.000Z',
    machine: 'a test',
    load: 0,
    runs: 3,
    trial: false,
    curves: [],
  },
  unit: {
    ...{ packetInMicros: 3, packetOutMicros: 6, workerIdleCore: 0.001, workerIdleBytes: 11e6 },
    ...{ viewerBytes: 0.6e6, markMs: 2.5, joinMs: 9, replayMsPerFact: 0.1 },
    ...{ signalingIdleCore: 0.01, signalingIdleBytes: 220e6, factBytes: 3000 },
    ...{ recorderCorePerMbit: 0.0078, recorderBytesPerTrack: 14e6 },
    ...{ recorderIdleCore: 0.006, recorderIdleBytes: 168e6 },
  },
};
