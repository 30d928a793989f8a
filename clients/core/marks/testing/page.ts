/** A page without design around marks, for tests in a real browser: everything an author, a viewer and a wearer could do. */
import { apply } from '../../../../ar-annotations/geometry/matrix.ts';
import type { Anchor, Mark } from '../../../../ar-annotations/scene/types.ts';
import { createClient, newId, type RoomSession } from '../../index.ts';
import {
  anchorOn,
  createMarks,
  createWearerMarks,
  GreyCanvas,
  type MarkSession,
  namePictures,
  type Pen,
  regionAround,
  type ShownMark,
  type ShownPicture,
  type WearerMarks,
} from '../index.ts';
import { findSpot, MovingScene } from './moving-scene.ts';

/** A mark as it is to be drawn, and how far its first point is from the spot it was drawn on, in parts of the width. */
export interface Placed {
  readonly markId: string;
  readonly state: ShownMark['state'];
  readonly isDraft: boolean;
  readonly opacity: number;
  readonly author: string;
  readonly truncated: boolean;
  readonly points: number;
  readonly error: number | undefined;
}

/** Every worker of the page, for tests that end one. */
class KeptWorker extends Worker {
  static readonly all = new Set<Worker>();

  constructor(url: string | URL, options?: WorkerOptions) {
    super(url, options);
    KeptWorker.all.add(this);
  }
}
globalThis.Worker = KeptWorker;

class MarksPage {
  readonly client = createClient();
  readonly warnings: string[] = [];
  session: RoomSession | undefined;
  #marks: MarkSession | undefined;
  #wearer: WearerMarks | undefined;
  #scene: MovingScene | undefined;
  #pen: Pen | undefined;
  #picture: ShownPicture = {};
  readonly #video = shownVideo();

  signIn(username: string, password: string): Promise<unknown> {
    return this.client.http.signIn(username, password);
  }

  create(organisations: readonly string[]): Promise<string> {
    return this.client.rooms.create({ title: 'Marks', drill: true, organisations: [...organisations] });
  }

