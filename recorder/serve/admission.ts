/**
 * Which uploads may begin: never more than the disk can spare, and no more of one owner or one room than leaves something
 * for the others. What is refused passes by itself, and the sender comes again.
 */
import * as z from 'zod/mini';
import { SerialQueue } from '../../platform/serial-queue.ts';
import { refusal } from './http.ts';
import type { Space } from './space.ts';
import type { OpenUpload, Upload, Uploads } from './uploads.ts';

/** Open uploads, and the bytes they announce. */
const OWNER_MOST = { uploads: 8, bytes: 16 * 1024 ** 3 } as const;
const ROOM_MOST = { uploads: 32, bytes: 32 * 1024 ** 3 } as const;
/** Where the most are open, what nobody went on with for this long makes room. */
const IDLE_MS = 3_600_000;
const LATER_MS = 60_000;

/** What announcements of fills and supplements have in common: whose they are, and how long. */
const Announcement = z.object({
  bytes: z.number(),
  peerId: z.optional(z.string()),
  addedBy: z.optional(z.string()),
});
const ownerOf = ({ peerId, addedBy }: z.infer<typeof Announcement>) => peerId ?? addedBy;

interface Counted {
  readonly open: OpenUpload;
  readonly owner: string | undefined;
  readonly bytes: number;
}

export class Admission {
  readonly #uploads: Uploads;
  readonly #space: Space;
  /** One by one, so that two at once do not both take the last place. */
  readonly #queue = new SerialQueue('admission of uploads');

  constructor(uploads: Uploads, space: Space) {
    this.#uploads = uploads;
    this.#space = space;
  }

  /**
   * Announces an upload that is new. Throws `too-many` and, where it would eat into the reserve, `media-unavailable`,
   * both with `retryAfterMs`.
   */
  announce(roomId: string, key: Uint8Array, upload: Upload, value: unknown, nowMs: number): Promise<void> {
    return this.#queue.push('announce', async () => {
      const announced = Announcement.parse(value);
      await this.mustFit(announced.bytes, 0);
      const open = await this.#counted(roomId, key);
      const isFull = (uploads: readonly Counted[]) => exceeds(uploads, announced);
      if (isFull(open)) {
        const busy = open.filter((each) => nowMs - each.open.touchedMs <= IDLE_MS);
        if (isFull(busy)) throw tooMany();
        for (const each of open) if (!busy.includes(each)) await each.open.upload.remove();
      }
      await upload.announce(value);
    });
  }

  /** Throws `media-unavailable` unless the rest of a file and its copy in the package leave the reserve whole. */
  mustFit(bytes: number, offset: number): Promise<void> {
    return this.#space.mustHold(Math.max(0, bytes - offset) + bytes);
  }

  async #counted(roomId: string, key: Uint8Array): Promise<Counted[]> {
    const found: Counted[] = [];
    for (const open of await this.#uploads.list(roomId, key)) {
      const parsed = Announcement.safeParse(await open.upload.announced());
      if (parsed.success) found.push({ open, owner: ownerOf(parsed.data), bytes: parsed.data.bytes });
    }
    return found;
  }
}

function exceeds(open: readonly Counted[], announced: z.infer<typeof Announcement>): boolean {
  const owner = ownerOf(announced);
  const own = open.filter((each) => each.owner === owner);
  const over = (list: readonly Counted[], most: { uploads: number; bytes: number }) =>
    list.length >= most.uploads || list.reduce((sum, { bytes }) => sum + bytes, announced.bytes) > most.bytes;
  return over(own, OWNER_MOST) || over(open, ROOM_MOST);
}

function tooMany() {
  return refusal('too-many', 'Too many uploads are open; finish one of them first.', {
    retryAfterMs: LATER_MS,
  });
}
