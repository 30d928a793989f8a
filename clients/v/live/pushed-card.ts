/** The card that dispatch pushed to this page, from the room's state. */
import { computed, type ReadonlySignal } from '@preact/signals';
import type { RoomState } from '../../../signaling/protocol/state.ts';
import type { LivePart } from './types.ts';

/** What was pushed to this page or to all; the same object for as long as it is the same push. */
export function cardOf(state: ReadonlySignal<RoomState>, peerId: string): LivePart['card'] {
  let last: LivePart['card']['value'];
  return computed(() => {
    const pushed = state.value.bystander.guidance;
    const mine = pushed && (pushed.peerId === undefined || pushed.peerId === peerId) ? pushed : undefined;
    if (!mine) last = undefined;
    else if (mine.pushId !== last?.pushId) {
      last = { pushId: mine.pushId, cardId: mine.cardId, version: mine.version };
    }
    return last;
  });
}
