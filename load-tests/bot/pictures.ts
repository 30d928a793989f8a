/** Made pictures and sound for bots: a bar that moves over a gradient, and a quiet tone; as cheap as a real encoder's input can be. */
import type { nonstandard } from '@roamhq/wrtc';

const SOUND_RATE = 48_000;
const BLOCK_MS = 10;
const BLOCK = (SOUND_RATE * BLOCK_MS) / 1000;
const TONE_HZ = 440;
const LOUDNESS = 2000;

type VideoSource = Pick<InstanceType<typeof nonstandard.RTCVideoSource>, 'onFrame'>;
type AudioSource = Pick<InstanceType<typeof nonstandard.RTCAudioSource>, 'onData'>;

export interface Playing {
  readonly frames: number;
  stop(): void;
}

/** Gives the source frames at this rate until `stop()`; sizes must be even. */
export function playPicture(
  source: VideoSource,
  { width, height, fps }: { width: number; height: number; fps: number },
): Playing {
  const data = new Uint8Array(width * height * 1.5).fill(128);
  const ground = Uint8Array.from({ length: width }, (_, x) => 40 + Math.round((150 * x) / width));
  for (let y = 0; y < height; y += 1) data.set(ground, y * width);
  const bar = Math.max(8, Math.round(width / 20));
  const playing = { frames: 0, stop: () => clearInterval(timer) };
  const timer = setInterval(() => {
    const left = (playing.frames * 4) % (width - bar);
    for (let y = 0; y < height; y += 1) {
      data.set(ground, y * width);
      data.fill(235, y * width + left, y * width + left + bar);
    }
    playing.frames += 1;
    source.onFrame({ width, height, data });
  }, 1000 / fps);
  return playing;
}

/** Gives the source a tone in blocks of 10 ms, in the pace of the clock also where timers come late. */
export function playTone(source: AudioSource): Playing {
  const began = performance.now();
  const playing = { frames: 0, stop: () => clearInterval(timer) };
  const timer = setInterval(() => {
    const due = Math.floor((performance.now() - began) / BLOCK_MS);
    // After a pause only the newest second is made up for: an encoder is no use for what nobody can hear any more.
    playing.frames = Math.max(playing.frames, due - 100);
    for (; playing.frames < due; playing.frames += 1) {
      const samples = Int16Array.from({ length: BLOCK }, (_, i) =>
        Math.round(LOUDNESS * Math.sin((2 * Math.PI * TONE_HZ * (playing.frames * BLOCK + i)) / SOUND_RATE)),
      );
      source.onData({
        samples,
        sampleRate: SOUND_RATE,
        bitsPerSample: 16,
        channelCount: 1,
        numberOfFrames: BLOCK,
      });
    }
  }, BLOCK_MS);
  return playing;
}
