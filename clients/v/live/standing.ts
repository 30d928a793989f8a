/** How the page stands to the room: its link in four words, and whether and why it is over. Pure. */
import type { OpeningState } from '../../../signaling/protocol/links.ts';
import type { RoomState } from '../../../signaling/protocol/state.ts';
import type { Connection } from '../../core/types.ts';
import type { LiveEnd, LiveLink } from './types.ts';

/** A return within this is not worth a word, in milliseconds. */
const SHORT_MS = 3000;

/** @param awayMs since when the connection stands as it does. */
export function linkStands(
  { status, reason }: Pick<Connection, 'status' | 'reason'>,
  online: boolean,
  awayMs: number,
): LiveLink {
  if (status === 'live') return 'on';
  if (status === 'weak' || status === 'media-rebuilding') return online ? 'weak' : 'offline';
  if (!online || reason === 'offline') return 'offline';
  if (status === 'reconnecting') {
    if (reason === 'ice-restart') return 'weak';
    return awayMs < SHORT_MS ? 'weak' : 'offline';
  }
  return 'connecting';
}

export interface Standing {
  readonly linkId: string;
  readonly openingId: string;
  readonly peerId: string;
  readonly supportPhone: string | undefined;
}

/** What the room's facts say about the end; they are clearer than the end of a session, and come before it. */
export function endByFacts({ bystander, phase }: RoomState, own: Standing): LiveEnd | undefined {
  const support = own.supportPhone === undefined ? {} : { supportPhone: own.supportPhone };
  if (bystander.pages[own.peerId]?.releasedBy !== undefined) {
    return { kind: 'ended', reason: 'released', ...support };
  }
  const link = bystander.links[own.linkId];
  if (link?.ended !== undefined) return { kind: 'ended', reason: link.ended, ...support };
  if (phase === 'closed') return { kind: 'ended', reason: 'room-closed', ...support };
  const opening = link?.openings[own.openingId]?.state;
  return opening === undefined ? undefined : endByOpening(opening);
}

/** Open and live ones are inside. */
export function endByOpening(opening: OpeningState): LiveEnd | undefined {
  return opening === 'open' || opening === 'live' ? undefined : { kind: 'outside', opening };
}

/**
 * What the end of the session itself says, where the facts did not come any more. `removed` and `revoked` leave open
 * whether the link ended or another browser took its place: the door knows, so the page asks there.
 */
export function endBySession({
  status,
  reason,
}: Pick<Connection, 'status' | 'reason'>): LiveEnd | 'ask' | undefined {
  if (status !== 'ended' && status !== 'refused') return undefined;
  if (reason === 'room-closed' || reason === 'closed') return { kind: 'ended', reason: 'room-closed' };
  // This browser's other tab of the same page: nobody has to be asked, but only one of them can be live.
  if (reason === 'replaced') return { kind: 'outside', opening: 'ended' };
  if (reason === 'unsupported-browser' || reason === 'left') return undefined;
  return 'ask';
}

/** For a place opened by its fixed code: how far dispatch has got with its call. */
export function placeSeen({ help }: RoomState): 'nobody' | 'seen' | 'answered' {
  const calls = Object.values(help);
  if (calls.some(({ answeredBy }) => answeredBy !== undefined)) return 'answered';
  return calls.some(({ seenBy }) => seenBy.length > 0) ? 'seen' : 'nobody';
}
