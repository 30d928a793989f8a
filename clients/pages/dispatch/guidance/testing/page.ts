/** A room of a metronome alone, and the tick of it: for the browser test. */
import { signal } from '@preact/signals';
import { initialRoomState } from '../../../../../signaling/protocol/state.ts';
import type { MetronomeState } from '../../../../../signaling/protocol/state-bystander.ts';
import { startTick, stopTick, type TickRoom, ticking } from '../tick-player.ts';

const state = signal(initialRoomState());
const connection: { status: 'live' | 'ended' } = { status: 'live' };
const room: TickRoom = {
  session: {
    roomId: 'r',
    connection,
    get roomTime() {
      return performance.now();
    },
  },
  state,
};

export interface TickPage {
  start(deviceId: string): Promise<void>;
  stop(): void;
  leave(): void;
  ticks(): boolean;
  set(metronome: MetronomeState): void;
}

declare global {
  interface Window {
    tickPage: TickPage;
  }
}

window.tickPage = {
  start: (deviceId) => startTick(room, deviceId),
  stop: stopTick,
  leave() {
    connection.status = 'ended';
  },
  ticks: () => ticking.value?.roomId === 'r',
  set(metronome) {
    const { bystander } = state.value;
    state.value = { ...state.value, bystander: { ...bystander, metronome } };
  },
};
