/** Files from elsewhere, added to a sealed recording: uploaded in pieces, encrypted, and sealed one behind the other. */
import type { Readable } from 'node:stream';
import type { Clock } from '../../platform/clock.ts';
import { SerialQueue } from '../../platform/serial-queue.ts';
import { RecorderSupplementStart } from '../../signaling/protocol/recorder-http.ts';
import type { UploadOffer } from '../../signaling/protocol/recordings.ts';
import { PACKAGE_KEY, type RecordingKeys } from '../keys/recording-keys.ts';
import { SUPPLEMENTS_FOLDER } from '../seal/layout.ts';
import type { SealSigner } from '../seal/sign.ts';
import { type NewSupplement, readSupplements, sealSupplement } from '../seal/supplement.ts';
import { LocalStorage } from '../storage/local.ts';
import type { Admission } from './admission.ts';
import { parsed, refusal } from './http.ts';
import type { Packages } from './packages.ts';
import type { Announced, Upload, Uploads } from './uploads.ts';

type Fields = Omit<NewSupplement, 'addedUtc' | 'file' | 'bytes' | 'hash' | 'plain'>;

export interface SupplementsParts {
  readonly packages: Packages;
  readonly keys: RecordingKeys;
  readonly uploads: Uploads;
  readonly admission: Admission;
  /** Signs with the installation's key. */
  readonly signer: SealSigner;
  readonly clock: Clock;
}

export class Supplements {
  readonly #parts: SupplementsParts;
  /** Each is added behind the one before, so they are added one by one. */
  readonly #queue = new SerialQueue('supplements');

  constructor(parts: SupplementsParts) {
    this.#parts = parts;
  }

  /** Throws `conflict` while the recording is not sealed. */
  async start(roomId: string, start: RecorderSupplementStart): Promise<UploadOffer> {
    const { packages, admission, clock } = this.#parts;
    const { state } = await packages.standing(roomId);
    if (state !== 'sealed') {
      throw refusal('conflict', 'Add files from elsewhere once the recording is sealed.', {
        state,
      });
    }
    return this.#with(roomId, start.supplementId, async (upload, key) => {
      if (await this.#isThere(roomId, start.supplementId)) return { done: true, offset: start.bytes };
      const known = await upload.announced();
      if (known === undefined) await admission.announce(roomId, key, upload, start, clock.now());
      else if (parsed(RecorderSupplementStart, known).sha256 !== start.sha256) {
        throw refusal('conflict', 'Another file was announced under this id.');
      }
      return { done: false, offset: await upload.offset() };
    });
  }

  offer(roomId: string, supplementId: string): Promise<UploadOffer> {
    return this.#with(roomId, supplementId, async (upload) => {
      const done = await this.#isThere(roomId, supplementId);
      if (!done && (await upload.announced()) === undefined) {
        throw refusal('not-found', 'Announce this file first.');
      }
      return { done, offset: done ? 0 : await upload.offset() };
    });
  }

  piece(roomId: string, supplementId: string, offset: number, body: Readable): Promise<UploadOffer> {
    return this.#with(roomId, supplementId, async (upload) => {
      const announced = await upload.announced();
      if (announced === undefined) throw refusal('not-found', 'Announce this file first.');
      const { bytes, sha256, ...fields } = parsed(RecorderSupplementStart, announced);
      const reached = await upload.offset();
      await this.#parts.admission.mustFit(bytes, reached);
      const end = reached === bytes ? reached : await upload.take(offset, bytes, body);
      if (end < bytes) return { done: false, offset: end };
      await this.add(roomId, upload, { bytes, sha256 }, fields);
      await upload.remove();
      return { done: true, offset: end };
    });
  }

  /** Puts what came into the package and seals it behind the last one. */
  add(roomId: string, upload: Upload, announced: Announced, fields: Fields): Promise<void> {
    const { packages, keys, signer, clock } = this.#parts;
    return this.#queue.push('add', async () => {
      if (await this.#isThere(roomId, fields.supplementId)) return;
      const folder = packages.folder(roomId);
      const file = `${SUPPLEMENTS_FOLDER}/${fields.supplementId}`;
      const { key } = await keys.forWriting(roomId, PACKAGE_KEY);
      const stored = await upload.store(announced, new LocalStorage(folder), file, key);
      await sealSupplement(folder, signer, { ...fields, addedUtc: clock.now(), file, ...stored });
    });
  }

  async #isThere(roomId: string, supplementId: string): Promise<boolean> {
    const all = await readSupplements(this.#parts.packages.folder(roomId));
    return all.some((each) => each.supplementId === supplementId);
  }

  async #with<T>(
    roomId: string,
    id: string,
    work: (upload: Upload, key: Uint8Array) => Promise<T>,
  ): Promise<T> {
    const { key } = await this.#parts.keys.forWriting(roomId, PACKAGE_KEY);
    return this.#parts.uploads.with({ roomId, kind: 'supplement', id, key }, (upload) => work(upload, key));
  }
}
