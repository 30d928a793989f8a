/** What the requests of a node share. */

import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/log.ts';
import type {
  ControlEvent,
  ControlEventData,
  ControlMethod,
  ControlParams,
  ControlResult,
} from '../signaling/protocol/control.ts';
import type { ListenAddress } from './listen.ts';
import type { SfuMetrics } from './metrics.ts';
import type { Rooms } from './rooms.ts';
import type { SilenceWatch } from './silence.ts';
import type { WorkerPool } from './workers.ts';

export type Emit = <E extends ControlEvent>(event: E, data: ControlEventData<E>) => void;

export interface NodeContext {
  readonly nodeId: string;
  readonly region: string;
  readonly bootId: string;
  readonly workers: WorkerPool;
  readonly rooms: Rooms;
  readonly silence: SilenceWatch;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: SfuMetrics;
  /** bit/s a receive transport starts with unless its request says otherwise. */
  readonly initialOutgoingBitrate: number;
  /** Where pipes from other workers and nodes arrive. */
  readonly pipeAddress: ListenAddress;
  readonly av1: boolean;
}

export type Handler<M extends ControlMethod> = (
  params: ControlParams<M>,
  linkId: string,
) => Promise<ControlResult<M>>;
export type Handlers = { readonly [M in ControlMethod]: Handler<M> };