  async join(roomId: string, role?: 'coordinator'): Promise<void> {
    const session = this.client.join(roomId, role ? { role } : {});
    this.session = session;
    session.on('warning', ({ what, error }) => this.warnings.push(`${what}: ${String(error)}`));
    await session.joined();
    this.#marks = createMarks(session);
    this.#marks.on('warning', (error) => this.warnings.push(`marks: ${String(error)}`));
    session.on('remoteSources', () => this.#show());
    this.#show();
  }

  /** Publishes the moving scene, under the same id after a reload, and follows marks on it. */
  async wear(): Promise<string> {
    const session = this.#joined();
    this.#scene = new MovingScene();
    const source = await session.publish(
      this.#scene.track,
      { role: 'patient', label: 'Glasses', patientId: 'scene', width: 640, height: 360 },
      { single: true, producerId: keptId() },
    );
    this.#wearer = createWearerMarks(session, source);
    this.#wearer.on('warning', (error) => this.warnings.push(`wearer: ${String(error)}`));
    return source.producerId;
  }

  /** The worker that follows the marks dies. */
  crashTracker(): number {
    const workers = [...KeptWorker.all];
    KeptWorker.all.clear();
    for (const worker of workers) {
      worker.terminate();
      worker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
    }
    return workers.length;
  }

  /** The wearer looks away, or back. */
  lookAway(away: boolean): void {
    if (this.#scene) this.#scene.away = away;
  }

  /** Another track of the same scene takes the place of the first, as when a camera is switched. */
  async switchCamera(): Promise<void> {
    const old = this.#scene;
    this.#scene = new MovingScene();
    await this.#joined().localSources[0]?.replaceTrack(this.#scene.track);
    old?.stop();
  }

  /** Puts the pen on the red spot of the picture that is shown here; answers false while there is none. */
  penDown(): boolean {
    const producerId = this.#producerId();
    const spot = this.#video ? findSpot(this.#video) : undefined;
    if (!this.#video || !spot || !producerId || !this.#marks) return false;
    const grey = new GreyCanvas().grey(this.#video, this.#video.videoWidth, this.#video.videoHeight);
    if (!grey) return false;
    const aspect = 16 / 9;
    const { rtpTimestamp } = this.#picture;
    const anchor: Anchor = anchorOn(
      grey,
      regionAround(spot, aspect),
      rtpTimestamp === undefined ? {} : { rtpTimestamp },
    );
    const surface = { kind: 'video', producerId } as const;
    this.#pen = this.#marks.begin({ kind: 'stroke', surface, anchor, patientId: 'scene', aspect, at: spot });
    this.#pen.move(
      Array.from(
        { length: 20 },
        (_, index) => [spot.x + 0.002 * index, spot.y, 0.5, 10 + index * 10] as const,
      ),
    );
    return true;
  }

  async finish(): Promise<void> {
    await this.#pen?.finish();
  }

  undo(): Promise<unknown> {
    return this.#joined().request('mark.undo', {});
  }

  switchMarks(on: boolean): Promise<unknown> {
    return this.#joined().request('marks.switch', { on });
  }

  /** Lets no data channel of marks through, as networks do that allow the socket alone. */
  static blockChannels(): void {
    const real = Object.getOwnPropertyDescriptor(RTCDataChannel.prototype, 'readyState');
    Object.defineProperty(RTCDataChannel.prototype, 'readyState', {
      get(this: RTCDataChannel) {
        return this.label === 'beat' ? real?.get?.call(this) : 'connecting';
      },
    });
  }

  /** What a viewer draws over the picture it shows. */
  seen(): Placed[] {
    const producerId = this.#producerId();
    if (!producerId || !this.#marks || !this.#video) return [];
    const spot = findSpot(this.#video);
    return this.#marks.shown({ kind: 'video', producerId }, this.#picture).map((each) => placed(each, spot));
  }

  /** What the wearer sees over the camera's present picture. */
  worn(): Placed[] {
    return (this.#wearer?.shown ?? []).map((each) => placed(each, this.#scene?.spot));
  }

  status() {
    const session = this.#joined();
    return {
      connection: session.connection,
      peerId: session.peerId,
      warnings: this.warnings,
      facts: Object.values(session.state.marks.scene.marks).map(({ markId, truncated, erased }) => ({
        markId,
        truncated: truncated ?? false,
        erased,
      })),
      unseen: this.#wearer?.unseen.map(({ state }) => state) ?? [],
      drawing: [...(this.#wearer?.drawing.keys() ?? [])],
      tracking: this.#wearer?.tracking,
      tookMs: this.#wearer?.tookMs,
      picture: this.#video.videoWidth,
      named: this.#picture.rtpTimestamp !== undefined,
    };
  }

  #show(): void {
    const source = this.#joined().remoteSources.find(({ kind }) => kind === 'video');
    if (!source || this.#video.dataset.shows === source.producerId) return;
    this.#video.dataset.shows = source.producerId;
    source.attach(this.#video);
    this.#joined().setViews([{ producerId: source.producerId, width: 640, height: 360, visible: true }]);
    namePictures(this.#video, (picture) => {
      this.#picture = picture;
    });
  }

  #producerId(): string | undefined {
    return this.#video.dataset.shows;
  }

  #joined(): RoomSession {
    if (!this.session) throw new Error('join a room first');
    return this.session;
  }
}

function shownVideo(): HTMLVideoElement {
  const video = document.createElement('video');
  Object.assign(video, { width: 640, height: 360, muted: true, playsInline: true });
  document.body.append(video);
  return video;
}

function keptId(): string {
  const id = sessionStorage.getItem('camera') ?? newId();
  sessionStorage.setItem('camera', id);
  return id;
}

function placed(shown: ShownMark, spot: { x: number; y: number } | undefined): Placed {
  const { mark, state, isDraft, opacity, authorName, homography } = shown;
  const at = firstPoint(mark);
  const place = at && (homography ? apply(homography, at.x, at.y) : at);
  const error = place && spot ? Math.hypot(place.x - spot.x, (place.y - spot.y) / (16 / 9)) : undefined;
  return {
    markId: mark.markId,
    state,
    isDraft,
    opacity,
    author: authorName,
    truncated: mark.truncated ?? false,
    points: mark.shape.kind === 'stroke' ? mark.shape.points.length : 1,
    error,
  };
}

function firstPoint({ shape }: Mark): { x: number; y: number } | undefined {
  if (shape.kind !== 'stroke') return undefined;
  const [first] = shape.points;
  return first && { x: first[0], y: first[1] };
}

declare global {
  interface Window {
    marksPage: MarksPage;
  }
}

if (location.search === '?socket-only') MarksPage.blockChannels();
window.marksPage = new MarksPage();
