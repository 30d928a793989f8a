/** One look at one room: what the recorder misses of it is put together for sending, what it has is let go. */
import type { FillStart, MissingRanges } from '../../../signaling/protocol/recordings.ts';
import type { Clock } from '../clock.ts';
import { isClientError } from '../errors.ts';
import { newId } from '../ids.ts';
import type { FillApi } from './api.ts';
import { joinFiles, type MediaFile } from './mux.ts';
import { type Parcel, parcelsFor, safePieces, sentPieces, spanOf, unclear } from './plan.ts';
import type { Outgoing, Piece } from './records.ts';
import type { RoomKeeper } from './room-keeper.ts';
import type { Vault } from './vault.ts';

export interface RoomRoundDeps {
  readonly vault: Vault;
  readonly api: FillApi;
  readonly clock: Clock;
  readonly principalId: string;
  readonly roomId: string;
  /** Of the room that this page is in; absent for rooms of earlier pages. */
  readonly keeper: RoomKeeper | undefined;
  /** When each file was asked about, by this device's UTC; kept from round to round. */
  readonly asked: Map<string, number>;
}

/** Each question is audited by the server, so few are asked at a time and none twice in an hour. */
const ASKED_AT_ONCE = 5;
const ASK_AGAIN_MS = 3_600_000;

export class RoomRound {
  readonly #deps: RoomRoundDeps;

  constructor(deps: RoomRoundDeps) {
    this.#deps = deps;
  }

  /** Rejects with `ClientError` when the server cannot be asked. */
  async run(): Promise<void> {
    const { api, vault, roomId, keeper } = this.#deps;
    const pieces = await this.#mine(vault.pieces());
    if (pieces.length === 0) return;
    const outgoing = await this.#mine(vault.outgoing());
    const missing = await api.missing(roomId);
    const parcels = parcelsFor(pieces, missing, outgoing, keeper?.newest);
    for (const parcel of parcels) await this.#prepare(parcel);
    if (keeper !== undefined) {
      await vault.removePieces(safePieces(pieces, missing, outgoing, keeper.room.durable()));
    }
    // Sources that this page no longer keeps will never be told durable again: those are asked about one by one.
    const followed = (id: string) =>
      keeper?.room.durable().has(id) === true || keeper?.newest.has(id) === true;
    const left = pieces.filter(({ producerId }) => !followed(producerId));
    await this.#clear(left, parcels, outgoing, missing);
  }

  async #clear(
    pieces: readonly Piece[],
    parcels: readonly Parcel[],
    outgoing: readonly Outgoing[],
    missing: MissingRanges['ranges'],
  ): Promise<void> {
    const { vault, clock, asked } = this.#deps;
    const now = clock.now();
    const sent = sentPieces(pieces, outgoing);
    await vault.removePieces(sent);
    const open = pieces.filter((piece) => !sent.includes(piece));
    const due = unclear(open, parcels, missing, now).filter(
      ({ pieceId }) => now - (asked.get(pieceId) ?? Number.NEGATIVE_INFINITY) > ASK_AGAIN_MS,
    );
    for (const piece of due.slice(0, ASKED_AT_ONCE)) {
      asked.set(piece.pieceId, now);
      await this.#ask(piece);
    }
  }

  /** The recorder says of a file whether it has that time; if not, the file goes on its way. */
  async #ask(piece: Piece): Promise<void> {
    const { vault, api, roomId } = this.#deps;
    try {
      const file = { bytes: await vault.read(piece.pieceId), mimeType: piece.mimeType };
      const start = await startOf([piece], file);
      const { needed } = await api.start(roomId, start);
      if (needed) await this.#add(start, [piece], file.bytes);
      else await vault.removePieces([piece]);
    } catch (error) {
      if (isGone(error)) await vault.removePieces([piece]);
      // A source that was never recorded is kept within the bounds: somebody may ask for it.
      else if (!isClientError(error) || error.code !== 'not-found') throw error;
    }
  }

  async #prepare(parcel: Parcel): Promise<void> {
    const { vault } = this.#deps;
    const parts: (MediaFile & { from: number })[] = [];
    for (const piece of parcel.pieces) {
      try {
        const bytes = await vault.read(piece.pieceId);
        parts.push({ bytes, mimeType: piece.mimeType, from: piece.at });
      } catch (error) {
        // Removed by another page, or altered on the disk: either way it is no evidence any more.
        if (!isGone(error)) throw error;
        await vault.removePieces([piece]);
        return;
      }
    }
    const file = await joinFiles(parts);
    await this.#add(await startOf(parcel.pieces, file), parcel.pieces, file.bytes);
  }

  #add(start: FillStart, pieces: readonly Piece[], bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { vault, clock, roomId, principalId } = this.#deps;
    const shared = { roomId, producerId: start.producerId, principalId, writtenUtc: clock.now() };
    const pieceIds = pieces.map(({ pieceId }) => pieceId);
    return vault.addOutgoing({ ...shared, start, pieceIds, state: 'ready' }, bytes);
  }

  async #mine<T extends { roomId: string; principalId: string }>(all: Promise<readonly T[]>): Promise<T[]> {
    const { roomId, principalId } = this.#deps;
    return (await all).filter((each) => each.roomId === roomId && each.principalId === principalId);
  }
}

async function startOf(pieces: readonly Piece[], file: MediaFile): Promise<FillStart> {
  const [first] = pieces;
  if (first === undefined) throw new Error('A parcel holds at least one file.');
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', file.bytes));
  return {
    fillId: newId(),
    producerId: first.producerId,
    ...spanOf({ ...first, pieces }),
    mimeType: file.mimeType,
    bytes: file.bytes.length,
    sha256: Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join(''),
  };
}

/** The file is not there, or decrypting found it altered. */
function isGone(error: unknown): boolean {
  return error instanceof DOMException && (error.name === 'NotFoundError' || error.name === 'OperationError');
}
