/** A world with recorders beside it: real rooms, media nodes and links, and a recorder double for each node. */
import { systemClock } from '../../../platform/clock.ts';
import { createMetricsRegistry } from '../../../platform/metrics.ts';
import { type Owner, World, type WorldOptions } from '../../media/testing/world.ts';
import type { RoomState } from '../../protocol/state.ts';
import { quiet } from '../../rooms/testing/stores.ts';
import type { RecordingConfig } from '../config.ts';
import { createRecordingService, type RecordingService } from '../service.ts';
import { type DoubleRoom, RecorderDouble } from './recorder-double.ts';

export interface StudioOptions extends WorldOptions {
  readonly recording?: Partial<RecordingConfig>;
  /** False: the recorders are not there yet. */
  readonly listening?: boolean;
}

export class Studio {
  readonly recorders: readonly RecorderDouble[];
  readonly world: World;
  /** The service of the newest owner. */
  service: RecordingService | undefined;
  /** Which recorders were named as the ones that keep the room, in order. */
  readonly kept: readonly string[];

  private constructor(recorders: readonly RecorderDouble[], world: World, kept: readonly string[]) {
    this.recorders = recorders;
    this.world = world;
    this.kept = kept;
  }

  static async open(options: StudioOptions = {}): Promise<Studio> {
    const { recording = {}, listening = true, ...rest } = options;
    const recorders = Array.from(
      { length: options.nodes ?? 1 },
      (_, index) => new RecorderDouble(`node-${index + 1}`),
    );
    for (const recorder of recorders) {
      await recorder.listen();
      if (!listening) await recorder.kill();
    }
    let newest: RecordingService | undefined;
    const studios: Studio[] = [];
    const kept: string[] = [];
    const beside = ({ rooms, service, store, notifier }: Owner) => {
      const made = createRecordingService({
        rooms,
        store,
        media: service,
        notifier,
        recorders: recorders.map((recorder) => recorder.client()),
        registry: createMetricsRegistry({ role: 'test', processMetrics: false }),
        logger: quiet,
        clock: systemClock,
        config: { requestDeadlineMs: 1000, clockEveryMs: 500, ...recording },
        onRecorder: (_, nodeId) => kept.push(nodeId),
      });
      newest = made;
      for (const studio of studios) studio.service = made;
      return { close: () => made.close('end of test') };
    };
    const studio = new Studio(recorders, await World.start({ ...rest, beside }), kept);
    studio.service = newest;
    studios.push(studio);
    return studio;
  }

  get recorder(): RecorderDouble {
    const [first] = this.recorders;
    if (!first) throw new Error('a studio has at least one recorder');
    return first;
  }

  /** What the first recorder, or another one, holds of the room. */
  held(recorder = this.recorder): DoubleRoom | undefined {
    return recorder.rooms.get(this.world.room.roomId);
  }

  state(): Promise<RoomState> {
    return this.world.room.state();
  }

  async close(): Promise<void> {
    await this.world.close();
    await Promise.all(this.recorders.map((recorder) => recorder.close()));
  }
}
