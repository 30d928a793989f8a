/**
 * The shell of the page: opens the door after the tap, keeps what it is at, plays the beat, and brings in the live part.
 * Views read its signals and call its functions; none of them waits for the network.
 */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { PageReport } from '../../signaling/protocol/events-bystander.ts';
import { METRONOME_RATE } from '../../signaling/protocol/guidance.ts';
import { type Grid, gridOf } from '../core/cpr/metronome.ts';
import { cameraFeature } from './features.ts';
import { beatOf, type Flow, type FlowEvent, firstFlow, type Help, nextFlow } from './flow.ts';
import { type Fragment, readFragment } from './fragment.ts';
import type { LivePart } from './live/types.ts';
import { forget, recall, remember } from './memory.ts';
import { createPlayer, type Player } from './metronome/player.ts';
import { keepForOffline } from './offline.ts';
import { createOpener } from './opener.ts';
import { waitOutside } from './outside.ts';
import { keepLive } from './start-live.ts';
import { language } from './texts/index.ts';

/** How often the measured offset to room time is read again while the beat follows the room. */
const SYNC_MS = 1000;

export interface Shell {
  readonly flow: ReadonlySignal<Flow>;
  /** Undefined until its code is loaded and the link is open. */
  readonly live: ReadonlySignal<LivePart | undefined>;
  readonly player: Player;
  /** Whether a beat plays now, and how. */
  readonly beat: ReadonlySignal<{ readonly on: boolean; readonly rate: number; readonly breaths: boolean }>;
  /** The one sentence for screen readers. */
  readonly said: ReadonlySignal<string>;
  readonly wayOut: boolean;
  readonly online: ReadonlySignal<boolean>;
  tap(): void;
  retry(): void;
  breathes(): void;
  again(): void;
  canFilm(): void;
  /** Another browser films in its place: asks the dispatcher to be let in again. */
  askAgain(): void;
  announce(text: string): void;
}

export function createShell(): Shell {
  const fragment = readFragment(location.hash);
  const flow = signal<Flow>(firstFlow(fragment));
  const live = signal<LivePart | undefined>(undefined);
  const said = signal('');
  /** The door has answered in this life of the page: only then is the room worth joining. */
  const answered = signal(false);
  const player = createPlayer();
  const wayOut = cameraFeature() === 'unsupported';
  const report = computed<Pick<PageReport, 'sound' | 'vibration' | 'wayOut'>>(() => ({
    sound: player.sound.value,
    vibration: player.vibration.value,
    wayOut,
  }));
  const send = (event: FlowEvent) => {
    flow.value = nextFlow(flow.peek(), event);
  };
  const announce = (text: string) => {
    said.value = text;
  };
  const open = createOpener(fragment, send, () => {
    answered.value = true;
  });
  keepBeat(flow, live, player);
  keepForOffline(flow);
  keepLive(flow, answered, live, { language, report, announce, turnSoundOn: () => player.unlock() }, send);
  const outside = waitOutside(flow, send);
  effect(() => {
    if (flow.value.at !== 'ended') return;
    forget();
    outside.close();
  });
  const online = watchNetwork(() => {
    const { at } = flow.peek();
    if (at === 'opening' || (at === 'help' && !answered.peek())) open();
  });
  resume(fragment, send, open);

  const press = (type: 'breathes' | 'again', on: boolean) => {
    send({ type, now: performance.now() });
    const now = flow.peek();
    if (fragment && now.at === 'help') remember({ ...fragment, page: now.help.page, stopped: !on });
    live.peek()?.setMetronome(on, 'bystander');
  };
  return {
    ...{ flow, live, player, said, wayOut, online, announce },
    beat: computed(() => beatNow(flow.value)),
    tap() {
      player.unlock();
      send({ type: 'tapped' });
      open();
    },
    retry: open,
    breathes: () => press('breathes', false),
    again() {
      player.unlock();
      press('again', true);
    },
    askAgain: () => outside.again(),
    canFilm: () => send({ type: 'can-film' }),
  };
}

/** After a reload: the help that was there stands at once, and the door is asked without a second tap. */
function resume(fragment: Fragment | undefined, send: (event: FlowEvent) => void, open: () => void): void {
  const remembered = fragment ? recall(fragment.secret) : undefined;
  if (!remembered) return;
  const { page, stopped } = remembered;
  send({ type: 'opened', page, now: performance.now(), stopped });
  open();
}

function watchNetwork(back: () => void): ReadonlySignal<boolean> {
  const online = signal(navigator.onLine !== false);
  addEventListener('online', () => {
    online.value = true;
    back();
  });
  addEventListener('offline', () => {
    online.value = false;
  });
  return online;
}

function beatNow(flow: Flow): { on: boolean; rate: number; breaths: boolean } {
  if (flow.at !== 'help') return { on: false, rate: METRONOME_RATE.normal, breaths: false };
  const { source, on } = beatOf(flow.help);
  const room = source === 'room' ? flow.help.room : undefined;
  return { on, rate: room?.rate ?? METRONOME_RATE.normal, breaths: room?.mode === '30:2' };
}

/** The grid that the page has to beat on: the room's as soon as room time is known, its own until then. */
function gridNow(help: Help, live: LivePart | undefined): Grid | undefined {
  const { source, on } = beatOf(help);
  if (!on) return undefined;
  const roomTime = live?.roomTime();
  if (source === 'room' && help.room && roomTime !== undefined) {
    return gridOf(help.room, performance.now() - roomTime);
  }
  const { rate, mode } = help.room ?? { rate: METRONOME_RATE.normal, mode: 'continuous' as const };
  return gridOf({ on, rate, mode, at: help.own.at });
}

function keepBeat(
  flow: ReadonlySignal<Flow>,
  live: ReadonlySignal<LivePart | undefined>,
  player: Player,
): void {
  const sync = () => {
    const { value } = flow;
    player.play(value.at === 'help' ? gridNow(value.help, live.value) : undefined);
  };
  effect(sync);
  setInterval(sync, SYNC_MS);
}
