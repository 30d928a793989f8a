/** Puts the outputs of one track's fold into its package: each file first, then the line of the index that names it. */
import type { Init, Segment } from '../../signaling/protocol/manifest.ts';
import { contentSalt, sealBytes } from '../core/envelope.ts';
import type { Storage } from '../storage/storage.ts';
import type { Numbered } from './fold.ts';
import { initFile, plainHash, segmentFile, thumbnailFile } from './names.ts';
import type { PackageOutput } from './outputs.ts';
import { type IndexContent, type IndexLine, TrackIndex } from './track-index.ts';

type Output<T extends PackageOutput['type']> = Extract<PackageOutput, { type: T }>;

export interface TrackStoreOptions {
  /** The package. */
  readonly folder: string;
  readonly storage: Storage;
  readonly trackId: string;
  /** Data key of the track. */
  readonly key: Uint8Array;
}

export class TrackStore {
  readonly #options: TrackStoreOptions;
  readonly #index: TrackIndex;

  private constructor(options: TrackStoreOptions, index: TrackIndex) {
    this.#options = options;
    this.#index = index;
  }

  static async open(options: TrackStoreOptions): Promise<TrackStore> {
    return new TrackStore(options, await TrackIndex.open(options.folder, options.trackId));
  }

  get content(): IndexContent {
    return this.#index.content;
  }

  /**
   * Stores what is not in the index yet; the rest of `outputs` was stored before a restart. Where the index has something
   * else under a number, it was made by another version of the program or of another journal: from there on it is made anew.
   */
  async write(outputs: readonly Numbered[]): Promise<void> {
    const lines: IndexLine[] = [];
    for (const { number, output } of outputs) {
      if (number === undefined) continue;
      const there = this.#index.placeAt(number);
      if (there !== undefined && there === placeOfOutput(output)) continue;
      if (there !== undefined) await this.#index.cutBefore(number);
      if (output.type === 'init') lines.push({ number, init: await this.#init(output) });
      else if (output.type === 'segment') lines.push({ number, segment: await this.#segment(output) });
      else if (output.type === 'clock') lines.push({ number, clock: output.point });
      else if (output.type === 'gap') {
        const { from, to, cause } = output;
        lines.push({ number, gap: { from, to, cause } });
      }
    }
    await this.#index.append(lines);
  }

  /** The fold has ended with this number: what is behind it was made by something else. */
  async endAt(number: number): Promise<void> {
    if (this.#index.content.count > number) await this.#index.cutBefore(number + 1);
  }

  /** Lines without number: thumbnails, files of the journal, statistics. */
  append(lines: readonly IndexLine[]): Promise<void> {
    return this.#index.append(lines);
  }

  /** @param at room time of the picture */
  async thumbnail(at: number, jpeg: Uint8Array): Promise<void> {
    const file = thumbnailFile(this.#options.trackId, at);
    const stored = await this.#put(file, jpeg);
    await this.#index.append([{ thumbnail: { at, ...stored } }]);
  }

  close(): Promise<void> {
    return this.#index.close();
  }

  async #init({ initId, format, mimeType, width, height, bytes }: Output<'init'>): Promise<Init> {
    const file = initFile(this.#options.trackId, initId, format);
    return {
      initId,
      mimeType,
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
      ...(await this.#put(file, bytes)),
      plain: plainHash(this.#options.key, file, bytes),
    };
  }

  async #segment(segment: Output<'segment'>): Promise<Segment> {
    const { n, initId, format, from, to, frames, keyframes, bytes } = segment;
    const file = segmentFile(this.#options.trackId, n, format);
    const stored = await this.#put(file, bytes);
    const plain = plainHash(this.#options.key, file, bytes);
    return { n, ...stored, initId, from, to, frames, keyframes: [...keyframes], plain };
  }

  /** The stored form follows from key, path and bytes: a rebuild gives the same file bit by bit. */
  async #put(file: string, plain: Uint8Array) {
    const { key, storage } = this.#options;
    const stored = sealBytes(key, file, plain, contentSalt(key, file, plain));
    const { bytes, hash } = await storage.put(file, stored);
    return { file, bytes, hash };
  }
}

function placeOfOutput(output: PackageOutput): string | undefined {
  switch (output.type) {
    case 'init':
      return JSON.stringify(['init', output.initId, output.mimeType]);
    case 'gap':
      return JSON.stringify(['gap', output.from, output.to, output.cause]);
    case 'clock':
      return JSON.stringify(['clock', output.point.stretch, output.point.rtp, output.point.at]);
    case 'segment':
      return JSON.stringify(['segment', output.n, output.from, output.to, output.frames]);
    default:
      return undefined;
  }
}
