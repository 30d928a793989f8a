/** Which cards may be pushed, and what phones show now. Pure; words stand in the dictionaries. */
import {
  CARD_FOR_NEED,
  CARD_IDS,
  CARDS,
  type CardId,
  type CardStanding,
} from '../../../../signaling/protocol/guidance.ts';
import type { BystanderState } from '../../../../signaling/protocol/state-bystander.ts';
import type { Phone } from '../phones.ts';

export interface CardRow {
  readonly cardId: CardId;
  /** What is pushed: the newest version that the server knows. */
  readonly version: number;
  readonly guideline: string;
  /** The key that pushes it while the panel has the focus. */
  readonly key: string;
  readonly approval: CardStanding['approval'];
  /**
   * `approved`; `unapproved`: may be pushed, but no one has signed it; `refused`: not in production without approval;
   * `unknown`: the server has not told yet, and decides when it is pushed.
   */
  readonly standing: 'approved' | 'unapproved' | 'refused' | 'unknown';
}

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'] as const;

/** @param standings answer of `GET /api/guidance`; undefined while it has not come */
export function cardRows(standings: readonly CardStanding[] | undefined): readonly CardRow[] {
  return CARD_IDS.map((cardId, index) => {
    const standing = standings?.find((each) => each.cardId === cardId);
    return {
      cardId,
      version: standing?.version ?? CARDS[cardId].version,
      guideline: standing?.guideline ?? CARDS[cardId].guideline,
      key: KEYS[index] ?? '',
      approval: standing?.approval,
      standing: standing === undefined ? 'unknown' : standingOf(standing),
    };
  });
}

function standingOf({ approval, pushable }: CardStanding): CardRow['standing'] {
  if (approval !== undefined && pushable) return 'approved';
  return pushable ? 'unapproved' : 'refused';
}

export interface Showing {
  readonly cardId: CardId;
  /** Absent: the page shows it by itself, by what the link was made for. */
  readonly pushed?: {
    readonly pushId: string;
    readonly version: number;
    readonly utc: number;
    readonly approved: boolean;
  };
  /** `shown` only where the phone said so. */
  readonly phones: readonly { readonly peerId: string; readonly number: number; readonly shown: boolean }[];
}

/** Phones that show cards; the one on the chest lies face down. */
function readers(phones: readonly Phone[]): readonly Phone[] {
  return phones.filter(({ link }) => link?.use !== 'chest');
}

/** What stands on the phones now. Undefined while nobody is there. */
export function showingNow(
  { guidance }: Pick<BystanderState, 'guidance'>,
  phones: readonly Phone[],
): Showing | undefined {
  const there = readers(phones);
  if (guidance !== undefined) {
    const { cardId, pushId, version, utc, approved, peerId, shownBy } = guidance;
    const meant = there.filter((phone) => peerId === undefined || phone.peerId === peerId);
    return {
      cardId,
      pushed: { pushId, version, utc, approved },
      phones: meant.map((phone) => ({
        peerId: phone.peerId,
        number: phone.number,
        shown: shownBy.includes(phone.peerId),
      })),
    };
  }
  const first = there.find(({ link }) => link?.use === 'camera') ?? there[0];
  if (first?.link === undefined) return undefined;
  return { cardId: CARD_FOR_NEED[first.link.need], phones: [] };
}

/** How far a push has come, in one word. */
export function pushStanding(showing: Showing): 'by-itself' | 'nobody' | 'waiting' | 'some' | 'all' {
  if (showing.pushed === undefined) return 'by-itself';
  if (showing.phones.length === 0) return 'nobody';
  const shown = showing.phones.filter((phone) => phone.shown).length;
  if (shown === 0) return 'waiting';
  return shown === showing.phones.length ? 'all' : 'some';
}
