/**
 * Ticks of the metronome on a chosen output of this computer: the one that leads into the dispatcher's telephone. Whoever
 * compresses hears them on the call, also where their phone holds back the page's sound.
 */
import { AudioTime, readClocks } from '../../../v/metronome/audio-time.ts';

/** In the middle of what a telephone carries (300 to 3400 Hz), and short, so that words are understood between ticks. */
const PITCH_HZ = 1050;
const ACCENT_HZ = 1400;
const TICK_S = 0.045;
const LEVEL = 0.6;

/** Whether this browser can play on an output other than the system's. */
export function canChooseOutput(): boolean {
  return typeof HTMLMediaElement !== 'undefined' && 'setSinkId' in HTMLMediaElement.prototype;
}

export class TickLine {
  readonly #context: AudioContext;
  readonly #element: HTMLAudioElement;
  readonly #out: MediaStreamAudioDestinationNode;
  readonly #time = new AudioTime();
  readonly #ticks = new Set<OscillatorNode>();
  #closed = false;

  private constructor(
    context: AudioContext,
    out: MediaStreamAudioDestinationNode,
    element: HTMLAudioElement,
  ) {
    this.#context = context;
    this.#out = out;
    this.#element = element;
  }

  /**
   * Opens the output; call it from a click, since browsers hold sound back without one. Rejects with the browser's own
   * `NotFoundError` or `NotAllowedError` where the output is gone or may not be used: nothing is played elsewhere instead.
   * @param deviceId of a loudspeaker; empty for the system's own
   */
  static async open(deviceId: string): Promise<TickLine> {
    const context = new AudioContext({ latencyHint: 'interactive' });
    try {
      const out = context.createMediaStreamDestination();
      const element = new Audio();
      element.srcObject = out.stream;
      if (deviceId !== '') await element.setSinkId(deviceId);
      await context.resume();
      await element.play();
      return new TickLine(context, out, element);
    } catch (error) {
      await context.close();
      throw error;
    }
  }

  /** Reads the clocks; several times a second while ticks are planned. */
  look(): void {
    if (this.#context.state === 'running') this.#time.add(readClocks(this.#context));
  }

  /** Plans one tick at a time of `performance.now()`; one that is over already is left out. */
  tick(at: number, accent: boolean): void {
    const when = this.#time.at(at);
    if (this.#closed || when === undefined || when < this.#context.currentTime) return;
    const tone = this.#context.createOscillator();
    const shape = this.#context.createGain();
    tone.frequency.value = accent ? ACCENT_HZ : PITCH_HZ;
    shape.gain.setValueAtTime(0, when);
    shape.gain.linearRampToValueAtTime(LEVEL, when + 0.002);
    shape.gain.exponentialRampToValueAtTime(0.001, when + TICK_S);
    tone.connect(shape).connect(this.#out);
    tone.onended = () => {
      this.#ticks.delete(tone);
      shape.disconnect();
    };
    tone.start(when);
    tone.stop(when + TICK_S);
    this.#ticks.add(tone);
  }

  /** Takes back what has not sounded yet, as when the metronome stops. */
  cancel(): void {
    for (const tone of this.#ticks) {
      tone.disconnect();
      tone.stop();
    }
    this.#ticks.clear();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.cancel();
    this.#element.pause();
    this.#element.srcObject = null;
    await this.#context.close();
  }
}
