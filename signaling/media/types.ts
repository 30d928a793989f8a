/** What the sockets ask of the media side of a room. */
import type { Viewer } from '../protocol/audience.ts';
import type { MediaKind, RtpParameters, SourceRole } from '../protocol/media.ts';
import type { MEDIA_METHODS, Params, Result } from '../protocol/methods.ts';
import type { DataLabel } from '../protocol/methods-media.ts';
import type { NotificationData, NotificationName } from '../protocol/notifications.ts';
import type { RecordingDemand } from './plan-types.ts';

export type MediaMethod = keyof typeof MEDIA_METHODS;

/** A peer as media sees it. */
export interface MediaPeer extends Viewer {
  readonly name: string;
  readonly unitId?: string;
  /** Source roles its token lets it publish. */
  readonly sources: readonly SourceRole[];
}

/** How media reaches browsers. Implemented by the sockets. */
export interface Notifier {
  /** Sends to one peer; dropped when the peer has no socket now, since everything can be asked for again. */
  notify<N extends NotificationName>(
    roomId: string,
    peerId: string,
    name: N,
    data: NotificationData<N>,
  ): void;
  /** Sends to every peer of the room that is connected here. `volatile`: may be dropped when the socket is slow. */
  notifyRoom<N extends NotificationName>(
    roomId: string,
    name: N,
    data: NotificationData<N>,
    options?: { volatile?: boolean },
  ): void;
}

export interface MediaService {
  /**
   * Carries out a media method for a peer, in the peer's own queue, so that one bad phone never stalls a room.
   * Idempotent by the ids in the parameters.
   */
  handle<M extends MediaMethod>(
    method: M,
    roomId: string,
    peer: MediaPeer,
    params: Params<M>,
  ): Promise<Result<M>>;
  /** The peer's socket is gone for good or it left: its transports close. A lost link alone changes nothing. */
  peerGone(roomId: string, peerId: string): void;
  /** A peer is back on a new socket: pushes again what it must know (consumers, demands), ids unchanged. */
  peerBack(roomId: string, peerId: string): void;
  close(reason: string): Promise<void>;
}

/** A source as it comes out of the tap. */
export interface TappedTrack {
  /** Changes when it was made anew: see `tapKeyOf`. */
  readonly key: string;
  /** The producer as its publisher named it. */
  readonly producerId: string;
  readonly kind: MediaKind;
  readonly rtpParameters: RtpParameters;
}

/** A data channel that is recorded. */
export interface TappedMessages {
  readonly key: string;
  readonly dataProducerId: string;
  readonly peerId: string;
  readonly label: DataLabel;
  /** The video source that stills belong to. */
  readonly producerId?: string;
}

/** What of a room can go to a recorder now. */
export interface Tapped {
  /** Node and worker of the room's first router. */
  readonly workerKey: string;
  /** The tap, once the node has it: where it sends from. */
  readonly tap?: {
    readonly tapId: string;
    readonly ip: string;
    readonly port: number;
    readonly feedPort: number;
  };
  readonly tracks: readonly TappedTrack[];
  readonly messages: readonly TappedMessages[];
  /** Sources whose packets come in now and are not held back. */
  readonly flowing: ReadonlySet<string>;
}

/** The side of media that the recording of rooms works with. */
export interface TapService {
  /** What the plan shall do for the recording of a room; null: nothing. Replaces what was said before. */
  setRecording(roomId: string, demand: RecordingDemand | null): void;
  /** Undefined while the room has no media here. */
  tapped(roomId: string): Tapped | undefined;
  /** Told after each pass of a room's loop, when the answer to `tapped` may be another. */
  onPass(listener: (roomId: string) => void): () => void;
}
