/** What the dispatcher asks of this page, and how each is met: at once with the bystander seeing it, or by a key. Pure. */
import type { RoomState } from '../../../signaling/protocol/state.ts';
import type { AskState } from '../../../signaling/protocol/state-bystander.ts';

/** What was asked of this peer and not answered, oldest first. */
export function openAsks(state: RoomState, peerId: string): readonly AskState[] {
  return state.bystander.asks.filter((ask) => ask.peerId === peerId && ask.outcome === undefined);
}

const OF_CAMERA: readonly AskState['what'][] = ['torch', 'zoom', 'flip', 'photo', 'camera'];

export interface PhoneNow {
  readonly filming: boolean;
  /** The camera is being opened, as after a reload: it may film in a moment. */
  readonly coming: boolean;
  readonly locating: boolean;
  readonly soundRuns: boolean;
}

/**
 * `at-once`: the phone does it and says so. `key`: the person decides. `wait`: the camera is on its way.
 * `cannot`: there is nothing to do it with now.
 * What a browser opens only from a touch, and what shows or tells more than before, is never done at once.
 */
export function howToMeet(
  { what, on }: Pick<AskState, 'what' | 'on'>,
  now: PhoneNow,
): 'at-once' | 'key' | 'wait' | 'cannot' {
  if (now.coming && OF_CAMERA.includes(what)) return 'wait';
  switch (what) {
    case 'torch':
    case 'zoom':
    case 'flip':
      return now.filming ? 'at-once' : 'cannot';
    case 'photo':
      return now.filming ? 'at-once' : 'key';
    case 'camera':
      return now.filming ? 'at-once' : 'key';
    case 'location':
      return now.locating ? 'at-once' : 'key';
    case 'sound':
      return now.soundRuns ? 'at-once' : 'key';
    case 'microphone':
      return on === false ? 'at-once' : 'key';
    case 'second-phone':
      return 'key';
  }
}
