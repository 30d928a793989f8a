/** Asking a phone for something. What came of it is in the room's state. */
import type { AskWhat } from '../../../signaling/protocol/events-bystander.ts';
import { useRoom } from '../live/live-room.ts';
import { controlView, nextZoom } from './controls-view.ts';
import type { Phone } from './phones.ts';
import { roomUtc } from './use-progress.ts';

export interface Asks {
  /** Switches what has on and off, asks for the rest. */
  ask(what: AskWhat): Promise<void>;
  zoom(direction: 'in' | 'out'): Promise<void>;
}

export function useAsks(phone: Phone | undefined): Asks {
  const room = useRoom();
  const { session, state } = room;
  return {
    async ask(what) {
      if (phone === undefined) return;
      const { peerId, page } = phone;
      const asks = state.value.bystander.asks.filter((ask) => ask.peerId === peerId);
      const { on } = controlView(what, page, asks, roomUtc(room));
      const switches = what === 'torch' || what === 'microphone';
      await session.request('bystander.ask', { peerId, what, ...(switches ? { on: on !== true } : {}) });
    },
    async zoom(direction) {
      const zoom = phone === undefined ? undefined : nextZoom(phone.page.zoom, direction);
      if (phone === undefined || zoom === undefined) return;
      await session.request('bystander.ask', { peerId: phone.peerId, what: 'zoom', zoom });
    },
  };
}
