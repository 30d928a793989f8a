/**
 * The sound of the metronome: short clicks, each scheduled ahead on the audio clock, so that a busy page never makes a
 * beat late. Phones let a page sound only after a tap, and many not during a call: what came of it is in `state`.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import { AudioTime, readClocks } from './audio-time.ts';

export type SoundState = 'runs' | 'blocked' | 'off' | 'unsupported';

declare global {
  interface Window {
    /** Safari before 14.1. */
    readonly webkitAudioContext?: typeof AudioContext;
  }
}

/** A click that small loudspeakers carry over voices: two tones, gone after 60 ms. */
const PITCH_HZ = 1480;
const CLICK_S = 0.06;

export class Sound {
  readonly #state = signal<SoundState>('off');
  readonly #time = new AudioTime();
  #context: AudioContext | undefined;
  #out: GainNode | undefined;
  #clicks = new Map<OscillatorNode, number>();
  #muted = false;

  get state(): ReadonlySignal<SoundState> {
    return this.#state;
  }

  /** Makes sound possible; has to be called inside a tap. May be called again after a call has taken the sound away. */
  unlock(): void {
    const Context = window.AudioContext ?? window.webkitAudioContext;
    if (!Context) {
      this.#state.value = 'unsupported';
      return;
    }
    this.#muted = false;
    if (!this.#context) {
      try {
        this.#start(new Context());
      } catch (error) {
        // Browsers limit how many outputs a page may hold, and some phones have none: the light goes on.
        console.warn('no sound', error);
        this.#state.value = 'unsupported';
        return;
      }
    }
    this.retry();
  }

  /** Asks a stopped output to run again, as after a call; without a tap it may be refused, which changes nothing. */
  retry(): void {
    const context = this.#context;
    if (!context || this.#muted) return;
    context.resume().then(
      () => this.#look(),
      () => this.#look(),
    );
    this.#look();
  }

  mute(): void {
    this.#muted = true;
    this.cancel();
    this.#look();
  }

  /** Reads the clocks; called by the player a few times a second. */
  tick(): void {
    const context = this.#context;
    if (!context) return;
    this.#look();
    if (context.state === 'running') this.#time.add(readClocks(context));
  }

  /** Schedules one click at a time of `performance.now()`. One that is over already is left out. */
  click(at: number, accent: boolean): void {
    const context = this.#context;
    const out = this.#out;
    const when = this.#time.at(at);
    if (!context || !out || when === undefined || this.#state.value !== 'runs') return;
    if (when < context.currentTime) return;
    const tone = context.createOscillator();
    const shape = context.createGain();
    tone.frequency.value = accent ? PITCH_HZ * 1.25 : PITCH_HZ;
    shape.gain.setValueAtTime(0, when);
    shape.gain.linearRampToValueAtTime(1, when + 0.002);
    shape.gain.exponentialRampToValueAtTime(0.001, when + CLICK_S);
    tone.connect(shape).connect(out);
    tone.onended = () => {
      this.#clicks.delete(tone);
      shape.disconnect();
    };
    tone.start(when);
    tone.stop(when + CLICK_S);
    this.#clicks.set(tone, when);
  }

  /** Takes back every click that has not sounded yet. */
  cancel(): void {
    for (const tone of this.#clicks.keys()) {
      tone.disconnect();
      tone.stop();
    }
    this.#clicks.clear();
  }

  close(): void {
    this.cancel();
    this.#context?.close().catch((error: unknown) => console.warn('the sound did not close', error));
    this.#context = undefined;
    this.#state.value = 'off';
  }

  #start(context: AudioContext): void {
    const out = context.createGain();
    out.gain.value = 0.9;
    out.connect(context.destination);
    // iOS counts an output as started only once something was played in the tap itself.
    const silence = context.createBufferSource();
    silence.buffer = context.createBuffer(1, 1, context.sampleRate);
    silence.connect(out);
    silence.start();
    context.onstatechange = () => this.#look();
    this.#context = context;
    this.#out = out;
  }

  #look(): void {
    const running = this.#context?.state === 'running';
    if (this.#context) this.#state.value = this.#muted ? 'off' : running ? 'runs' : 'blocked';
  }
}
