/** What every room of a recorder shares. */
import type { Logger } from '../platform/log.ts';
import type { RecorderEvent, RecorderEventData } from '../signaling/protocol/recorder.ts';
import type { DiskWatch } from './capture/disk.ts';
import type { OpenStores } from './core/open-stores.ts';
import type { Packager } from './core/packager.ts';
import type { BufferBudget } from './journal/budget.ts';
import type { JournalFiles } from './journal/files.ts';
import type { RecordingKeys } from './keys/recording-keys.ts';
import type { RecorderMetrics } from './metrics.ts';

export type Emit = <E extends RecorderEvent>(event: E, data: RecorderEventData<E>) => void;
export type AlarmCode = RecorderEventData<'room.alarm'>['code'];

export interface RecorderContext {
  readonly dataDir: string;
  /** Of this process. */
  readonly bootId: string;
  /** Of the host, since when its monotonic clock runs. */
  readonly hostBoot: string;
  readonly keys: RecordingKeys;
  readonly budget: BufferBudget;
  readonly disk: DiskWatch;
  readonly packager: Packager | undefined;
  /** What comes over HTTP into packages that are recorded. */
  readonly stores: OpenStores;
  readonly files: JournalFiles;
  readonly emit: Emit;
  readonly metrics: RecorderMetrics;
  readonly logger: Logger;
}

/** CLOCK_MONOTONIC of the host in milliseconds. */
export function monotonicMs(at: bigint = process.hrtime.bigint()): number {
  return Number(at) / 1e6;
}
