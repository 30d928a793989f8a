/**
 * Chooses among the encodings of a simulcast track: the best that flows. It goes up at a keyframe of the better one, and down
 * at one of a lesser when its own has been silent for 400 ms of arrival time.
 */

export const SILENT_MS = 400;
const ASK_EVERY_MS = 1000;

/** Plain data only, so that it can be saved and go on later. */
export interface LayerSelectorState {
  /** Index of the chosen encoding, better ones higher; −1 before the first keyframe. */
  current: number;
  askedAtMs: number;
}

export function newLayerSelector(): LayerSelectorState {
  return { current: -1, askedAtMs: Number.NEGATIVE_INFINITY };
}

/** What the selector sees of an encoding. */
export interface Flow {
  /** Arrival of its last packet in milliseconds. */
  readonly lastAtMs: number;
  readonly needsKeyframe: boolean;
}

const flows = (flow: Flow | undefined, nowMs: number) =>
  flow !== undefined && nowMs - flow.lastAtMs <= SILENT_MS;

/** Whether the picture of encoding `index` is taken; choosing may change with it. */
export function takes(
  state: LayerSelectorState,
  encodings: readonly Flow[],
  index: number,
  keyframe: boolean,
  nowMs: number,
): boolean {
  if (index === state.current) return true;
  if (!keyframe) return false;
  const better = index > state.current;
  if (!better && flows(encodings[state.current], nowMs)) return false;
  state.current = index;
  return true;
}

/** Whether nothing can be shown now but a keyframe of another encoding: the chosen one is silent, or none is chosen. */
export function waits(state: LayerSelectorState, encodings: readonly Flow[], nowMs: number): boolean {
  return !flows(encodings[state.current], nowMs);
}

/** The encoding to ask for a keyframe now, at most once a second; undefined when the best that flows is chosen. */
export function wantsKeyframe(
  state: LayerSelectorState,
  encodings: readonly Flow[],
  nowMs: number,
): number | undefined {
  if (nowMs - state.askedAtMs < ASK_EVERY_MS) return undefined;
  for (let index = encodings.length - 1; index >= 0; index -= 1) {
    if (!flows(encodings[index], nowMs)) continue;
    if (index === state.current && encodings[index]?.needsKeyframe !== true) return undefined;
    state.askedAtMs = nowMs;
    return index;
  }
  return undefined;
}
