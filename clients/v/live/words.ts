/** Words between the page and dispatch, read from the room's state. Pure. */
import type { Role } from '../../../signaling/protocol/roles.ts';
import { hasRole } from '../../../signaling/protocol/roles.ts';
import type { MessageState, RoomState } from '../../../signaling/protocol/state.ts';

/** Members of the public: what they write is read below the help, and never fills another's screen. */
const PUBLIC = ['bystander', 'volunteer', 'patient', 'relative'] as const satisfies readonly Role[];
/** Shown below the help; all of them stay with dispatch. */
const SHOWN = 6;
/** A shorter look is not reading. A longer text takes longer. */
const DWELL_MS = 3000;
const DWELL_PER_LETTER_MS = 60;
const DWELL_MOST_MS = 10_000;

export interface Word {
  readonly messageId: string;
  readonly text: string;
  readonly phrase: MessageState['phrase'];
  /** Of one's own: how far it came. Of others: absent. */
  readonly own?: 'sent' | 'seen';
  readonly name: string;
  readonly utc: number;
}

/** What was written both ways, oldest first. */
export function wordsOf(state: RoomState, peerId: string): readonly Word[] {
  return state.messages.slice(-SHOWN).map((message) => {
    const { messageId, text, phrase, name, utc } = message;
    const word = { messageId, text, phrase, name, utc };
    if (message.peerId !== peerId) return word;
    return { ...word, own: message.readBy.length > 0 ? ('seen' as const) : ('sent' as const) };
  });
}

export interface Seen {
  /** Read on this page, as it has told the room. */
  readonly read: ReadonlySet<string>;
  /** Put away by a tap. */
  readonly away: ReadonlySet<string>;
}

/**
 * The oldest word of someone at work that was not put away: it stands large until then, also once it was read. What was
 * said before this phone came, and read by another, fills no screen any more.
 */
export function largeWord(state: RoomState, peerId: string, { read, away }: Seen): MessageState | undefined {
  const joinedAt = state.peers[peerId]?.joinedAt ?? 0;
  return state.messages.find(
    ({ messageId, peerId: author, readBy, at }) =>
      author !== peerId &&
      !away.has(messageId) &&
      (!readBy.includes(peerId) || read.has(messageId)) &&
      (at >= joinedAt || readBy.length === 0) &&
      !isPublic(state.peers[author]?.role),
  );
}

/** Milliseconds on a visible screen after which a text counts as read. */
export function dwellMs(text: string): number {
  return Math.min(DWELL_MOST_MS, DWELL_MS + text.length * DWELL_PER_LETTER_MS);
}

function isPublic(role: Role | undefined): boolean {
  return role !== undefined && hasRole(PUBLIC, role);
}
