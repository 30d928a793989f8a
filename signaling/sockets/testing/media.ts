/** Media without a node: refuses what needs one and notes what the sockets tell it. */
import { AppError } from '../../../platform/errors.ts';
import type { MediaMethod, MediaPeer, MediaService } from '../../media/types.ts';
import type { Params, Result } from '../../protocol/methods.ts';

export class NodelessMedia implements MediaService {
  readonly told: string[] = [];
  /** What each call waits for first. */
  before: Promise<void> = Promise.resolve();

  async handle<M extends MediaMethod>(
    method: M,
    _roomId: string,
    peer: MediaPeer,
    _params: Params<M>,
  ): Promise<Result<M>> {
    this.told.push(`${method} ${peer.peerId}`);
    await this.before;
    throw new AppError('media-unavailable', 'There is no media node.', { status: 503 });
  }

  peerGone(_roomId: string, peerId: string): void {
    this.told.push(`gone ${peerId}`);
  }

  peerBack(_roomId: string, peerId: string): void {
    this.told.push(`back ${peerId}`);
  }

  async close(): Promise<void> {
    this.told.push('closed');
  }
}
