/** A camera in front of a wall of patches that moves slowly, with one red spot on it: its place is known at any time. */

const WIDTH = 640;
const HEIGHT = 360;
const FPS = 15;
/** Where the spot is while nothing moves, in parts of the frame. */
const SPOT = { x: 0.5, y: 0.5 };

export class MovingScene {
  readonly track: MediaStreamTrack;
  readonly #canvas = document.createElement('canvas');
  readonly #wall: HTMLCanvasElement;
  readonly #startedAt = performance.now();
  readonly #timer: ReturnType<typeof setInterval>;
  /** The wearer looks at something else. */
  away = false;
  still = false;

  constructor() {
    this.#canvas.width = WIDTH;
    this.#canvas.height = HEIGHT;
    this.#wall = wall();
    this.#paint();
    const [track] = this.#canvas.captureStream(FPS).getVideoTracks();
    if (!track) throw new Error('a canvas without a picture');
    this.track = track;
    this.#timer = setInterval(() => this.#paint(), 1000 / FPS);
  }

  /** Where the spot is now, in parts of the frame. */
  get spot(): { x: number; y: number } {
    const { x, y } = this.#shift();
    return { x: SPOT.x + x, y: SPOT.y + y };
  }

  stop(): void {
    clearInterval(this.#timer);
    this.track.stop();
  }

  #shift() {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    if (this.still) return { x: 0.05, y: 0.02 };
    return { x: 0.12 * Math.sin(seconds / 1.7), y: 0.08 * Math.sin(seconds / 2.3) };
  }

  #paint(): void {
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    if (this.away) {
      context.fillStyle = '#777';
      context.fillRect(0, 0, WIDTH, HEIGHT);
      return;
    }
    const { x, y } = this.#shift();
    const left = (x - 0.25) * WIDTH;
    const top = (y - 0.25) * HEIGHT;
    context.drawImage(this.#wall, Math.round(left), Math.round(top));
  }
}

/** One and a half frames wide, with patches of every size and grey, the same each time. */
function wall(): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH * 1.5;
  canvas.height = HEIGHT * 1.5;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.fillStyle = '#889';
  context.fillRect(0, 0, canvas.width, canvas.height);
  let seed = 7;
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  for (let count = 0; count < 900; count += 1) {
    const grey = Math.round(40 + 180 * random());
    context.fillStyle = `rgb(${grey} ${grey} ${Math.round(grey * 0.9)})`;
    const size = 6 + 40 * random() ** 2;
    context.fillRect(random() * canvas.width, random() * canvas.height, size, size * (0.4 + random()));
  }
  context.fillStyle = '#f00';
  context.beginPath();
  context.arc((0.25 + SPOT.x) * WIDTH, (0.25 + SPOT.y) * HEIGHT, 10, 0, 7);
  context.fill();
  return canvas;
}

/** Where the spot is in a picture that is shown, in parts of it; undefined where there is none. */
export function findSpot(video: HTMLVideoElement): { x: number; y: number } | undefined {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context || video.videoWidth === 0) return undefined;
  context.drawImage(video, 0, 0, WIDTH, HEIGHT);
  const { data } = context.getImageData(0, 0, WIDTH, HEIGHT);
  let [x, y, found] = [0, 0, 0];
  for (let at = 0; at < data.length; at += 4) {
    if ((data[at] ?? 0) < 150 || (data[at + 1] ?? 0) > 90 || (data[at + 2] ?? 0) > 90) continue;
    x += (at / 4) % WIDTH;
    y += Math.floor(at / 4 / WIDTH);
    found += 1;
  }
  return found < 40 ? undefined : { x: (x / found + 0.5) / WIDTH, y: (y / found + 0.5) / HEIGHT };
}
