/** Decisions about compressions: marks, flags, summaries of what was measured, and the clocks of telephone CPR. */

import type * as z from 'zod/mini';
import { STAFF } from '../../protocol/audience.ts';
import type { CprSource } from '../../protocol/events-bystander.ts';
import type { RoomState } from '../../protocol/state.ts';
import type { Actor, Deciders, Now } from '../types.ts';
import { momentOf } from './notes.ts';
import { assertOpen, badRequest, forbidden, told, unchanged } from './rules.ts';
import { assertGuides, isAtScene, ownLinkOf, peerAtScene, STAFF_AND_SCENE } from './scene-rules.ts';

/** No hands push faster; the same limit as of a rate. */
const MOST_A_MINUTE = 300;
/** A measure that has just become sure counts what it saw shortly before, so a stretch may hold what lies ahead of it. */
const LOOKS_BACK_MS = 5000;

export const cprDeciders = {
  // Those who do it see the marks too: swap, breaths and the shock are theirs.
  'cpr.mark': (state, { mark, at }, actor, now) => {
    assertOpen(state);
    if (isAtScene(actor.role)) peerAtScene(state, actor);
    else assertGuides(actor, 'mark what is done');
    const marked = { mark, at: markedAt(state, at, actor, now), by: actor.principalId };
    return told({ audience: STAFF_AND_SCENE, events: [{ type: 'CprMarked', ...marked }] });
  },

  'cpr.flag': (state, { flag, on, value, source }, actor) => {
    assertOpen(state);
    assertMeasures(state, actor, source);
    // A flag is a fact when it is raised and when it is lowered; how the value moves in between is not.
    if (on === (state.bystander.cpr.flags[flag] !== undefined)) return unchanged();
    const flagged = { flag, on, ...(value === undefined ? {} : { value }), source };
    return told({ audience: STAFF, events: [{ type: 'CprFlagged', ...flagged }] });
  },

  'cpr.summarise': (state, { summary }, actor) => {
    assertOpen(state);
    assertMeasures(state, actor, summary.source);
    const { fromUtc, toUtc, measuredMs, handsOffMs, compressions, source } = summary;
    // Clocks of two devices meet here: a second of difference is none.
    if (toUtc < fromUtc || measuredMs > toUtc - fromUtc + 1000 || handsOffMs > measuredMs)
      throw badRequest('The times of this summary contradict one another.', 'Measure this stretch anew.');
    if (compressions > (MOST_A_MINUTE / 60_000) * (measuredMs - handsOffMs + LOOKS_BACK_MS))
      throw badRequest('Nobody compresses that often in this time.', 'Measure this stretch anew.');
    const known = state.bystander.cpr.summaries.some(
      (other) => other.source === source && other.fromUtc === fromUtc && other.toUtc === toUtc,
    );
    if (known) return unchanged();
    return told({ audience: STAFF, events: [{ type: 'CprSummarised', summary }] });
  },

  // A key corrects whatever stands there; the measure only fills what nobody has set, and keeps the first moment.
  'tcpr.set': (state, { clock, at, source }, actor, now) => {
    assertOpen(state);
    assertGuides(actor, 'set a clock');
    const known = state.bystander.cpr.clocks[clock];
    if (known && source === 'measured') return unchanged();
    // A person corrects a wrong time; a measure is not asked again, so a clock that runs ahead means now.
    const given = at !== undefined && source === 'measured' ? Math.min(at, now.utc) : at;
    const moment = momentOf(state, given, now);
    const answered = state.timeNodes.find(({ node }) => node === 'call-answered')?.at;
    if (answered !== undefined && moment < answered)
      throw badRequest('This lies before the call was answered.', 'Correct the time, or that of the call.');
    if (known?.at === moment && known.source === 'key') return unchanged();
    const set = { clock, at: moment, source, by: actor.principalId };
    return told({ audience: STAFF, events: [{ type: 'TcprClockSet', ...set }] });
  },
} satisfies Partial<Deciders>;

/** The clock of a stranger's phone may be wrong by any time; what was done must not be lost for that, and is of now then. */
function markedAt(state: RoomState, at: number | undefined, actor: Actor, now: Now): number {
  const isImpossible = at !== undefined && (at > now.utc || at < state.createdUtc);
  return momentOf(state, isAtScene(actor.role) && isImpossible ? undefined : at, now);
}

/** Video is measured in the page of who guides; a chest by a phone whose link was made to lie there. */
export function assertMeasures(state: RoomState, actor: Actor, source: z.infer<typeof CprSource>): void {
  if (source === 'video') {
    assertGuides(actor, 'state what video shows of compressions');
    return;
  }
  if (ownLinkOf(state, peerAtScene(state, actor))?.use === 'chest') return;
  throw forbidden('Only a phone on the chest measures this.', 'Open the link of the second phone.');
}
