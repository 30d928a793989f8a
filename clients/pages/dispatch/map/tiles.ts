/** Tiles of a configured server under the plan: which ones, and where they lie in metres. Pure. */
import { fromWgs84 } from '../../../../signaling/protocol/datum.ts';
import type { Datum, GeoPoint } from '../../../../signaling/protocol/geo.ts';
import { offsetOf } from './map-view.ts';

export interface TileSource {
  /** Address with `{z}`, `{x}`, `{y}`, as web maps name tiles of 256 pixels. */
  readonly url: string;
  /** What the tiles are drawn in: maps of mainland China are in GCJ-02 or BD-09. */
  readonly datum: Datum;
  /** Whose map it is, as its licence asks to be named. */
  readonly attribution: string;
}

export interface Tile {
  readonly url: string;
  /** Upper left corner and sides, in metres east and south of the centre of the plan. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const MOST_ZOOM = 18;
const MOST_TILES = 36;

/** Web Mercator (EPSG:3857): position in tiles at a zoom. */
function tileAt({ lat, lon }: GeoPoint, zoom: number): { x: number; y: number } {
  const n = 2 ** zoom;
  const sin = Math.sin((Math.min(85, Math.max(-85, lat)) * Math.PI) / 180);
  return {
    x: ((lon + 180) / 360) * n,
    y: (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * n,
  };
}

function cornerOf(x: number, y: number, zoom: number): GeoPoint {
  const n = 2 ** zoom;
  return {
    lon: (x / n) * 360 - 180,
    lat: (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / n))) * 180) / Math.PI,
  };
}

/**
 * Tiles that cover a square around a point. The square is moved by the offset of the map's datum, so that what is drawn in
 * WGS-84 lies where it belongs on the map.
 * @param centre WGS-84
 * @param reachM metres from the centre to the edge
 * @param pixels width of the plan on the screen, in device pixels
 */
export function tilesFor(
  source: TileSource,
  centre: GeoPoint,
  reachM: number,
  pixels: number,
): readonly Tile[] {
  const shown = fromWgs84(centre, source.datum);
  const metresAround = 40_075_016.7 * Math.cos((shown.lat * Math.PI) / 180);
  const wanted = Math.log2((metresAround * pixels) / (2 * reachM * 256));
  const zoom = Math.min(MOST_ZOOM, Math.max(1, Math.round(wanted)));
  const middle = tileAt(shown, zoom);
  const half = (reachM / metresAround) * 2 ** zoom;
  const [left, right] = [Math.floor(middle.x - half), Math.floor(middle.x + half)];
  const [top, bottom] = [Math.floor(middle.y - half), Math.floor(middle.y + half)];
  const tiles: Tile[] = [];
  for (let y = Math.max(0, top); y <= Math.min(2 ** zoom - 1, bottom); y += 1) {
    for (let x = left; x <= right; x += 1) {
      const upper = offsetOf(shown, cornerOf(x, y, zoom));
      const lower = offsetOf(shown, cornerOf(x + 1, y + 1, zoom));
      tiles.push({
        url: tileUrl(source.url, zoom, x, y),
        x: upper.east,
        y: -upper.north,
        width: lower.east - upper.east,
        height: upper.north - lower.north,
      });
    }
  }
  return tiles.slice(0, MOST_TILES);
}

function tileUrl(url: string, zoom: number, x: number, y: number): string {
  const round = 2 ** zoom;
  return url
    .replace('{z}', String(zoom))
    .replace('{x}', String(((x % round) + round) % round))
    .replace('{y}', String(y));
}
