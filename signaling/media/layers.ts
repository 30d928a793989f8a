/** From the layers a publisher really sends to the rungs of the ladder and back. */
import { type RtpParameters, RUNGS, type Rung, rungForHeight, type SourceInfo } from '../protocol/media.ts';

/** Layers of one video producer, lowest first. */
export interface LayerMap {
  /** Picture lines (the shorter side, in pixels) of each spatial layer. */
  readonly lines: readonly number[];
  /** Temporal layers of each spatial layer. */
  readonly temporal: number;
}

/** What a layer choice asks of a consumer. */
export interface LayerChoice {
  readonly spatialLayer: number;
  readonly temporalLayer?: number;
}

/** Lines a rung needs; a tile of the rung is no larger than this (see `rungForHeight`). */
const RUNG_LINES: Readonly<Record<Rung, number>> = {
  '2160': 1201,
  '1080': 601,
  '540': 1,
  '540-slow': 1,
  still: 1,
  audio: 1,
  text: 1,
};
/** Assumed when a publisher does not say how large its picture is. */
const UNKNOWN_LINES = 1080;

/** W3C scalability modes: `L3T3_KEY` is three spatial and three temporal layers, `S` is simulcast within one stream. */
function scalability(mode: string | undefined): { spatial: number; temporal: number } {
  const match = /^[LS]([1-9])T([1-9])/.exec(mode ?? '');
  return { spatial: Number(match?.[1] ?? 1), temporal: Number(match?.[2] ?? 1) };
}

/**
 * Reads the layers out of RTP parameters: one encoding per simulcast stream, or the scalability mode of a single one.
 * Without `scaleResolutionDownBy` each layer has half the lines of the next, which is what SVC and Chromium's
 * simulcast do.
 */
export function layersOf(
  rtpParameters: RtpParameters,
  source: Pick<SourceInfo, 'width' | 'height'>,
): LayerMap {
  const encodings = rtpParameters.encodings ?? [];
  const full = Math.min(source.width ?? UNKNOWN_LINES, source.height ?? UNKNOWN_LINES);
  const { spatial, temporal } = scalability(encodings[0]?.scalabilityMode);
  const count = Math.max(encodings.length > 1 ? encodings.length : spatial, 1);
  const lines = Array.from({ length: count }, (_, layer) => {
    const scale = encodings.length > 1 ? scaleOf(encodings[layer]) : undefined;
    return Math.max(1, Math.round(full / (scale ?? 2 ** (count - 1 - layer))));
  });
  return { lines, temporal };
}

/** `scaleResolutionDownBy` is W3C's and passes through mediasoup-client, though mediasoup's own type leaves it out. */
function scaleOf(encoding: object | undefined): number | undefined {
  if (!encoding || !('scaleResolutionDownBy' in encoding)) return undefined;
  const scale = encoding.scaleResolutionDownBy;
  return typeof scale === 'number' && scale >= 1 ? scale : undefined;
}

/** The lowest spatial layer whose picture fills this rung; the top one when none does. */
export function layerFor(layers: LayerMap, rung: Rung): LayerChoice {
  const found = layers.lines.findIndex((lines) => lines >= RUNG_LINES[rung]);
  const spatialLayer = found < 0 ? layers.lines.length - 1 : found;
  if (rung === '540-slow') return { spatialLayer, temporalLayer: 0 };
  return { spatialLayer, temporalLayer: layers.temporal - 1 };
}

/** The rung a viewer stands on who receives this layer. */
export function rungOfLayer(layers: LayerMap, spatialLayer: number, temporalLayer?: number | null): Rung {
  const lines = layers.lines[Math.min(Math.max(spatialLayer, 0), layers.lines.length - 1)] ?? UNKNOWN_LINES;
  const rung = rungForHeight(lines);
  const slow = typeof temporalLayer === 'number' && temporalLayer < layers.temporal - 1;
  return rung === '540' && slow ? '540-slow' : rung;
}

/**
 * The rung that fits how large a source is shown: the lines its picture gets in a tile of this size when the whole
 * picture is fitted in, so that a wide strip or an upright phone does not ask for more than it can show.
 */
export function rungForTile(
  tile: { readonly width: number; readonly height: number },
  source: Pick<SourceInfo, 'width' | 'height'>,
): Rung {
  const width = source.width ?? 1920;
  const height = source.height ?? 1080;
  const scale = Math.min(tile.width / width, tile.height / height);
  return rungForHeight(Math.round(Math.min(width, height) * scale));
}

/** The better of two rungs; null stands for none. */
export function betterRung(a: Rung | null, b: Rung | null): Rung | null {
  if (a === null || b === null) return a ?? b;
  return RUNGS.indexOf(a) <= RUNGS.indexOf(b) ? a : b;
}
