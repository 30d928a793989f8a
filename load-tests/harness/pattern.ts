/**
 * A picture that says which frame it is, and a sound that beeps with it: both begin in the same turn of one timer, so that they
 * have one clock. Each frame carries a counter of 16 bits as two rows of fields, the second row inverted; at each full
 * second of frames the lower half is white for a frame and a beep of 100 ms begins.
 */

/** Columns of the barcode. `load-tests/media/pattern-frames.ts` reads it. */
const BITS = 16;
const BEEP_SECONDS = 0.1;

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
  readonly #canvas: OffscreenCanvas;
  readonly #context: OffscreenCanvasRenderingContext2D;
  readonly #size: PatternSize;
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>;
  readonly #sound = new AudioContext({ sampleRate: 48_000 });
  readonly #volume: GainNode;
  readonly #startedAt = performance.now();
  #tick = -1;

  constructor(size: PatternSize) {
    this.#size = size;
    this.#canvas = new OffscreenCanvas(size.width, size.height);
    const context = this.#canvas.getContext('2d');
    if (!context) throw new Error('there is no canvas');
    this.#context = context;
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
    setInterval(() => this.#turn(), 500 / size.fps);
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
    paint(flash ? '#fff' : '#000', 0, height / 2, width, height / 2);
  }

  #beep(): void {
    const { gain } = this.#volume;
    const now = this.#sound.currentTime;
    gain.setValueAtTime(0.5, now);
    gain.setValueAtTime(0, now + BEEP_SECONDS);
  }
}
