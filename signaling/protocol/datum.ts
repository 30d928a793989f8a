/**
 * Datums of positions, and distances. GCJ-02 is what phones and maps in China show (WGS-84 with an offset of up to 700 m that
 * only holds in mainland China), BD-09 what Baidu shows (GCJ-02 with another offset). Both are converted where they come in.
 * The forward formula of GCJ-02 was never published; this is the one that all libraries share (eviltransform and its
 * descendants), true to a few metres at most, and the backward one is solved from it until it closes within 0.1 mm.
 */
import type { Datum, GeoPoint } from './geo.ts';

/** Krasovsky 1940, as GCJ-02 uses it: semi-major axis in metres and squared eccentricity. */
const AXIS_M = 6_378_245;
const ECCENTRICITY_2 = 0.006693421622965943;
/** The turn that BD-09 uses, in radians for each degree. */
const BD_TURN = (Math.PI * 3000) / 180;
/** BD-09 is shifted by this, in degrees. */
const BD_SHIFT = { lat: 0.006, lon: 0.0065 } as const;
/** Mean radius of the earth in metres (IUGG). */
const EARTH_M = 6_371_008.8;
/** Enough to close the backward conversion: the offset changes by less than 1 part in 1000 over its own length. */
const STEPS = 8;

/** WGS-84, in degrees. Points outside mainland China are in WGS-84 already, whatever they are called. */
export function toWgs84(point: GeoPoint, datum: Datum): GeoPoint {
  switch (datum) {
    case 'wgs84':
      return point;
    case 'gcj02':
      return gcj02ToWgs84(point);
    case 'bd09':
      return gcj02ToWgs84(bd09ToGcj02(point));
  }
}

/** For showing a WGS-84 point on a map of that datum. */
export function fromWgs84(point: GeoPoint, datum: Datum): GeoPoint {
  switch (datum) {
    case 'wgs84':
      return point;
    case 'gcj02':
      return wgs84ToGcj02(point);
    case 'bd09':
      return gcj02ToBd09(wgs84ToGcj02(point));
  }
}

/** The box that all implementations agree on; Hong Kong, Macao and Taiwan lie inside it although their maps differ. */
export function isInOffsetArea({ lat, lon }: GeoPoint): boolean {
  return lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271;
}

/** Metres along the great circle between two WGS-84 points (haversine; within 0.5 % of the ellipsoid). */
export function distanceM(a: GeoPoint, b: GeoPoint): number {
  const lat = radians(b.lat - a.lat);
  const lon = radians(b.lon - a.lon);
  const h =
    Math.sin(lat / 2) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(lon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

function wgs84ToGcj02(point: GeoPoint): GeoPoint {
  if (!isInOffsetArea(point)) return point;
  const offset = gcjOffset(point);
  return within({ lat: point.lat + offset.lat, lon: point.lon + offset.lon });
}

/** Finds the point whose offset leads to the given one. */
function gcj02ToWgs84(point: GeoPoint): GeoPoint {
  if (!isInOffsetArea(point)) return point;
  let found = point;
  for (let step = 0; step < STEPS; step += 1) {
    const offset = gcjOffset(found);
    found = { lat: point.lat - offset.lat, lon: point.lon - offset.lon };
  }
  return within(found);
}

/** The turn of BD-09 is taken from GCJ-02, so the way back is solved step by step too. */
function bd09ToGcj02(point: GeoPoint): GeoPoint {
  if (!isInOffsetArea(point)) return point;
  let found = { lat: point.lat - BD_SHIFT.lat, lon: point.lon - BD_SHIFT.lon };
  for (let step = 0; step < STEPS; step += 1) {
    const forward = gcj02ToBd09(found);
    found = { lat: found.lat + point.lat - forward.lat, lon: found.lon + point.lon - forward.lon };
  }
  return within(found);
}

function gcj02ToBd09(point: GeoPoint): GeoPoint {
  if (!isInOffsetArea(point)) return point;
  const { lat, lon } = point;
  const length = Math.hypot(lon, lat) + 0.00002 * Math.sin(lat * BD_TURN);
  const angle = Math.atan2(lat, lon) + 0.000003 * Math.cos(lon * BD_TURN);
  return within({
    lat: length * Math.sin(angle) + BD_SHIFT.lat,
    lon: length * Math.cos(angle) + BD_SHIFT.lon,
  });
}

/** How far GCJ-02 lies from WGS-84 at a WGS-84 point, in degrees. */
function gcjOffset({ lat, lon }: GeoPoint): GeoPoint {
  const x = lon - 105;
  const y = lat - 35;
  const waves = (20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * (2 / 3);
  const north =
    -100 +
    2 * x +
    3 * y +
    0.2 * y * y +
    0.1 * x * y +
    0.2 * Math.sqrt(Math.abs(x)) +
    waves +
    (20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)) * (2 / 3) +
    (160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * (2 / 3);
  const east =
    300 +
    x +
    2 * y +
    0.1 * x * x +
    0.1 * x * y +
    0.1 * Math.sqrt(Math.abs(x)) +
    waves +
    (20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * (2 / 3) +
    (150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * (2 / 3);
  const sine = Math.sin(radians(lat));
  const bend = 1 - ECCENTRICITY_2 * sine * sine;
  const meridian = (AXIS_M * (1 - ECCENTRICITY_2)) / (bend * Math.sqrt(bend));
  const parallel = (AXIS_M / Math.sqrt(bend)) * Math.cos(radians(lat));
  return { lat: degrees(north / meridian), lon: degrees(east / parallel) };
}

/** A point stays one, also at the edges that rounding may cross. */
function within({ lat, lon }: GeoPoint): GeoPoint {
  return { lat: Math.max(-90, Math.min(90, lat)), lon: Math.max(-180, Math.min(180, lon)) };
}

function radians(angle: number): number {
  return (angle * Math.PI) / 180;
}

function degrees(angle: number): number {
  return (angle * 180) / Math.PI;
}
