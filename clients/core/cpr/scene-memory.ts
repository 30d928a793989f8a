/** Whether the camera still shows what it showed when compressions were last seen. */
import type { Step } from './track.ts';

/** Shift of the camera, in shares of the picture's width, after which the place may be out of the picture. */
const FAR = 0.35;
/** So many pictures of another scene within this time make it another scene. */
const OTHER = 3;
const OTHER_MS = 1000;

export class SceneMemory {
  #x = 0;
  #y = 0;
  #other: number[] = [];

  add({ timeMs, cameraX, cameraY, sameScene }: Step): void {
    this.#x += cameraX;
    this.#y += cameraY;
    if (!sameScene) this.#other.push(timeMs);
    while ((this.#other[0] ?? timeMs) < timeMs - OTHER_MS) this.#other.shift();
  }

  /** What is seen now is the place. */
  anchor(): void {
    this.#x = 0;
    this.#y = 0;
  }

  /** False while another scene is seen, or after the camera turned away from the place. Then the memory begins anew. */
  seen(nowMs: number): boolean {
    const recent = this.#other.filter((at) => at > nowMs - OTHER_MS).length;
    if (recent >= OTHER || Math.hypot(this.#x, this.#y) > FAR) {
      this.anchor();
      return false;
    }
    return true;
  }
}
