/**
 * A picture that says which frame it is, and a sound that beeps with it: both begin in the same turn of one timer, so that they
 * have one clock. Each frame carries a counter of 16 bits as two rows of fields, the second row inverted; at each full
 * second of frames the lower left is white for a frame and a beep of 100 ms begins. The lower right is noise, new in each frame, so
 * that the picture needs many packets and a lossy link has something to lose.
 */

/** Columns of the barcode. `load-tests/media/pattern-frames.ts` reads it. */
const BITS = 16;
const COUNTERS = 2 ** BITS - 1;
/** Minutes of frames: more than anything that is measured with them lasts. */
const KEPT_TIMES = 20_000;
const BEEP_SECONDS = 0.1;
/** Between a field and its inverse, of 255; less is a damaged picture. */
const CONTRAST = 60;

export interface PatternSize {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
}

interface VideoGenerator extends MediaStreamTrack {
  readonly writable: WritableStream<VideoFrame>;
}

/** Chromium's; not in the types of the DOM, as the standard has it in workers only. */
declare const MediaStreamTrackGenerator: new (options: { kind: 'video' }) => VideoGenerator;

export class Pattern {
  readonly video: MediaStreamTrack;
  readonly audio: MediaStreamTrack;
  /** Frames given to the track so far. */
  drawn = 0;
  /** When each of the newest frames was drawn, UTC milliseconds with fractions, by its counter. */
  readonly drawnAt = new Map<number, number>();
  readonly #canvas: OffscreenCanvas;
  readonly #context: OffscreenCanvasRenderingContext2D;
  readonly #size: PatternSize;
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>;
  readonly #sound = new AudioContext({ sampleRate: 48_000 });
  readonly #volume: GainNode;
  readonly #noise: OffscreenCanvas;
  readonly #startedAt = performance.now();
  readonly #timer: number;
  #tick = -1;

