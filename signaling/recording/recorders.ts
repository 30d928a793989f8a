/** The recorders this process talks to: which can be reached, which run of each, and how its clock stands. */
import type { Clock } from '../../platform/clock.ts';
import { messageOf, toAppError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import type {
  DiskLevel,
  RecorderClient,
  RecorderEvent,
  RecorderEventData,
  RecorderMethod,
  RecorderParams,
  RecorderResult,
} from '../protocol/recorder.ts';
import { measureOffset, type Offset } from './clocks.ts';
import type { RecordingConfig } from './config.ts';
import type { RecordingMetrics } from './metrics.ts';

export type DumpedRoom = RecorderResult<'recorder.dump'>['rooms'][number];

export interface RecordersListener {
  /** The recorder answers, after each reconnect: what it holds must be compared. */
  recorderUp(recorder: Recorder, rooms: readonly DumpedRoom[]): void;
  recorderDown(recorder: Recorder): void;
  recorderEvent<E extends RecorderEvent>(recorder: Recorder, event: E, data: RecorderEventData<E>): void;
}

export interface RecordersDeps {
  readonly config: RecordingConfig;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: RecordingMetrics;
  readonly listener: RecordersListener;
}

const RETRY_MS = 500;
/** What is said of packages concerns the catalog, which listens itself. */
const EVENTS = ['room.durable', 'disk.level', 'room.alarm'] as const;

export class Recorder {
  readonly nodeId: string;
  readonly #client: RecorderClient;
  readonly #deps: RecordersDeps;
  readonly #stops: (() => void)[];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  /** Grows with each link state, so that answers of a former one change nothing. */
  #turn = 0;
  up = false;
  /** Of the run that answered last; a new one knows no taps. */
  bootId = '';
  level: DiskLevel = 'ok';
  clock: Offset = { offsetMs: 0, errorMs: Number.POSITIVE_INFINITY };

  constructor(client: RecorderClient, deps: RecordersDeps) {
    this.nodeId = client.nodeId;
    this.#client = client;
    this.#deps = deps;
    this.#stops = [
      client.onLink((state) => (state === 'up' ? void this.#meet() : this.#down())),
      ...EVENTS.map((event) => this.#pass(event)),
    ];
    if (client.connected) void this.#meet();
  }

  /** Rejects with the recorder's coded error, or as the link does; counted by outcome. */
  async ask<M extends RecorderMethod>(method: M, params: RecorderParams<M>): Promise<RecorderResult<M>> {
    const { metrics, config } = this.#deps;
    try {
      const result = await this.#client.request(method, params, config.requestDeadlineMs);
      metrics.requests.inc({ method, code: 'ok' });
      return result;
    } catch (error) {
      metrics.requests.inc({ method, code: toAppError(error).code });
      throw error;
    }
  }

  async measure(): Promise<void> {
    this.clock = await measureOffset(
      this.#deps.clock,
      async () => (await this.ask('recorder.clock', {})).monotonicMs,
    );
  }

  /** Stops listening; the link stays its maker's to close. */
  close(): void {
    this.#closed = true;
    this.up = false;
    this.#turn += 1;
    clearTimeout(this.#timer);
    for (const stop of this.#stops.splice(0)) stop();
  }

  #pass<E extends RecorderEvent>(event: E): () => void {
    return this.#client.on(event, (data) => {
      if (this.up) this.#deps.listener.recorderEvent(this, event, data);
    });
  }

  /** Learns who it is and what it holds; tried again until the link goes down. Never rejects. */
  async #meet(): Promise<void> {
    this.#turn += 1;
    const turn = this.#turn;
    clearTimeout(this.#timer);
    const stale = () => this.#closed || turn !== this.#turn;
    try {
      const { bootId, disk, ready } = await this.ask('recorder.describe', {});
      await this.measure();
      const { rooms } = await this.ask('recorder.dump', {});
      if (stale()) return;
      this.bootId = bootId;
      this.level = disk.level;
      this.up = true;
      this.#deps.log.info({ nodeId: this.nodeId, bootId, ready, rooms: rooms.length }, 'recorder reached');
      this.#deps.listener.recorderUp(this, rooms);
    } catch (error) {
      if (stale()) return;
      const fields = { nodeId: this.nodeId, reason: messageOf(error) };
      this.#deps.log.warn(fields, 'recorder did not describe itself; asked again');
      if (this.#client.connected) this.#timer = setTimeout(() => void this.#meet(), RETRY_MS);
    }
  }

  #down(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
    if (!this.up) return;
    this.up = false;
    this.#deps.log.error({ nodeId: this.nodeId }, 'recorder is away');
    this.#deps.listener.recorderDown(this);
  }
}

/** The recorder on the node that holds a room; another one only where that node has none, and shares its host. */
export function chooseRecorder(
  recorders: readonly Recorder[],
  nodeId: string | undefined,
): Recorder | undefined {
  if (nodeId === undefined) return recorders.length === 1 && recorders[0]?.up ? recorders[0] : undefined;
  const own = recorders.find((recorder) => recorder.nodeId === nodeId);
  if (own) return own.up ? own : undefined;
  return recorders.find((recorder) => recorder.up);
}
