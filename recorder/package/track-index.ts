/**
 * `index.jsonl` of a track: what its package has, line by line, appended when the file that a line names is safely on
 * the disk. A packager that starts again goes on behind the last line, and the manifest is made from it.
 */
import { join } from 'node:path';
import * as z from 'zod/mini';
import {
  ClockPoint,
  Gap,
  Init,
  Segment,
  StoredFile,
  Thumbnail,
  TrackStatistics,
} from '../../signaling/protocol/manifest.ts';
import { RoomMs } from '../../signaling/protocol/values.ts';
import { LineFile, readLines } from './lines.ts';
import { indexFile } from './names.ts';

const Number_ = z.int().check(z.gte(1));
const Line = z.union([
  z.strictObject({ number: Number_, init: Init }),
  z.strictObject({ number: Number_, segment: Segment }),
  z.strictObject({ number: Number_, gap: Gap }),
  z.strictObject({ number: Number_, clock: ClockPoint }),
  z.strictObject({ thumbnail: Thumbnail }),
  /** A file of the journal that does not grow any more. */
  z.strictObject({ journal: StoredFile }),
  /** The last such line counts. */
  z.strictObject({ statistics: TrackStatistics, durableUntil: RoomMs }),
]);
export type IndexLine = z.infer<typeof Line>;

/** What the lines say together. */
export interface IndexContent {
  readonly inits: Init[];
  readonly segments: Segment[];
  readonly gaps: Gap[];
  readonly clock: ClockPoint[];
  readonly thumbnails: Thumbnail[];
  readonly journal: StoredFile[];
  progress: { readonly statistics: TrackStatistics; readonly durableUntil: number } | undefined;
  /** Number of the last numbered line. */
  count: number;
}

function emptyContent(): IndexContent {
  return {
    inits: [],
    segments: [],
    gaps: [],
    clock: [],
    thumbnails: [],
    journal: [],
    progress: undefined,
    count: 0,
  };
}

function take(content: IndexContent, line: IndexLine): void {
  if ('number' in line) content.count = line.number;
  if ('init' in line) content.inits.push(line.init);
  else if ('segment' in line) content.segments.push(line.segment);
  else if ('gap' in line) content.gaps.push(line.gap);
  else if ('clock' in line) content.clock.push(line.clock);
  else if ('thumbnail' in line) content.thumbnails.push(line.thumbnail);
  else if ('journal' in line) content.journal.push(line.journal);
  else content.progress = line;
}

/** What a numbered line says of kind and time: the same for the same output, whatever was stored for it. */
export function placeOf(line: Extract<IndexLine, { number: number }>): string {
  if ('init' in line) return JSON.stringify(['init', line.init.initId, line.init.mimeType]);
  if ('gap' in line) return JSON.stringify(['gap', line.gap.from, line.gap.to, line.gap.cause]);
  if ('clock' in line) return JSON.stringify(['clock', line.clock.stretch, line.clock.rtp, line.clock.at]);
  const { n, from, to, frames } = line.segment;
  return JSON.stringify(['segment', n, from, to, frames]);
}

/** The index of a track as it stands on the disk, for readers. */
export async function readIndex(folder: string, trackId: string): Promise<IndexContent> {
  const content = emptyContent();
  for (const line of await readLines(join(folder, indexFile(trackId)), Line)) take(content, line);
  return content;
}

/** The index of a track in the hands of its one writer. */
export class TrackIndex {
  #content: IndexContent = emptyContent();
  /** Numbered lines by their number, as `placeOf` has them. */
  readonly #places = new Map<number, string>();
  readonly #lines: LineFile;
  readonly #file: string;

  private constructor(file: string, lines: LineFile) {
    this.#file = file;
    this.#lines = lines;
  }

  get content(): IndexContent {
    return this.#content;
  }

  /** @param folder of the package */
  static async open(folder: string, trackId: string): Promise<TrackIndex> {
    const file = join(folder, indexFile(trackId));
    const { lines, values } = await LineFile.open(file, Line);
    const index = new TrackIndex(file, lines);
    for (const line of values) index.#take(line);
    return index;
  }

  /** Once it resolves the lines survive a power cut. */
  async append(lines: readonly IndexLine[]): Promise<void> {
    if (lines.length === 0) return;
    // Parsed, so that what was just written and what is read after a restart give the same text of the manifest.
    const parsed = lines.map((line) => Line.parse(line));
    await this.#lines.append(parsed);
    for (const line of parsed) this.#take(line);
  }

  /** What is under this number, in the words of `placeOf`; undefined when there is nothing yet. */
  placeAt(number: number): string | undefined {
    return this.#places.get(number);
  }

  /** Forgets this number and everything behind it. */
  async cutBefore(number: number): Promise<void> {
    const stay = await this.#lines.keepWhile(
      this.#file,
      Line,
      (line) => !('number' in line) || line.number < number,
    );
    this.#content = emptyContent();
    this.#places.clear();
    for (const line of stay) this.#take(line);
  }

  #take(line: IndexLine): void {
    take(this.#content, line);
    if ('number' in line) this.#places.set(line.number, placeOf(line));
  }

  close(): Promise<void> {
    return this.#lines.close();
  }
}
