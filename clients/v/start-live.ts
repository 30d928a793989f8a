/** Brings in the live part, again and again on a bad link: the page helps without it, and better with it. */
import { computed, effect, type ReadonlySignal, type Signal } from '@preact/signals';
import { beatOf, type Flow, type FlowEvent } from './flow.ts';
import type { LiveHost, LivePart } from './live/types.ts';

const RETRY_MS = 3000;

/** Loads the code ahead of the tap, while the phone has nothing else to do. It changes nothing and connects to nothing. */
export function preloadLive(): void {
  import('./live/index.ts').catch(() => console.info('the live part is loaded later'));
}

function load(host: LiveHost, started: (part: LivePart) => void): void {
  import('./live/index.ts').then(
    ({ startLive }) => started(startLive(host)),
    (error: unknown) => {
      console.warn('the live part is not there yet', error);
      setTimeout(() => load(host, started), RETRY_MS);
    },
  );
}

/** An opening that has to ask, or was refused, helps without the room. */
function mayJoin(flow: Flow): boolean {
  return flow.at === 'help' && (flow.help.opening === 'open' || flow.help.opening === 'live');
}

/** Keeps `live` as the flow wants it: there while the page is let in, closed otherwise; and hears what it says. */
export function keepLive(
  flow: ReadonlySignal<Flow>,
  answered: ReadonlySignal<boolean>,
  live: Signal<LivePart | undefined>,
  host: Omit<LiveHost, 'page'>,
  send: (event: FlowEvent) => void,
): void {
  const joins = computed(() => answered.value && mayJoin(flow.value));
  let wanted = 0;
  const start = () => {
    const value = flow.peek();
    if (value.at !== 'help') return;
    wanted += 1;
    const mine = wanted;
    load({ ...host, page: value.help.page }, (part) => {
      const now = flow.peek();
      if (mine !== wanted || now.at !== 'help') return part.close('it is not let in any more');
      live.value = part;
      const { source, on } = beatOf(now.help);
      if (source === 'own' && (on || now.help.own.by === 'bystander')) part.setMetronome(on, now.help.own.by);
    });
  };
  const stop = () => {
    wanted += 1;
    const part = live.peek();
    live.value = undefined;
    part?.close('it is not let in');
  };
  effect(() => {
    if (joins.value) start();
    else stop();
  });
  effect(() => {
    const end = live.value?.end.value;
    if (end?.kind === 'ended') send({ type: 'ended', ...end });
    if (end?.kind === 'outside') send({ type: 'opening', opening: end.opening });
  });
  effect(() => {
    const room = live.value?.metronome.value;
    if (room) send({ type: 'room-metronome', metronome: room });
  });
}
