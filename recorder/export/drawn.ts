/**
 * Marks that people drew, on the pictures of one track of the copy for viewing: where the device held them in each frame, as the
 * recorded poses say. Recorded messages are read as the film comes to them.
 */
import { drawMark } from '../../ar-annotations/draw/draw.ts';
import { printOf } from '../../ar-annotations/frames/print.ts';
import { CameraReplay, type PlacedMark } from '../../ar-annotations/replay/camera-replay.ts';
import { SceneReplay, type TimedFact } from '../../ar-annotations/replay/scene-replay.ts';
import type { Manifest, Segment } from '../../signaling/protocol/manifest.ts';
import { DraftPoints, PoseMessage } from '../../signaling/protocol/marks.ts';
import { readMessages } from '../package/messages.ts';
import type { PlainAccess } from '../seal/plain.ts';
import type { LetterMasks, Letters } from './letters.ts';
import { FramePainter, type Place } from './paint.ts';
import type { Size } from './raster.ts';

/** Poses this long before and behind a frame are read for it. */
const AROUND_MS = 5000;
/** A stroke may have begun this long before the film. */
const DRAWING_MS = 60_000;

export interface DrawnOptions {
  readonly manifest: Pick<Manifest, 'tracks'>;
  readonly access: PlainAccess;
  readonly drawn: readonly TimedFact[];
  readonly trackId: string;
  readonly from: number;
  readonly tile: Size;
  readonly masks: LetterMasks;
}

interface Unread {
  readonly label: 'pose' | 'preview';
  readonly segment: Segment;
}

export class DrawnOnTrack {
  readonly #options: DrawnOptions;
  readonly #scene: SceneReplay;
  readonly #camera: CameraReplay;
  /** Segments of poses and previews that are still to be read, by time. */
  readonly #unread: Unread[];
  readonly #letters = new Map<string, Letters | undefined>();

  constructor(options: DrawnOptions) {
    const { drawn, trackId, manifest, from } = options;
    this.#options = options;
    this.#scene = new SceneReplay(drawn);
    this.#camera = new CameraReplay(this.#scene, trackId);
    const hasMarks = this.#scene.hasMarks({ kind: 'video', producerId: trackId });
    this.#unread = hasMarks ? messagesOf(manifest, trackId, from) : [];
  }

  /**
   * The frame with its marks, as a copy; the same frame where there are none.
   * @param at room time of the frame in milliseconds
   */
  async paint(frame: Uint8Array, at: number, place: Place): Promise<Uint8Array> {
    await this.#readTo(at + AROUND_MS);
    const { tile } = this.#options;
    const print = this.#camera.needsPrint(at) ? printOf(greyOf(frame, tile, place)) : undefined;
    const shown = this.#camera.shownAt({ at, print });
    if (shown.length === 0) return frame;
    const copy = Uint8Array.from(frame);
    const painter = new FramePainter(copy, tile, place);
    for (const mark of shown) await this.#paintMark(painter, mark, place);
    return copy;
  }

  async #paintMark(painter: FramePainter, mark: PlacedMark, place: Place): Promise<void> {
    const items = drawMark({ ...mark, opacity: 1 }, place);
    for (const item of items) {
      if (item.kind !== 'text') continue;
      const key = `${item.size} ${item.text}`;
      if (!this.#letters.has(key)) this.#letters.set(key, await this.#options.masks.of(item.text, item.size));
    }
    for (const item of items) painter.paint(item, (text, size) => this.#letters.get(`${size} ${text}`));
  }

  async #readTo(at: number): Promise<void> {
    for (let next = this.#unread[0]; next !== undefined && next.segment.from <= at; next = this.#unread[0]) {
      this.#unread.shift();
      const { plain } = await this.#options.access.open(next.segment.file);
      const records = readMessages(plain).flatMap(({ ms, payload }) =>
        payload ? [{ at: ms, value: jsonOf(payload) }] : [],
      );
      if (next.label === 'pose')
        this.#camera.addPoses(
          records.flatMap(({ at: ms, value }) => {
            const message = PoseMessage.safeParse(value);
            return message.success ? [{ at: ms, message: message.data }] : [];
          }),
        );
      else
        this.#scene.addPoints(
          records.flatMap(({ at: ms, value }) => {
            const points = DraftPoints.safeParse(value);
            return points.success ? [{ at: ms, points: points.data }] : [];
          }),
        );
    }
  }
}

function messagesOf(manifest: Pick<Manifest, 'tracks'>, trackId: string, from: number): Unread[] {
  return manifest.tracks
    .flatMap(({ label, segments, producerId }): Unread[] => {
      if (label === 'pose' && (producerId ?? trackId) === trackId)
        return segments.filter(({ to }) => to >= from - AROUND_MS).map((segment) => ({ label, segment }));
      if (label === 'preview')
        return segments.filter(({ to }) => to >= from - DRAWING_MS).map((segment) => ({ label, segment }));
      return [];
    })
    .sort((a, b) => a.segment.from - b.segment.from);
}

/** What a peer sent need not be JSON; the schema refuses what is given back for it. */
function jsonOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
}

/** The picture's luma, without the bars around it. */
function greyOf(frame: Uint8Array, tile: Size, { x, y, width, height }: Place) {
  const luma = new Uint8Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const start = (y + row) * tile.width + x;
    luma.set(frame.subarray(start, start + width), row * width);
  }
  return { width, height, luma };
}
