/**
 * What photos, stills and shared images of a room have in common: their bytes go into the recording first, as they came, by
 * their SHA-256, and only then become a fact, so that a picture people are told of is kept; and whoever may read one is handed
 * it from there, which is audited.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { withDeadline } from '../../platform/deadline.ts';
import { isAppError } from '../../platform/errors.ts';
import type { Logger } from '../../platform/log.ts';
import { refuse } from '../people/refuse.ts';
import type { Audit, Principal } from '../people/types.ts';
import { roleFor, roomAccess } from '../people/visibility.ts';
import { BlobStored } from '../protocol/recorder-http.ts';
import { hasRole, type Role, STAFF_ROLES } from '../protocol/roles.ts';
import type { RoomState } from '../protocol/state.ts';
import type { Recordings } from '../recordings/recordings.ts';
import type { Rooms } from '../rooms/types.ts';

/** The owner of a room may be another process. */
const STATE_MS = 5000;
/** Storing a picture of full size on a busy disk. */
const STORE_MS = 30_000;
/** When somebody may try again for whom no recorder was there. */
export const RETRY_MS = 2000;

export interface PictureParts {
  readonly rooms: Pick<Rooms, 'at'>;
  readonly recordings: Pick<Recordings, 'catalog' | 'recorders'>;
  readonly audit: Audit;
  readonly log: Logger;
}

/** A picture of the room, and how the audit names a look at it. */
export interface Look {
  readonly find: (state: RoomState) => { readonly sha256: string } | undefined;
  readonly action: string;
  readonly details: Readonly<Record<string, string>>;
}

export class PictureKeeper {
  readonly #parts: PictureParts;

  constructor(parts: PictureParts) {
    this.#parts = parts;
  }

  /** Throws `not-found` in the words for a picture: whoever asks learns nothing of rooms. */
  async stateOf(roomId: string): Promise<RoomState> {
    try {
      return await withDeadline(this.#parts.rooms.at(roomId).state(), STATE_MS, 'reading the room');
    } catch (error) {
      if (isAppError(error, 'not-found')) throw noSuchPicture();
      throw error;
    }
  }

  /** Puts bytes into the recording. Throws `media-unavailable` while no recorder takes them, and what a recorder refuses. */
  async store(roomId: string, sha256: string, mimeType: string, bytes: Buffer): Promise<void> {
    const { recorders } = this.#parts.recordings;
    await recorders.json(await this.nodeOf(roomId), `/recordings/${roomId}/blobs/${sha256}`, BlobStored, {
      method: 'PUT',
      bytes: Readable.from([bytes], { objectMode: false }),
      headers: { 'content-type': mimeType, 'content-length': String(bytes.length) },
      answerMs: STORE_MS,
    });
  }

  /** The recorder that keeps the room. One that was never told of is away, or will be there in a moment. */
  async nodeOf(roomId: string): Promise<string> {
    const found = await this.#parts.recordings.catalog.find(roomId).catch((error: unknown) => {
      if (isAppError(error, 'not-found')) return undefined;
      throw error;
    });
    const nodeId = found?.row.node_id;
    if (nodeId) return nodeId;
    throw refuse('media-unavailable', 'No recorder keeps this room yet; send it again in a moment.', {
      reason: 'recorder',
      retryAfterMs: RETRY_MS,
    });
  }

  /** The bytes of a picture for people at work in the room. Throws `not-found` for everyone else, and `closed`. */
  async read(
    principal: Principal,
    roomId: string,
    look: Look,
    range: string | undefined,
  ): Promise<IncomingMessage> {
    const state = await this.stateOf(roomId);
    const role = roleIn(principal, state);
    const picture = role && hasRole(STAFF_ROLES, role) ? look.find(state) : undefined;
    if (!picture) throw noSuchPicture();
    if (state.phase === 'closed') throw refuse('closed', 'This room has ended; look at its recording.');
    await this.#note(principal.principalId, roomId, look);
    return this.#parts.recordings.recorders.stream(
      await this.nodeOf(roomId),
      `/recordings/${roomId}/files/blobs/${picture.sha256}?purpose=care`,
      range === undefined ? {} : { headers: { range } },
    );
  }

  /** The call goes on when the audit cannot be written (design, rule 1); the operator is told. */
  async #note(principalId: string, roomId: string, { action, details }: Look): Promise<void> {
    try {
      await this.#parts.audit.write({ action, allowed: true, principalId, roomId, details: { ...details } });
    } catch (error) {
      this.#parts.log.error({ error, roomId }, 'a look at a picture could not be written to the audit');
    }
  }
}

/** The role a principal has in the room; undefined for who is no member of it. */
export function roleIn(principal: Principal, state: RoomState): Role | undefined {
  return roomAccess(principal, state) === 'member' ? roleFor(principal, state) : undefined;
}

export async function bytesOf(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function noSuchPicture() {
  return refuse('not-found', 'There is no such picture for you.');
}

export function notRecorded() {
  return refuse('conflict', 'This room is not recorded, so no picture is kept.', { state: 'not-recorded' });
}
