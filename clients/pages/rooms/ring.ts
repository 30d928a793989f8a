/** The ring of a call for help, made by WebAudio. Browsers let it sound only after a tap, which `armed` tells. */
import { signal } from '@preact/signals';

/** Whether the browser lets this page make a sound now. */
export const soundArmed = signal(false);

let context: AudioContext | undefined;
let timer: ReturnType<typeof setInterval> | undefined;
const RING_EVERY_MS = 3000;

/** Asks the browser for sound; works only within a tap or key press. */
export async function armSound(): Promise<void> {
  context ??= new AudioContext();
  await context.resume();
  soundArmed.value = context.state === 'running';
}

/** Looks whether sound is already allowed, without asking for it. */
export function probeSound(): void {
  if (context === undefined && navigator.userActivation?.hasBeenActive !== true) return;
  context ??= new AudioContext();
  soundArmed.value = context.state === 'running';
  context.onstatechange = () => {
    soundArmed.value = context?.state === 'running';
  };
}

/** Two rising tones, twice: heard through ward noise, unlike the alarms of monitors (IEC 60601-1-8 uses bursts of 3 and 5). */
function ringOnce(audio: AudioContext): void {
  for (const start of [0, 0.9]) {
    for (const [index, hertz] of [587, 880].entries()) {
      const at = audio.currentTime + start + index * 0.22;
      const oscillator = audio.createOscillator();
      const gain = audio.createGain();
      oscillator.type = 'triangle';
      oscillator.frequency.value = hertz;
      gain.gain.setValueAtTime(0.0001, at);
      gain.gain.exponentialRampToValueAtTime(0.35, at + 0.02);
      gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.4);
      oscillator.connect(gain).connect(audio.destination);
      oscillator.start(at);
      oscillator.stop(at + 0.42);
    }
  }
}

/** Rings until `stopRinging`. Idempotent. Phones also vibrate. */
export function startRinging(): void {
  if (timer !== undefined) return;
  const ring = () => {
    if (context?.state === 'running') ringOnce(context);
    if (navigator.userActivation?.hasBeenActive === true) navigator.vibrate?.([300, 120, 300]);
  };
  ring();
  timer = setInterval(ring, RING_EVERY_MS);
}

export function stopRinging(): void {
  clearInterval(timer);
  timer = undefined;
}
