/**
 * The vehicle's own copy: what the recorder misses of one's own sources, and the way to send it, behind live media. Whose
 * a source was is decided by the log, so that it can be sent after a reload, a crash and the end of the room.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { refuse } from '../people/refuse.ts';
import type { Principal } from '../people/types.ts';
import { compareRungs } from '../protocol/media.ts';
import { FillOffer, type FillStart, MissingRanges } from '../protocol/recordings.ts';
import type { RoomState } from '../protocol/state.ts';
import type { RecordingCatalog } from './catalog.ts';
import type { Recorders } from './recorders.ts';
import type { RoomLogs } from './room-logs.ts';
import { namesOf } from './view.ts';

/** What one principal may send, in KiB and seconds: 20 Mbit/s, so that many vehicles do not starve the disk of a recorder. */
const KIB = 25_000;
const WINDOW_S = 10;
/** Uploads at once of this process; each principal has one of them at most, so that none takes them all. */
const RUNNING_MAX = 4;
const RETRY_MS = 10_000;
/** Longest list of tracks in one question to a recorder. */
const TRACKS_MAX = 40;
const FINISH_MS = 30_000;

export interface FillParts {
  readonly logs: RoomLogs;
  readonly catalog: RecordingCatalog;
  readonly recorders: Recorders;
}

export class Fills {
  readonly #parts: FillParts;
  readonly #rate = new RateLimiterMemory({ points: KIB, duration: WINDOW_S });
  readonly #running = new Set<string>();

  constructor(parts: FillParts) {
    this.#parts = parts;
  }

  /** What is missing of the principal's own sources; nothing for whoever published none. Throws `not-found`. */
  async missing(principal: Principal, roomId: string): Promise<MissingRanges> {
    const mine = [...(await this.#ownSources(principal, roomId)).keys()].slice(-TRACKS_MAX);
    if (mine.length === 0) return { ranges: [] };
    const nodeId = await this.#nodeOf(roomId);
    return this.#parts.recorders.json(
      nodeId,
      `/recordings/${roomId}/missing?trackIds=${mine.join(',')}`,
      MissingRanges,
    );
  }

  /** As which peer the principal published a source. Throws `forbidden` for one of somebody else, and `not-found`. */
  async publisher(principal: Principal, roomId: string, producerId: string): Promise<string> {
    const peerId = (await this.#ownSources(principal, roomId)).get(producerId);
    if (peerId === undefined) throw refuse('forbidden', 'Only who published a source may add to it.');
    return peerId;
  }

  /** Throws `forbidden` for a source of somebody else. */
  async start(principal: Principal, roomId: string, start: FillStart): Promise<FillOffer> {
    const peerId = await this.publisher(principal, roomId, start.producerId);
    const nodeId = await this.#nodeOf(roomId);
    return this.#parts.recorders.json(nodeId, `/recordings/${roomId}/fills`, FillOffer, {
      method: 'POST',
      json: { ...start, fillId: own(principal, start.fillId), peerId },
    });
  }

  async offer(principal: Principal, roomId: string, fillId: string): Promise<FillOffer> {
    const nodeId = await this.#mine(principal, roomId);
    return this.#parts.recorders.json(
      nodeId,
      `/recordings/${roomId}/fills/${own(principal, fillId)}`,
      FillOffer,
    );
  }

  /** Takes bytes from an offset on. Throws `media-unavailable` with `retryAfterMs` while live media needs the link. */
  async piece(
    principal: Principal,
    roomId: string,
    fillId: string,
    offset: number,
    bytes: Readable,
  ): Promise<FillOffer> {
    const nodeId = await this.#mine(principal, roomId);
    const { state } = await this.#parts.logs.read(roomId);
    const { principalId } = principal;
    if (liveIsWeak(principal, state)) throw later();
    if (this.#running.has(principalId) || this.#running.size >= RUNNING_MAX) throw later();
    this.#running.add(principalId);
    try {
      const paced = Readable.from(pace(this.#rate, principalId, bytes), { objectMode: false });
      const path = `/recordings/${roomId}/fills/${own(principal, fillId)}?offset=${offset}`;
      return await this.#parts.recorders.json(nodeId, path, FillOffer, {
        method: 'PATCH',
        bytes: paced,
        answerMs: FINISH_MS,
      });
    } finally {
      this.#running.delete(principalId);
    }
  }

  async #mine(principal: Principal, roomId: string): Promise<string> {
    if ((await this.#ownSources(principal, roomId)).size === 0) {
      throw refuse('forbidden', 'Only who published a source may add to it.');
    }
    return this.#nodeOf(roomId);
  }

  /** Producer ids with the peer that published them, of this principal. */
  async #ownSources(principal: Principal, roomId: string): Promise<ReadonlyMap<string, string>> {
    const { entries } = await this.#parts.logs.read(roomId);
    const { publishers, principals } = namesOf(entries);
    return new Map([...publishers].filter(([, peerId]) => principals.get(peerId) === principal.principalId));
  }

  async #nodeOf(roomId: string): Promise<string> {
    const { row } = await this.#parts.catalog.find(roomId);
    if (row.node_id === null) throw later();
    return row.node_id;
  }
}

/** Ids of fills are chosen by vehicles: each gets a space of its own, so that nobody goes on with another's upload. */
function own({ principalId }: Principal, fillId: string): string {
  return `f${createHash('sha256').update(`${principalId}\n${fillId}`).digest('hex').slice(0, 40)}`;
}

/**
 * True while the principal's live media suffers: its link is lost, or a picture of it is below 540 lines at full rate. The
 * room knows no better; the vehicle, which sees its own queue, holds back long before.
 */
function liveIsWeak({ principalId }: Principal, state: RoomState): boolean {
  if (state.phase !== 'open') return false;
  const peers = Object.values(state.peers).filter((peer) => peer.principalId === principalId);
  if (peers.some(({ link }) => link === 'lost')) return true;
  return Object.values(state.sources).some(
    ({ peerId, rung, paused }) =>
      !paused &&
      rung !== undefined &&
      compareRungs(rung, '540') > 0 &&
      peers.some((peer) => peer.peerId === peerId),
  );
}

function later() {
  return refuse('media-unavailable', 'Live media comes first; send it a little later.', {
    reason: 'later',
    retryAfterMs: RETRY_MS,
  });
}

/** Slows down whoever sends more than the share: the sender's connection waits, nothing is refused. */
async function* pace(rate: RateLimiterMemory, principalId: string, bytes: Readable): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    if (!Buffer.isBuffer(chunk)) continue;
    for (;;) {
      const waitMs = await take(rate, principalId, Math.ceil(chunk.length / 1024));
      if (waitMs === 0) break;
      await delay(waitMs);
    }
    yield chunk;
  }
}

/** 0 when the share has room for it, else how long to wait in milliseconds. */
async function take(rate: RateLimiterMemory, key: string, points: number): Promise<number> {
  try {
    await rate.consume(key, points);
    return 0;
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    return Math.max(1, refused.msBeforeNext);
  }
}
