/** Volunteers near the incident and how far each has come. Pure. */
import type * as z from 'zod/mini';
import type { VolunteerNear } from '../../../../signaling/protocol/links.ts';
import type { RoomState } from '../../../../signaling/protocol/state.ts';
import { phonesOf } from '../phones.ts';

export type Near = z.infer<typeof VolunteerNear>;

/**
 * `free`: not alerted; then as the message and the volunteer tell: on its way, failed, delivered, opened, in the room, coming,
 * not coming, ended.
 */
export type VolunteerStep =
  | 'free'
  | 'alerted'
  | 'failed'
  | 'delivered'
  | 'opened'
  | 'here'
  | 'coming'
  | 'not-coming'
  | 'ended';

export interface VolunteerRow {
  readonly volunteerId: string;
  readonly name: string;
  readonly distanceM: number | undefined;
  /** Age of the position in the register, in milliseconds. */
  readonly positionAgeMs: number | undefined;
  readonly step: VolunteerStep;
  readonly etaMinutes: number | undefined;
  readonly alertedUtc: number | undefined;
  /** Number of the phone, once the page is in the room. */
  readonly phone: number | undefined;
}

/** @param near answer of `GET /api/rooms/:roomId/volunteers`, nearest first; those already alerted are kept without it */
export function volunteerRows(near: readonly Near[], state: RoomState): readonly VolunteerRow[] {
  const { volunteers } = state.bystander;
  const known = new Map(near.map((each) => [each.volunteerId, each]));
  const ids = [...new Set([...Object.keys(volunteers), ...known.keys()])];
  const rows = ids.map((volunteerId) => rowOf(volunteerId, known.get(volunteerId), state));
  const far = Number.POSITIVE_INFINITY;
  // Who is on the way stands above who could be asked; inside each the nearest first.
  const rank = ({ step }: VolunteerRow) =>
    step === 'free' ? 1 : step === 'not-coming' || step === 'ended' ? 2 : 0;
  return rows.sort((a, b) => rank(a) - rank(b) || (a.distanceM ?? far) - (b.distanceM ?? far));
}

function rowOf(volunteerId: string, near: Near | undefined, state: RoomState): VolunteerRow {
  const alerted = state.bystander.volunteers[volunteerId];
  const phone = phonesOf(state).find(({ link }) => link !== undefined && link.linkId === alerted?.linkId);
  return {
    volunteerId,
    name: alerted?.name ?? near?.name ?? volunteerId,
    distanceM: alerted?.distanceM ?? near?.distanceM,
    positionAgeMs: near?.positionAgeMs,
    step:
      alerted === undefined
        ? near?.alerted === true
          ? 'alerted'
          : 'free'
        : stepOf(volunteerId, state, phone !== undefined),
    etaMinutes: alerted?.coming === true ? alerted.etaMinutes : undefined,
    alertedUtc: alerted?.alertedUtc,
    phone: phone?.number,
  };
}

function stepOf(volunteerId: string, state: RoomState, here: boolean): VolunteerStep {
  const alerted = state.bystander.volunteers[volunteerId];
  if (alerted === undefined) return 'free';
  const link = state.bystander.links[alerted.linkId];
  if (alerted.coming === false) return 'not-coming';
  if (link?.ended !== undefined) return 'ended';
  if (alerted.coming === true) return 'coming';
  if (here) return 'here';
  if (link?.openedUtc !== undefined) return 'opened';
  if (link?.deliveredUtc !== undefined) return 'delivered';
  const message = link?.delivery?.state;
  return message === 'failed' || message === 'expired' ? 'failed' : 'alerted';
}

/** How many one key alerts. */
export const AT_ONCE = 3;

/** The nearest who can be asked. */
export function nearestFree(rows: readonly VolunteerRow[], count = AT_ONCE): readonly VolunteerRow[] {
  return rows.filter(({ step }) => step === 'free').slice(0, count);
}
