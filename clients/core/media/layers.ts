/**
 * What a source truly encodes now, from the rung its link carries and what the room needs of it. Pure. Lowering for
 * want of viewers is held back 10 s: a mode change of an SVC encoder costs a freeze and seconds to return
 * (test-machine.md), so a tile that is scrolled away and back must not cause one. Raising is at once.
 */
import { RUNG_LAYER, type Rung } from '../../../signaling/protocol/media.ts';
import type { Clock } from '../clock.ts';
import type { Demand } from '../types-media.ts';
import { bitrateForLines, layersFor, svcMode, type VideoPlan } from './encodings.ts';
import { isPicture, worse } from './ladder.ts';

export const HOLD_MS = 10_000;
const SLOW_FPS = 7;
/** Where movement is what is watched, the slow rung halves the lines again and keeps this many frames a second. */
const FRAMES_FPS = 15;
const FRAMES_BITRATE = 250_000;

/** Target of one source. `layer: null` sends no video at all. */
export interface LayerTarget {
  readonly layer: 0 | 1 | 2 | null;
  readonly slow: boolean;
  readonly stills: boolean;
}

export class LayerPlanner {
  readonly #clock: Clock;
  #rung: Rung;
  #demand: Demand | undefined;
  #held: LayerTarget;
  #lowerSince: number | undefined;
  #cancel: (() => void) | undefined;
  readonly #changed: (target: LayerTarget) => void;

  constructor(clock: Clock, rung: Rung, changed: (target: LayerTarget) => void) {
    this.#clock = clock;
    this.#rung = rung;
    this.#changed = changed;
    this.#held = this.#wanted();
  }

  get target(): LayerTarget {
    return this.#held;
  }

  /** The link's verdict; obeyed at once in both directions. */
  handleRung(rung: Rung): void {
    this.#rung = rung;
    this.#settle(true);
  }

  handleDemand(demand: Demand): void {
    this.#demand = demand;
    this.#settle(false);
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #settle(atOnce: boolean): void {
    const wanted = this.#wanted();
    if (!atOnce && isLower(wanted, this.#held)) {
      this.#lowerSince ??= this.#clock.monotonic();
      const left = this.#lowerSince + HOLD_MS - this.#clock.monotonic();
      if (left > 0) {
        this.#cancel?.();
        this.#cancel = this.#clock.after(left, () => this.#settle(false));
        // Stills wait for nobody: they are what a viewer gets when video is gone.
        this.#hold({ ...this.#held, stills: wanted.stills });
        return;
      }
    }
    this.#lowerSince = undefined;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#hold(wanted);
  }

  #hold(target: LayerTarget): void {
    const before = this.#held;
    this.#held = target;
    if (target.layer !== before.layer || target.slow !== before.slow || target.stills !== before.stills) {
      this.#changed(target);
    }
  }

  #wanted(): LayerTarget {
    const demanded = this.#demand?.rung;
    const somebody = demanded !== null;
    const rung = somebody ? worse(this.#rung, demanded) : this.#rung;
    const stills = this.#rung === 'still' && somebody ? true : this.#stillsAsked();
    if (!somebody || rung === undefined || !isPicture(rung)) return { layer: null, slow: false, stills };
    return { layer: layerOf(rung), slow: rung === '540-slow', stills };
  }

  /** A viewer on the `still` rung of its own downlink needs stills while others still get video. */
  #stillsAsked(): boolean {
    return (this.#demand?.stills ?? false) && this.#rung !== 'audio' && this.#rung !== 'text';
  }
}

function layerOf(rung: Rung): 0 | 1 | 2 | null {
  return rung === 'still' || rung === 'audio' || rung === 'text' ? null : RUNG_LAYER[rung];
}

function isLower(a: LayerTarget, b: LayerTarget): boolean {
  const level = (target: LayerTarget) =>
    target.layer === null ? -1 : target.layer * 2 + (target.slow ? 0 : 1);
  return level(a) < level(b);
}

/** Encoding fields of the W3C dictionary that a target sets; one object per encoding, low to high. */
export interface EncodingChange {
  readonly active: boolean;
  readonly maxFramerate?: number | undefined;
  readonly maxBitrate?: number;
  readonly scaleResolutionDownBy?: number;
  readonly scalabilityMode?: string;
}

/**
 * Translates a target for an encoder: simulcast switches layers off, SVC changes mode and scale.
 *
 * @param keepFrames of a single stream: gives up lines before frames.
 */
export function encodingChanges(
  plan: VideoPlan,
  target: LayerTarget,
  height: number,
  keepFrames = false,
): EncodingChange[] {
  const maxFramerate = target.slow ? SLOW_FPS : undefined;
  const { layer } = target;
  if (plan.mode === 'simulcast') {
    return plan.encodings.map((_, index) => ({ active: layer !== null && index <= layer, maxFramerate }));
  }
  if (layer === null) return [{ active: false }];
  const top = layersFor(height) - 1;
  const scale = 2 ** Math.max(0, top - layer);
  if (plan.mode === 'single' && keepFrames && target.slow) {
    const maxBitrate = Math.min(plan.maxBitrate, FRAMES_BITRATE);
    return [{ active: true, maxFramerate: FRAMES_FPS, maxBitrate, scaleResolutionDownBy: scale * 2 }];
  }
  const maxBitrate =
    scale === 1 ? plan.maxBitrate : Math.min(plan.maxBitrate, bitrateForLines(height / scale));
  const ceiling = target.slow ? Math.min(maxBitrate, 400_000) : maxBitrate;
  const common = { active: true, maxFramerate, maxBitrate: ceiling, scaleResolutionDownBy: scale };
  return plan.mode === 'svc'
    ? [{ ...common, scalabilityMode: svcMode(Math.min(layer + 1, plan.layers)) }]
    : [common];
}

/**
 * The same changes while something else needs the link: all layers together send at most `ceiling` bit/s, which of several streams
 * leaves the smallest. Without a ceiling each has the bitrate of its plan, also one that was held down before.
 */
export function underCeiling(
  changes: readonly EncodingChange[],
  plan: VideoPlan,
  ceiling: number | undefined,
): EncodingChange[] {
  return changes.map((change, index) => {
    const own = change.maxBitrate ?? plan.encodings[index]?.maxBitrate ?? plan.maxBitrate;
    if (ceiling === undefined) return { ...change, maxBitrate: own };
    return { ...change, active: change.active && index === 0, maxBitrate: Math.min(own, ceiling) };
  });
}
