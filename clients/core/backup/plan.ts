/**
 * Which kept files are sent, which are let go, and what is told about it. Pure: files, what the recorder misses and the
 * time go in. Times are room time in milliseconds unless named otherwise.
 */
import type { MissingRanges } from '../../../signaling/protocol/recordings.ts';
import type { Outgoing, Piece, Span } from './records.ts';

/** Files of one source that follow each other, to be sent as one. */
export interface Parcel {
  readonly roomId: string;
  readonly producerId: string;
  readonly pieces: readonly Piece[];
}

/** An overlap below this is the rounding of two clocks, not something to send. */
const LEAST_OVERLAP_MS = 40;
/** Rounding of the capture's clock between two files of one stream. */
const SEAM_MS = 1;
/** One file to the recorder is put together in memory, and its limit is 256 MiB. */
export const PARCEL_BYTES_MAX = 96 * 1024 * 1024;
/** A gap is known to the recorder some seconds after it ended; only what lies this far behind counts as safe. */
export const SAFE_MARGIN_MS = 60_000;

/**
 * What is to be put together and sent of a room: the files that overlap a missing range, as one parcel where they follow
 * each other, so that a gap is filled by few files that play without a seam. Nothing is sent twice. A range
 * that reaches beyond the newest file of a source that is still being kept waits for its end.
 */
export function parcelsFor(
  pieces: readonly Piece[],
  missing: MissingRanges['ranges'],
  outgoing: readonly Outgoing[],
  newest: ReadonlyMap<string, number> = new Map(),
): readonly Parcel[] {
  const whole = missing.filter(({ producerId, to }) => (newest.get(producerId) ?? to) >= to);
  const wanted = pieces
    .filter((piece) => whole.some((range) => isMissingIn(piece, range)))
    .sort((a, b) => (a.streamId < b.streamId ? -1 : a.streamId > b.streamId ? 1 : a.at - b.at));
  return runs(wanted).filter(
    ({ pieces: parts }) =>
      !outgoing.some(({ pieceIds }) => parts.every(({ pieceId }) => pieceIds.includes(pieceId))),
  );
}

/**
 * Room time that a parcel covers, and how well it is known. Each of its files was dated apart; their distances are known
 * exactly, so the one that was least late dates them all.
 */
export function spanOf({ pieces }: Parcel): Span & { readonly errorMs: number } {
  const [first] = pieces;
  const last = pieces.at(-1);
  if (first === undefined || last === undefined) return { from: 0, to: 0, errorMs: 0 };
  const dated = pieces.map((piece) => ({ from: piece.from - (piece.at - first.at), errorMs: piece.errorMs }));
  const best = dated.reduce((least, each) => (each.from < least.from ? each : least));
  const from = Math.max(0, best.from);
  return { from, to: from + (last.at - first.at) + (last.to - last.from), errorMs: best.errorMs };
}

function isMissingIn(piece: Piece, range: MissingRanges['ranges'][number]): boolean {
  return piece.producerId === range.producerId && overlap(piece, range) > LEAST_OVERLAP_MS;
}

/**
 * Files about which nothing is known for sure: of sources that this page no longer keeps, in no missing range, and old
 * enough for the recorder to know its gaps. The recorder is asked about each.
 */
export function unclear(
  pieces: readonly Piece[],
  parcels: readonly Parcel[],
  missing: MissingRanges['ranges'],
  nowUtc: number,
): readonly Piece[] {
  const sent = new Set(parcels.flatMap((parcel) => parcel.pieces.map(({ pieceId }) => pieceId)));
  return pieces.filter(
    (piece) =>
      !sent.has(piece.pieceId) &&
      !missing.some((range) => isMissingIn(piece, range)) &&
      nowUtc - piece.writtenUtc > SAFE_MARGIN_MS,
  );
}

/** Files that were sent, as they are or within a larger one. */
export function sentPieces(pieces: readonly Piece[], outgoing: readonly Outgoing[]): readonly Piece[] {
  const sent = outgoing.filter(({ state }) => state === 'sent');
  return pieces.filter(({ pieceId }) => sent.some(({ pieceIds }) => pieceIds.includes(pieceId)));
}

/** Splits files in order of time where one does not follow the other, and where they get too large for one. */
function runs(pieces: readonly Piece[]): readonly Parcel[] {
  const found: Piece[][] = [];
  let bytes = 0;
  for (const piece of pieces) {
    const run = found.at(-1);
    const last = run?.at(-1);
    const follows =
      last !== undefined &&
      last.streamId === piece.streamId &&
      Math.abs(piece.at - (last.at + last.to - last.from)) < SEAM_MS &&
      bytes + piece.bytes <= PARCEL_BYTES_MAX;
    if (run !== undefined && follows) run.push(piece);
    else found.push([piece]);
    bytes = follows ? bytes + piece.bytes : piece.bytes;
  }
  return found.flatMap((run) => {
    const [first] = run;
    return first ? [{ roomId: first.roomId, producerId: first.producerId, pieces: run }] : [];
  });
}

/**
 * Files that the recorder has for sure: it said that the source is durable well behind their end, and in an answer later
 * than that did not name them as missing.
 */
export function safePieces(
  pieces: readonly Piece[],
  missing: MissingRanges['ranges'],
  outgoing: readonly Outgoing[],
  durableUntil: ReadonlyMap<string, number>,
): readonly Piece[] {
  return pieces.filter((piece) => {
    const durable = durableUntil.get(piece.producerId);
    if (durable === undefined || piece.to > durable - SAFE_MARGIN_MS) return false;
    if (!missing.some((gap) => isMissingIn(piece, gap))) return true;
    return sentPieces([piece], outgoing).length > 0;
  });
}

/** What has to go so that the rest keeps within its bounds, oldest first. */
export function overBound(
  pieces: readonly Piece[],
  bound: { readonly bytes: number; readonly ageMs: number },
  nowUtc: number,
): readonly Piece[] {
  const oldestFirst = [...pieces].sort((a, b) => a.writtenUtc - b.writtenUtc || a.from - b.from);
  let total = oldestFirst.reduce((sum, piece) => sum + piece.bytes, 0);
  return oldestFirst.filter((piece) => {
    if (total <= bound.bytes && nowUtc - piece.writtenUtc <= bound.ageMs) return false;
    total -= piece.bytes;
    return true;
  });
}

/** 4 GiB, or a fifth of what the browser grants where that is less. */
export function boundFor(quota: number | undefined): number {
  const most = 4 * 1024 ** 3;
  return quota === undefined ? most : Math.min(most, Math.floor(quota / 5));
}

/** Time that at least one of the spans covers; sources of one room run side by side. */
export function coveredMs(spans: readonly (Span & { readonly roomId: string })[]): number {
  const sorted = [...spans].sort((a, b) =>
    a.roomId < b.roomId ? -1 : a.roomId > b.roomId ? 1 : a.from - b.from,
  );
  let total = 0;
  let last: (Span & { readonly roomId: string }) | undefined;
  for (const span of sorted) {
    const from = last?.roomId === span.roomId ? Math.max(span.from, last.to) : span.from;
    total += Math.max(0, span.to - from);
    if (last?.roomId !== span.roomId || span.to > last.to) last = span;
  }
  return total;
}

function overlap(a: Span, b: Span): number {
  return Math.min(a.to, b.to) - Math.max(a.from, b.from);
}