  constructor(size: PatternSize) {
    this.#size = size;
    this.#canvas = new OffscreenCanvas(size.width, size.height);
    const context = this.#canvas.getContext('2d');
    if (!context) throw new Error('there is no canvas');
    this.#context = context;
    this.#noise = noise(size.width, size.height);
    const generator = new MediaStreamTrackGenerator({ kind: 'video' });
    this.video = generator;
    this.#writer = generator.writable.getWriter();
    const destination = new MediaStreamAudioDestinationNode(this.#sound, { channelCount: 1 });
    this.#volume = new GainNode(this.#sound, { gain: 0 });
    const tone = new OscillatorNode(this.#sound, { frequency: 1000 });
    tone.connect(this.#volume).connect(destination);
    tone.start();
    const [audio] = destination.stream.getAudioTracks();
    if (!audio) throw new Error('there is no sound');
    this.audio = audio;
    // Twice as often as frames are due: a frame is then late by half of its time at most.
    this.#timer = window.setInterval(() => this.#turn(), 500 / size.fps);
  }

  /** No frame and no beep comes any more; the tracks stay. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Draws the frame that is due; a page that was held up leaves out what it missed, without a hole in the counter. */
  #turn(): void {
    const { fps } = this.#size;
    const now = performance.now();
    const tick = Math.floor(((now - this.#startedAt) * fps) / 1000);
    if (tick === this.#tick) return;
    const isSecond = Math.floor(tick / fps) > Math.floor(this.#tick / fps);
    this.#tick = tick;
    this.#draw(isSecond);
    if (isSecond) this.#beep();
    const frame = new VideoFrame(this.#canvas, { timestamp: Math.round(now * 1000) });
    this.drawnAt.set(this.drawn & COUNTERS, performance.timeOrigin + now);
    this.drawnAt.delete((this.drawn - KEPT_TIMES) & COUNTERS);
    this.drawn += 1;
    // The track has been ended where this fails.
    this.#writer.write(frame).catch(() => frame.close());
  }

  #draw(flash: boolean): void {
    const { width, height } = this.#size;
    const field = width / BITS;
    const paint = (colour: string, x: number, y: number, w: number, h: number) => {
      this.#context.fillStyle = colour;
      this.#context.fillRect(x, y, w, h);
    };
    for (let bit = 0; bit < BITS; bit += 1) {
      const set = ((this.drawn >> bit) & 1) === 1;
      paint(set ? '#fff' : '#000', bit * field, 0, field, height / 4);
      paint(set ? '#000' : '#fff', bit * field, height / 4, field, height / 4);
    }
    paint(flash ? '#fff' : '#000', 0, height / 2, width / 2, height / 2);
    const [x, y] = [Math.random() * (width / 2), Math.random() * (height / 2)];
    const right = [width / 2, height / 2, width / 2, height / 2] as const;
    this.#context.drawImage(this.#noise, x, y, width / 2, height / 2, ...right);
  }

  #beep(): void {
    const { gain } = this.#volume;
    const now = this.#sound.currentTime;
    gain.setValueAtTime(0.5, now);
    gain.setValueAtTime(0, now + BEEP_SECONDS);
  }
}

/** Blocks of 8 pixels in random grey: what differs from frame to frame, and no codec can foretell. */
function noise(width: number, height: number): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  for (let x = 0; x < width; x += 8) {
    for (let y = 0; y < height; y += 8) {
      const grey = Math.floor(Math.random() * 256);
      if (!context) continue;
      context.fillStyle = `rgb(${grey} ${grey} ${grey})`;
      context.fillRect(x, y, 8, 8);
    }
  }
  return canvas;
}

/** Reads the counter of every frame of a received pattern as it is decoded, also of those that are never shown. */
export class PatternReader {
  readonly counters: number[] = [];
  readonly #context: OffscreenCanvasRenderingContext2D;

  constructor(track: MediaStreamTrack) {
    if (!isVideo(track)) throw new Error('this track has no pictures');
    const context = new OffscreenCanvas(BITS, 4).getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('there is no canvas');
    this.#context = context;
    const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: 100 });
    const writable = new WritableStream<VideoFrame>({ write: (frame) => this.#read(frame) });
    // It ends with the track, which is no failure of reading.
    readable.pipeTo(writable).catch(() => undefined);
  }

  #read(frame: VideoFrame): void {
    const counter = counterOf(this.#context, frame);
    frame.close();
    if (counter !== undefined) this.counters.push(counter);
  }
}

/** The counter in a picture; undefined where it cannot be read. The canvas is BITS wide and 4 high. */
function counterOf(
  context: OffscreenCanvasRenderingContext2D,
  picture: CanvasImageSource,
): number | undefined {
  context.drawImage(picture, 0, 0, BITS, 4);
  const { data } = context.getImageData(0, 0, BITS, 2);
  let counter = 0;
  for (let bit = 0; bit < BITS; bit += 1) {
    const difference = (data[bit * 4] ?? 0) - (data[(BITS + bit) * 4] ?? 0);
    if (Math.abs(difference) < CONTRAST) return undefined;
    if (difference > 0) counter |= 1 << bit;
  }
  return counter;
}

/** A frame of the pattern as someone in front of the screen sees it. */
export interface OnGlass {
  readonly counter: number;
  /** When the browser expects it on the display, UTC milliseconds with fractions. */
  readonly at: number;
}

/** Notes each frame that an element presents from now on, with the time it is on the display. */
export function watchGlass(element: HTMLVideoElement): OnGlass[] {
  const shown: OnGlass[] = [];
  const context = new OffscreenCanvas(BITS, 4).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('there is no canvas');
  const onFrame: VideoFrameRequestCallback = (_now, { expectedDisplayTime }) => {
    const counter = counterOf(context, element);
    if (counter !== undefined) shown.push({ counter, at: performance.timeOrigin + expectedDisplayTime });
    element.requestVideoFrameCallback(onFrame);
  };
  element.requestVideoFrameCallback(onFrame);
  return shown;
}

function isVideo(track: MediaStreamTrack): track is MediaStreamVideoTrack {
  return track.kind === 'video';
}
