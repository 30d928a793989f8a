/**
 * Marks that people drew, as the wearer saw them: facts from the log, strokes as they grew and places from the recorded messages near
 * the playhead. Knows nothing of canvases.
 */
import { CameraReplay, type PlacedMark } from '../../../ar-annotations/replay/camera-replay.ts';
import {
  type ReplayedMark,
  SceneReplay,
  type TimedFact,
} from '../../../ar-annotations/replay/scene-replay.ts';
import type { PoseMessage as PoseWords } from '../../../ar-annotations/scene/types.ts';
import type { LogEntry } from '../../../signaling/protocol/entry.ts';
import { DraftPoints, PoseMessage } from '../../../signaling/protocol/marks.ts';
import type { SegmentView, TrackView } from '../../../signaling/protocol/recordings.ts';
import type { TrackFiles } from './lane-feed.ts';
import { SegmentIndex } from './segment-index.ts';
import { type TimedMessage, timedMessages } from './timed-messages.ts';

/** A stroke that is being drawn at the playhead may have begun this long before. */
const BEHIND_MS = 30_000;
const AHEAD_MS = 12_000;
/** After a failure it is asked again so much later. */
const AGAIN_MS = 2000;

interface Loaded {
  readonly segment: SegmentView;
  readonly poses: readonly TimedMessage<PoseWords>[];
  readonly points: readonly TimedMessage<DraftPoints>[];
}

interface Source {
  track: TrackView;
  readonly files: TrackFiles;
  readonly index: SegmentIndex;
  readonly loaded: Map<number, Loaded>;
}

export class DrawnMarks {
  readonly #filesOf: (trackId: string) => TrackFiles;
  readonly #sources = new Map<string, Source>();
  readonly #cameras = new Map<string, CameraReplay>();
  readonly #abort = new AbortController();
  #scene = new SceneReplay([]);
  #facts = 0;
  #running = false;
  #notBefore = 0;
  #problem: unknown;

  constructor(filesOf: (trackId: string) => TrackFiles) {
    this.#filesOf = filesOf;
  }

  /** Why places and strokes near the playhead are not there; undefined when they are. */
  get problem(): unknown {
    return this.#problem;
  }

  /** Tracks of messages as the recording has them now. */
  update(tracks: readonly TrackView[]): void {
    for (const track of tracks) {
      if (track.label !== 'pose' && track.label !== 'preview') continue;
      const known = this.#sources.get(track.trackId);
      if (known) known.track = track;
      else {
        const files = this.#filesOf(track.trackId);
        const index = new SegmentIndex(files.segments);
        this.#sources.set(track.trackId, { track, files, index, loaded: new Map() });
      }
    }
  }

  /** All readable entries of the log so far. */
  setFacts(entries: readonly LogEntry[]): void {
    const facts = factsOf(entries);
    if (facts.length === this.#facts) return;
    this.#facts = facts.length;
    this.#scene = new SceneReplay(facts);
    this.#cameras.clear();
    for (const { loaded } of this.#sources.values())
      for (const { points } of loaded.values()) this.#scene.addPoints(timedPoints(points));
  }

  /** Whether anything was ever drawn on a camera. */
  hasMarks(producerId: string): boolean {
    return this.#scene.hasMarks({ kind: 'video', producerId });
  }

  /** Whether there is anything to show at a moment, so that a print of the frame is worth making. */
  needsPrint(producerId: string, at: number): boolean {
    return this.#camera(producerId).needsPrint(at);
  }

  /** What is seen on a frame of a camera. `print`: of the frame as it is shown here. */
  onCamera(producerId: string, at: number, print: Uint8Array | undefined): PlacedMark[] {
    return this.#camera(producerId).shownAt({ at, print });
  }

  onImage(imageId: string, at: number): ReplayedMark[] {
    return this.#scene.marksAt(at, { kind: 'image', imageId });
  }

  /** Marks whose frame was kept as a still, in the place where they were drawn. */
  onStill(producerId: string, stillId: string, at: number): ReplayedMark[] {
    return this.#scene
      .marksAt(at, { kind: 'video', producerId })
      .filter(({ mark: { anchor } }) => anchor.kind === 'scene' && anchor.frame.stillId === stillId);
  }

  /** Fetches what the position needs, one run at a time. Never rejects: what goes wrong is `problem`. */
  pump(position: number): void {
    if (this.#running || this.#abort.signal.aborted || performance.now() < this.#notBefore) return;
    if (this.#facts === 0) return;
    this.#running = true;
    this.#run(position)
      .then(
        () => {
          this.#problem = undefined;
        },
        (error: unknown) => {
          this.#problem = this.#abort.signal.aborted ? undefined : error;
          this.#notBefore = performance.now() + AGAIN_MS;
        },
      )
      .finally(() => {
        this.#running = false;
      });
  }

  close(): void {
    this.#abort.abort();
  }

  async #run(position: number): Promise<void> {
    const span = { from: Math.max(0, position - BEHIND_MS), to: position + AHEAD_MS };
    for (const source of this.#sources.values()) {
      const { track, index, files, loaded } = source;
      if (track.to < span.from || track.from > span.to) continue;
      await index.ensure(span, track.to);
      for (const [n, { segment }] of loaded)
        if (segment.to < span.from - BEHIND_MS || segment.from > span.to + BEHIND_MS) loaded.delete(n);
      for (const segment of index.around(span)) {
        if (loaded.has(segment.n)) continue;
        const bytes = await files.file(segment.file, this.#abort.signal);
        this.#take(source, segment, bytes);
      }
    }
  }

  #take({ track, loaded }: Source, segment: SegmentView, bytes: Uint8Array): void {
    const poses = track.label === 'pose' ? timedMessages(bytes, PoseMessage) : [];
    const points = track.label === 'preview' ? timedMessages(bytes, DraftPoints) : [];
    loaded.set(segment.n, { segment, poses, points });
    this.#scene.addPoints(timedPoints(points));
    for (const camera of this.#cameras.values()) camera.addPoses(poses);
  }

  #camera(producerId: string): CameraReplay {
    const known = this.#cameras.get(producerId);
    if (known) return known;
    const camera = new CameraReplay(this.#scene, producerId);
    for (const { loaded } of this.#sources.values())
      for (const { poses } of loaded.values()) camera.addPoses(poses);
    this.#cameras.set(producerId, camera);
    return camera;
  }
}

function factsOf(entries: readonly LogEntry[]): TimedFact[] {
  return entries.flatMap(({ at, events }) =>
    events.flatMap((event): TimedFact[] => {
      switch (event.type) {
        case 'MarkAdded':
        case 'MarksErased':
        case 'MarksRestored':
          return [{ at, fact: event }];
        default:
          return [];
      }
    }),
  );
}

const timedPoints = (messages: readonly TimedMessage<DraftPoints>[]) =>
  messages.map(({ at, message }) => ({ at, points: message }));
