/** What the sockets ask of the media side of a room. */
import type { Viewer } from '../protocol/audience.ts';
import type { SourceRole } from '../protocol/media.ts';
import type { MEDIA_METHODS, Params, Result } from '../protocol/methods.ts';
import type { NotificationData, NotificationName } from '../protocol/notifications.ts';

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
