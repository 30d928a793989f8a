/** When someone compresses: parts with a rate, pauses, 30:2; and from it the depth of the hands at any time. */
import { normal, type Random } from './random.ts';

export type Part =
  | { readonly kind: 'compress'; readonly seconds: number; readonly rate: number; readonly endRate?: number }
  | { readonly kind: 'pause'; readonly seconds: number; readonly busy?: boolean }
  /** Cycles of thirty and two breaths. */
  | {
      readonly kind: 'thirty';
      readonly cycles: number;
      readonly rate: number;
      readonly breathsSeconds: number;
    };

export interface Compression {
  /** Begin and length of one stroke, down and up, in seconds. */
  readonly at: number;
  readonly length: number;
  readonly depth: number;
}

export interface Story {
  readonly seconds: number;
  readonly compressions: readonly Compression[];
  /** Times in which the rescuer does something else with the hands. */
  readonly busy: readonly { readonly from: number; readonly to: number }[];
}

/** People are not machines: each stroke differs by about 3 % in length and 8 % in depth. */
export function storyOf(parts: readonly Part[], random: Random): Story {
  const compressions: Compression[] = [];
  const busy: { from: number; to: number }[] = [];
  let at = 0;
  const stroke = (rate: number) => {
    const length = (60 / rate) * (1 + 0.03 * normal(random));
    compressions.push({ at, length, depth: 1 + 0.08 * normal(random) });
    at += length;
  };
  for (const part of parts) {
    const from = at;
    if (part.kind === 'compress') {
      const { seconds, rate, endRate = rate } = part;
      while (at - from < seconds) stroke(rate + ((endRate - rate) * (at - from)) / seconds);
    } else if (part.kind === 'pause') {
      at += part.seconds;
      if (part.busy) busy.push({ from, to: at });
    } else {
      for (let cycle = 0; cycle < part.cycles; cycle += 1) {
        for (let n = 0; n < 30; n += 1) stroke(part.rate);
        busy.push({ from: at, to: at + part.breathsSeconds });
        at += part.breathsSeconds;
      }
    }
  }
  return { seconds: at, compressions, busy };
}

/** Depth of the hands at a time, 0 to about 1; `down` is the share of a stroke in which they go down. */
export function depthAt({ compressions }: Story, seconds: number, down: number): number {
  let low = 0;
  let high = compressions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((compressions[middle]?.at ?? 0) <= seconds) low = middle + 1;
    else high = middle;
  }
  const now = compressions[low - 1];
  if (!now || seconds > now.at + now.length) return 0;
  const phase = (seconds - now.at) / now.length;
  const turned = phase < down ? phase / down / 2 : 0.5 + (phase - down) / (1 - down) / 2;
  return now.depth * (0.5 - 0.5 * Math.cos(2 * Math.PI * turned));
}
