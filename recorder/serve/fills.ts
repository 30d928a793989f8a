/**
 * Parts of the vehicle's own copy: taken only where something is missing, put into the package unchanged. While the room
 * is recorded a fill becomes a line of its track, from which the manifest is made; once the package is sealed it is added
 * behind the seal as a supplement, signed like any other, and plays in place all the same. Between the two the package is
 * being checked and sealed: then the vehicle comes again a little later.
 */
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type * as z from 'zod/mini';
import type { Clock } from '../../platform/clock.ts';
import type { Fill } from '../../signaling/protocol/manifest.ts';
import { RecorderFillStart } from '../../signaling/protocol/recorder-http.ts';
import type { FillOffer, MissingRanges } from '../../signaling/protocol/recordings.ts';
import type { OpenStores } from '../core/open-stores.ts';
import { PACKAGE_KEY, type RecordingKeys } from '../keys/recording-keys.ts';
import { appendLine } from '../package/lines.ts';
import { fillsFile } from '../package/names.ts';
import { LocalStorage } from '../storage/local.ts';
import type { Admission } from './admission.ts';
import { parsed, refusal } from './http.ts';
import type { Packages } from './packages.ts';
import type { Supplements } from './supplements.ts';
import type { Upload, Uploads } from './uploads.ts';
import type { TrackStanding } from './view-questions.ts';

/** Path of a fill inside its package. */
const fillPath = (fillId: string) => `fills/${fillId}`;
const LATER_MS = 30_000;
/**
 * A part that ends so far behind what is known of its track is taken: a publisher that crashed is waited for, and until it
 * is given up its last seconds stand in no gap, while the vehicle lets go of what is not needed.
 */
const BEYOND_MS = 1000;

export interface FillsParts {
  readonly packages: Packages;
  readonly keys: RecordingKeys;
  readonly uploads: Uploads;
  readonly admission: Admission;
  readonly supplements: Supplements;
  readonly stores: OpenStores;
  readonly clock: Clock;
}

export class RecorderFills {
  readonly #parts: FillsParts;

  constructor(parts: FillsParts) {
    this.#parts = parts;
  }

  async missing(roomId: string, trackIds: readonly string[]): Promise<MissingRanges> {
    const ranges: MissingRanges['ranges'] = [];
    for (const trackId of trackIds) {
      const track = await this.#parts.packages.track(roomId, trackId);
      for (const range of track?.missing ?? []) ranges.push({ producerId: trackId, ...range });
    }
    return { ranges };
  }

  /** Whether a part is needed, and from where on. Throws `not-found` for a track that was never recorded. */
  async start(roomId: string, start: RecorderFillStart): Promise<FillOffer> {
    const track = await this.#parts.packages.track(roomId, start.producerId, start.fillId);
    if (!track) throw refusal('not-found', 'This source was never recorded.');
    if (start.to <= start.from) throw refusal('bad-request', 'A part ends behind its beginning.');
    if (!isNeeded(track, start)) return { needed: false, offset: 0 };
    const { admission, clock } = this.#parts;
    return this.#with(roomId, start.fillId, async (upload, key) => {
      const known = await upload.announced();
      if (known === undefined) await admission.announce(roomId, key, upload, start, clock.now());
      else if (JSON.stringify(known) !== JSON.stringify(start)) {
        throw refusal('conflict', 'Another part was announced under this id.');
      }
      return { needed: true, offset: await upload.offset() };
    });
  }

  /** Where to go on. A part that is not known is not needed: it is in the package, or was never announced. */
  offer(roomId: string, fillId: string): Promise<FillOffer> {
    return this.#with(roomId, fillId, async (upload) => {
      const announced = await upload.announced();
      return announced === undefined
        ? { needed: false, offset: 0 }
        : { needed: true, offset: await upload.offset() };
    });
  }

  /** Takes bytes from an offset on; with the last ones the part stands in the package. */
  piece(roomId: string, fillId: string, offset: number, body: Readable): Promise<FillOffer> {
    return this.#with(roomId, fillId, async (upload) => {
      const announced = await upload.announced();
      if (announced === undefined) throw refusal('not-found', 'Announce this part first.');
      const start = parsed(RecorderFillStart, announced);
      const reached = await upload.offset();
      await this.#parts.admission.mustFit(start.bytes, reached);
      // A part whose last piece came while the package was being sealed is only to be finished.
      const end = reached === start.bytes ? reached : await upload.take(offset, start.bytes, body);
      if (end < start.bytes) return { needed: true, offset: end };
      await this.#parts.stores.run(roomId, () => this.#finish(roomId, start, upload));
      return { needed: false, offset: end };
    });
  }

  async #finish(roomId: string, start: RecorderFillStart, upload: Upload): Promise<void> {
    const { packages, keys, clock, supplements } = this.#parts;
    const { state } = await packages.standing(roomId);
    const { fillId, peerId, producerId: trackId, from, to, errorMs, mimeType } = start;
    if (state === 'sealed') {
      await supplements.add(roomId, upload, start, {
        supplementId: fillId,
        kind: 'other',
        addedBy: peerId,
        reason: 'fill',
        mimeType,
        from,
        fillOf: { trackId, peerId, to, errorMs },
      });
    } else if (state !== 'recording') {
      throw refusal('media-unavailable', 'The recording is being sealed; come again a little later.', {
        reason: 'sealing',
        retryAfterMs: LATER_MS,
      });
    } else if (!(await packages.track(roomId, trackId, fillId))?.hasFill) {
      const file = fillPath(fillId);
      const folder = packages.folder(roomId);
      const { key } = await keys.forWriting(roomId, PACKAGE_KEY);
      const stored = await upload.store(start, new LocalStorage(folder), file, key);
      const uploadedUtc = clock.now();
      const fill: Fill = { fillId, peerId, uploadedUtc, from, to, errorMs, mimeType, file, ...stored };
      await appendLine(join(folder, fillsFile(trackId)), fill);
    }
    await upload.remove();
  }

  async #with<T>(
    roomId: string,
    id: string,
    work: (upload: Upload, key: Uint8Array) => Promise<T>,
  ): Promise<T> {
    const { key } = await this.#parts.keys.forWriting(roomId, PACKAGE_KEY);
    return this.#parts.uploads.with({ roomId, kind: 'fill', id, key }, (upload) => work(upload, key));
  }
}

function isNeeded(
  { hasFill, missing, knownTo }: z.infer<typeof TrackStanding>,
  { from, to }: RecorderFillStart,
): boolean {
  return !hasFill && (to > knownTo + BEYOND_MS || missing.some((gap) => gap.from < to && gap.to > from));
}
