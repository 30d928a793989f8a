/** What the owner knows of one peer's media beside what the nodes hold: what it shows, decodes and was told. */
import { SerialQueue } from '../../platform/serial-queue.ts';
import type { RtpCapabilities } from '../protocol/media.ts';
import type { View } from '../protocol/methods-media.ts';
import type { NotificationData } from '../protocol/notifications.ts';
import { DownlinkLadder } from './downlink.ts';

export class PeerMedia {
  readonly peerId: string;
  /** Everything the peer asks runs here, so that a slow phone holds up nobody else. */
  readonly queue: SerialQueue;
  /** Worker its transports live on; absent before `media.start` and after a loss. */
  workerKey?: string | undefined;
  rtpCapabilities?: RtpCapabilities | undefined;
  views?: Map<string, View> | undefined;
  readonly lastShown = new Map<string, number>();
  readonly cannot = new Set<string>();
  /** Consumers whose receiver exists at the client. */
  readonly ready = new Set<string>();
  readonly ladder = new DownlinkLadder();
  /** The server's beat on the receive transport, as the client was told. */
  readonly beats = new Map<string, NotificationData<'media.dataConsumer'>>();
  /** What the client was last told of each consumer, to say only what changed. */
  readonly told = new Map<string, string>();
  /** Why its media is gone, until it starts anew. */
  lost?: NotificationData<'media.lost'>['reason'] | undefined;
  /** Monotonic milliseconds of its last `media.start`, and whether it has made a transport since. */
  startedAt = 0;
  hadTransport = false;

  constructor(roomId: string, peerId: string) {
    this.peerId = peerId;
    this.queue = new SerialQueue(`media of peer ${peerId} in room ${roomId}`);
  }

  /** Forgets everything that stood on transports which are gone. */
  reset(): void {
    this.workerKey = undefined;
    this.views = undefined;
    this.lastShown.clear();
    this.cannot.clear();
    this.ready.clear();
    this.beats.clear();
    this.told.clear();
    this.ladder.setConsumers([]);
    this.hadTransport = false;
  }

  /** Replaces what the peer shows. `sourceOf` names the source of a tile whichever encoding it mentions. */
  show(views: readonly View[], sourceOf: (producerId: string) => string, now: number): void {
    const next = new Map(views.map((view) => [sourceOf(view.producerId), view]));
    for (const [sourceId, view] of this.views ?? []) {
      if (view.visible && next.get(sourceId)?.visible !== true) this.lastShown.set(sourceId, now);
    }
    for (const [sourceId, view] of next) if (view.visible) this.lastShown.delete(sourceId);
    this.views = next;
  }

  close(reason: string): void {
    this.queue.close(reason);
  }
}
