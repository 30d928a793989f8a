/**
 * Two hardware keys do everything: one moves on, the other does what stands large, and held down it calls an expert from
 * wherever the wearer is. Pure: times in milliseconds come from the events.
 */

/** Keys of glasses arrive as those of a keyboard: touch bars and side keys send arrows, action keys Enter. */
const NEXT = ['ArrowRight', 'ArrowDown', 'Tab', 'MediaTrackNext'];
const DO = ['Enter', ' ', 'ArrowLeft', 'ArrowUp', 'MediaPlayPause'];
/** Held this long, the key calls: long enough not to happen by a press, short enough to be found under stress. */
export const HOLD_MS = 1200;

export type KeyAction = 'next' | 'do' | 'hold';

export interface KeyState {
  /** When the key that does was pressed; undefined while it is up. */
  readonly downAt?: number;
  readonly held?: true;
}

export interface KeyPress {
  readonly type: 'down' | 'up' | 'timer';
  readonly key: string;
  readonly at: number;
}

export function isOurs(key: string): boolean {
  return NEXT.includes(key) || DO.includes(key);
}

/** Folds one press. `timer` comes `HOLD_MS` after a key went down. */
export function fold(state: KeyState, press: KeyPress): { state: KeyState; action?: KeyAction } {
  if (press.type === 'down' && NEXT.includes(press.key)) return { state, action: 'next' };
  if (press.type === 'timer') {
    const isHeld = state.downAt !== undefined && press.at - state.downAt >= HOLD_MS && !state.held;
    return isHeld ? { state: { downAt: state.downAt, held: true }, action: 'hold' } : { state };
  }
  if (!DO.includes(press.key)) return { state };
  // A key held down repeats itself.
  if (press.type === 'down') return { state: state.downAt === undefined ? { downAt: press.at } : state };
  if (state.downAt === undefined) return { state: {} };
  if (state.held) return { state: {} };
  return { state: {}, action: press.at - state.downAt >= HOLD_MS ? 'hold' : 'do' };
}
