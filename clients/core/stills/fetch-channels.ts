/**
 * Channels of this device to those who may ask for stills: one for each peer, however many cameras the device has, since a media node
 * bounds how many channels one peer may open.
 */
import type { OutChannel } from '../marks/types.ts';
import type { RoomSession } from '../types.ts';

type Session = Pick<RoomSession, 'data'>;

interface Shared {
  readonly channel: OutChannel;
  holders: number;
}

const ofSession = new WeakMap<Session, Map<string, Shared>>();

/** The channel to this peer, opened when nobody holds it yet. Every call needs one `releaseChannel`. */
export function holdChannel(session: Session, peerId: string): OutChannel {
  const channels = ofSession.get(session) ?? new Map<string, Shared>();
  ofSession.set(session, channels);
  const shared = channels.get(peerId) ?? {
    channel: session.data.open('fetch', { toPeerId: peerId }),
    holders: 0,
  };
  channels.set(peerId, shared);
  shared.holders += 1;
  return shared.channel;
}

/** Closes the channel once nobody holds it. */
export function releaseChannel(session: Session, peerId: string): void {
  const channels = ofSession.get(session);
  const shared = channels?.get(peerId);
  if (!shared) return;
  shared.holders -= 1;
  if (shared.holders > 0) return;
  shared.channel.close();
  channels?.delete(peerId);
}
