/** What the guidance panel knows and does: how cards stand with the site, their drawings, pushing and taking away. */
import { useEffect, useState } from 'preact/hooks';
import * as z from 'zod/mini';
import { type CardId, CardStanding } from '../../../../signaling/protocol/guidance.ts';
import { callJson } from '../../../core/http.ts';
import { type Card, loadCard } from '../../../guidance/index.ts';
import { errorText } from '../../../ui/error-text.ts';
import { useRoom } from '../../live/live-room.ts';
import { type CardRow, cardRows } from './guidance-view.ts';

const Standings = z.array(CardStanding);

export interface Guidance {
  readonly rows: readonly CardRow[];
  /** Why the standing of the cards is not known. */
  readonly problem: string | undefined;
  reload(): void;
  /** Rejects with `ClientError` where the server refuses it. */
  push(row: CardRow, peerId?: string): Promise<void>;
  /** The phones go back to what they show by themselves. */
  clear(pushId: string): Promise<void>;
}

export function useGuidance(): Guidance {
  const { session } = useRoom();
  const [standings, setStandings] = useState<readonly CardStanding[]>();
  const [problem, setProblem] = useState<string>();
  const [round, setRound] = useState(0);
  useEffect(() => {
    let over = false;
    callJson(
      (input, init) => fetch(input, init),
      `${location.origin}/api/guidance`,
      'GET',
      Standings,
      undefined,
    ).then(
      (answer) => {
        if (over) return;
        setStandings(answer);
        setProblem(undefined);
      },
      (error: unknown) => {
        if (!over) setProblem(errorText(error));
      },
    );
    return () => {
      over = true;
    };
  }, [round]);
  return {
    rows: cardRows(standings),
    problem,
    reload: () => setRound((old) => old + 1),
    async push(row, peerId) {
      const to = peerId === undefined ? {} : { peerId };
      await session.request('guidance.push', { cardId: row.cardId, version: row.version, ...to });
    },
    async clear(pushId) {
      await session.request('guidance.clear', { pushId });
    },
  };
}

/** The contents of a card once its chunk is here; undefined until then, and where it cannot be fetched. */
export function useCard(cardId: CardId | undefined): Card | undefined {
  const [card, setCard] = useState<Card>();
  useEffect(() => {
    if (cardId === undefined) return undefined;
    let over = false;
    loadCard(cardId).then(
      (loaded) => {
        if (!over) setCard(loaded);
      },
      // Its name and key stand without the drawing, and the phone has the card itself.
      () => undefined,
    );
    return () => {
      over = true;
    };
  }, [cardId]);
  return card?.cardId === cardId ? card : undefined;
}
