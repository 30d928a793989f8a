/**
 * The place of an incident as a plain plan: metres east and north of one point, rings, a grid, and the same in words. Needs
 * no tiles. Pure. All points are WGS-84, whatever they were measured in.
 */
import { distanceM } from '../../../../signaling/protocol/datum.ts';
import type { Datum, GeoPoint, Location } from '../../../../signaling/protocol/geo.ts';
import type { BystanderState } from '../../../../signaling/protocol/state-bystander.ts';
import type { Phone } from '../phones.ts';

export interface Thing {
  readonly id: string;
  readonly kind: 'address' | 'bystander' | 'volunteer';
  readonly point: GeoPoint;
  /** Of phones: number as in "phone 2". */
  readonly number?: number;
  readonly name?: string;
  readonly accuracyM?: number;
  /** How old the position is, in milliseconds. */
  readonly ageMs?: number;
  readonly datum?: Datum;
  readonly source?: Location['source'];
}

/** Older than this, a position is said to be old. */
export const OLD_MS = 60_000;
/** A circle wider than this says little of where someone is. */
export const COARSE_M = 100;

/** The address first, then phones by number. @param nowUtc UTC as the room counts it */
export function thingsOf(
  { address, pages }: Pick<BystanderState, 'address' | 'pages'>,
  phones: readonly Phone[],
  nowUtc: number,
): readonly Thing[] {
  const things: Thing[] = [];
  if (address?.point !== undefined) things.push({ id: 'address', kind: 'address', point: address.point });
  for (const { peerId, number, peer } of phones) {
    const position = pages[peerId]?.position;
    if (position === undefined) continue;
    const { point, accuracyM, datum, source, measuredAt } = position;
    const kind = peer.role === 'volunteer' ? 'volunteer' : 'bystander';
    const ageMs = Math.max(0, nowUtc - measuredAt);
    things.push({ id: peerId, kind, number, name: peer.name, point, accuracyM, datum, source, ageMs });
  }
  return things;
}

/** Metres. */
export interface Offset {
  readonly east: number;
  readonly north: number;
}

/** Mean radius of the earth (IUGG), as `distanceM` takes it, so that both agree. */
const EARTH_M = 6_371_008.8;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Where a point lies from another; within 0.1 % up to 20 km, which is all that a plan of a scene shows. */
export function offsetOf(from: GeoPoint, to: GeoPoint): Offset {
  const turn = ((((to.lon - from.lon + 180) % 360) + 360) % 360) - 180;
  const middle = radians((from.lat + to.lat) / 2);
  return {
    east: EARTH_M * radians(turn) * Math.cos(middle),
    north: EARTH_M * radians(to.lat - from.lat),
  };
}

export const COMPASS = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const;
export type Compass = (typeof COMPASS)[number];

/** Which of the eight directions it is. */
export function compassOf({ east, north }: Offset): Compass {
  const eighth = Math.round(Math.atan2(east, north) / (Math.PI / 4));
  return COMPASS[(eighth + 8) % 8] ?? 'n';
}

/** The smallest of 1, 2, 5, 10, 20 … that is no smaller than `least`. */
export function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1)));
  const step = [1, 2, 5, 10].find((each) => each * power >= least) ?? 10;
  return step * power;
}

export interface Plan {
  readonly centre: GeoPoint;
  /** Metres from the centre to the edge of the plan. */
  readonly reachM: number;
  /** Radii of the rings in metres, the outermost inside the plan. */
  readonly rings: readonly number[];
  readonly placed: readonly (Thing & Offset & { readonly distanceM: number })[];
}

const LEAST_REACH_M = 60;
const MOST_REACH_M = 40_000;
/** The accuracy of one poor position must not make all others a dot. */
const MOST_CIRCLE_M = 1000;

/**
 * All of them in one plan, around the address, or the first phone where the address has no position.
 * @param zoom 1: everything; 2: half as far; 0.5: twice as far
 */
export function planOf(things: readonly Thing[], zoom: number): Plan | undefined {
  const centre = things[0]?.point;
  if (centre === undefined) return undefined;
  const placed = things.map((thing) => ({
    ...thing,
    ...offsetOf(centre, thing.point),
    distanceM: distanceM(centre, thing.point),
  }));
  const needed = placed.map((each) => each.distanceM + Math.min(each.accuracyM ?? 0, MOST_CIRCLE_M));
  const whole = Math.min(MOST_REACH_M, Math.max(LEAST_REACH_M, ...needed) * 1.12);
  const reachM = Math.min(MOST_REACH_M, Math.max(LEAST_REACH_M / 3, whole / zoom));
  const step = niceStep(reachM / 4);
  const rings = Array.from({ length: 4 }, (_, index) => step * (index + 1)).filter((ring) => ring < reachM);
  return { centre, reachM, rings, placed };
}

/** Steps of the zoom. */
export function nextZoom(zoom: number, way: 'in' | 'out'): number | undefined {
  const next = way === 'in' ? zoom * 2 : zoom / 2;
  return next > 16 || next < 1 / 8 ? undefined : next;
}
