/**
 * What the page is at, as one pure reducer: nothing is sent or asked before the tap, help comes before every question,
 * and nothing that fails takes the help away.
 */
import type { LinkEnd, LinkPage, OpeningState } from '../../signaling/protocol/links.ts';
import type { MetronomeState } from '../../signaling/protocol/state-bystander.ts';
import type { Refusal } from './door.ts';
import type { Fragment } from './fragment.ts';

/** Why opening takes longer than it should. */
export type Trouble = 'weak' | 'offline' | 'busy';

/** The beat that the page makes by itself, on its own clock. */
export interface OwnBeat {
  readonly on: boolean;
  /** `performance.now()` of its first beat. */
  readonly at: number;
  /** `bystander`: by a key, which counts at once and until the room says the same. */
  readonly by: 'page' | 'bystander';
}

export interface Help {
  readonly page: LinkPage;
  readonly opening: OpeningState;
  readonly own: OwnBeat;
  /** What the room said last of the metronome. */
  readonly room?: MetronomeState;
  /** The key "moves or breathes" was pressed and compressions have not begun again. */
  readonly breathes: boolean;
  /** `later`: whoever is alone compresses first; the question waits behind a small key. */
  readonly camera: 'offered' | 'later';
}

export type Flow =
  | { readonly at: 'no-secret' }
  | { readonly at: 'tap'; readonly kind: Fragment['kind'] }
  | { readonly at: 'opening'; readonly kind: Fragment['kind']; readonly trouble?: Trouble }
  | { readonly at: 'unknown' }
  | { readonly at: 'help'; readonly help: Help }
  | {
      readonly at: 'ended';
      readonly reason: LinkEnd;
      readonly phone?: string;
      readonly supportPhone?: string;
    };

export type FlowEvent =
  | { readonly type: 'tapped' }
  /** Waiting for the door takes long. */
  | { readonly type: 'slow' }
  | { readonly type: 'opened'; readonly page: LinkPage; readonly now: number; readonly stopped?: boolean }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | { readonly type: 'opening'; readonly opening: OpeningState }
  | { readonly type: 'ended'; readonly reason: LinkEnd; readonly supportPhone?: string }
  | { readonly type: 'room-metronome'; readonly metronome: MetronomeState | undefined }
  | { readonly type: 'breathes'; readonly now: number }
  | { readonly type: 'again'; readonly now: number }
  | { readonly type: 'can-film' };

export function firstFlow(fragment: Fragment | undefined): Flow {
  return fragment ? { at: 'tap', kind: fragment.kind } : { at: 'no-secret' };
}

/** The next state. Events that do not fit the state change nothing. */
export function nextFlow(flow: Flow, event: FlowEvent): Flow {
  switch (event.type) {
    case 'tapped':
      return flow.at === 'tap' ? { at: 'opening', kind: flow.kind } : flow;
    case 'slow':
      return flow.at === 'opening' && flow.trouble === undefined ? { ...flow, trouble: 'weak' } : flow;
    case 'opened':
      return opened(flow, event);
    case 'refused':
      return refused(flow, event.refusal);
    case 'ended':
      return ended(flow, event.reason, event);
    default:
      return flow.at === 'help' ? { at: 'help', help: nextHelp(flow.help, event) } : flow;
  }
}

function opened(flow: Flow, { page, now, stopped }: FlowEvent & { type: 'opened' }): Flow {
  // A page that helps already, after a reload or from its own memory, goes on in the same beat.
  if (flow.at === 'help') return { at: 'help', help: { ...flow.help, page, opening: page.opening } };
  const on = page.need === 'arrest' && page.use !== 'chest' && stopped !== true;
  return {
    at: 'help',
    help: {
      page,
      opening: page.opening,
      own: { on, at: now, by: 'page' },
      breathes: stopped === true,
      camera: page.helpers === 'alone' && page.need === 'arrest' ? 'later' : 'offered',
    },
  };
}

function refused(flow: Flow, refusal: Refusal): Flow {
  if (refusal.kind === 'ended') return ended(flow, refusal.reason, refusal);
  // Help that is on the screen stays there, whatever the door says of a later request.
  if (flow.at !== 'opening') return flow;
  if (refusal.kind === 'unknown') return { at: 'unknown' };
  return { ...flow, trouble: refusal.kind };
}

function ended(flow: Flow, reason: LinkEnd, told: { phone?: string; supportPhone?: string }): Flow {
  const page = flow.at === 'help' ? flow.help.page : undefined;
  const phone = told.phone ?? page?.emergencyPhone;
  const support = told.supportPhone ?? page?.supportPhone;
  return {
    at: 'ended',
    reason,
    ...(phone === undefined ? {} : { phone }),
    ...(support === undefined ? {} : { supportPhone: support }),
  };
}

type HelpEvent = Extract<
  FlowEvent,
  { type: 'opening' | 'room-metronome' | 'breathes' | 'again' | 'can-film' }
>;

function nextHelp(help: Help, event: HelpEvent): Help {
  switch (event.type) {
    case 'opening':
      return { ...help, opening: event.opening };
    case 'room-metronome':
      return roomSaid(help, event.metronome);
    case 'breathes':
      return { ...help, breathes: true, own: { on: false, at: event.now, by: 'bystander' } };
    case 'again':
      return { ...help, breathes: false, own: { on: true, at: event.now, by: 'bystander' } };
    case 'can-film':
      return { ...help, camera: 'offered' };
  }
}

/** A key of the bystander counts until the room says the same; from then on the room's newest word counts. */
function roomSaid(help: Help, room: MetronomeState | undefined): Help {
  if (!room) return help;
  const echoed = help.own.by === 'bystander' && room.on === help.own.on;
  const pending = help.own.by === 'bystander' && !echoed;
  return {
    ...help,
    room,
    own: echoed ? { ...help.own, by: 'page' } : help.own,
    breathes: pending ? help.breathes : help.breathes && !room.on,
  };
}

/** Which beat counts now: the bystander's own key, else the room's word, else what the page does by itself. */
export function beatOf(help: Help): { readonly source: 'own' | 'room'; readonly on: boolean } {
  if (help.own.by === 'bystander' || !help.room) return { source: 'own', on: help.own.on };
  return { source: 'room', on: help.room.on };
}
