/** The part of a room's state that facts around a bystander make. Plain JSON, like the rest. */

import type { EventOf } from './events.ts';
import type { AskWhat, CprFlag, CprMark, CprSummary, PageReport, TcprClock } from './events-bystander.ts';
import type { Address, Location } from './geo.ts';
import type { CprMode } from './guidance.ts';
import type { LinkEnd, OpeningState } from './links.ts';

export interface LinkState extends Omit<EventOf<'LinkCreated'>, 'type'> {
  /** UTC of the making, in milliseconds. */
  createdUtc: number;
  /** The newest sending, and where it stands. */
  sent?: { messageId: string; way: EventOf<'LinkSent'>['way']; utc: number };
  delivery?: Omit<EventOf<'LinkDelivery'>, 'type' | 'linkId'> & { utc: number };
  deliveredUtc?: number;
  openedUtc?: number;
  openings: Record<string, { state: OpeningState; utc: number; browser?: string }>;
  /** The opening it is bound to, and when that first went live. */
  boundTo?: string;
  boundUtc?: number;
  misused: number;
  ended?: LinkEnd;
}

export interface PageState extends PageReport {
  linkId?: string;
  noticeVersion?: number;
  /** When the page first asked for the camera, and when it first had it. */
  cameraAskedUtc?: number;
  cameraLiveUtc?: number;
  /** Where the phone said it is; `location` above is only how that went. */
  position?: Location;
  releasedBy?: string;
}

export interface AskState {
  askId: string;
  peerId: string;
  what: AskWhat;
  on?: boolean;
  zoom?: number;
  utc: number;
  outcome?: EventOf<'BystanderAnswered'>['outcome'];
  why?: string;
}

export interface GuidanceState extends Omit<EventOf<'GuidancePushed'>, 'type'> {
  utc: number;
  shownBy: string[];
}

export interface MetronomeState {
  on: boolean;
  rate: number;
  mode: CprMode;
  source: EventOf<'MetronomeSet'>['source'];
  reason?: 'moves-or-breathes';
  /** Room time of the setting, in milliseconds: beats are counted from here on every device. */
  at: number;
}

export interface CprState {
  marks: { mark: CprMark; at: number; by: string }[];
  flags: Partial<Record<CprFlag, { value?: number; utc: number }>>;
  clocks: Partial<Record<TcprClock, { at: number; source: 'key' | 'measured' }>>;
  /** The newest 120 summaries. */
  summaries: CprSummary[];
}

export interface VolunteerState {
  volunteerId: string;
  name: string;
  linkId: string;
  distanceM?: number;
  alertedUtc: number;
  coming?: boolean;
  etaMinutes?: number;
}

export interface BystanderState {
  address?: Address & { source: EventOf<'IncidentAddressSet'>['source'] };
  links: Record<string, LinkState>;
  /** Pages on phones, by peer id. */
  pages: Record<string, PageState>;
  /** The newest 50. */
  asks: AskState[];
  photos: (Omit<EventOf<'PhotoAdded'>, 'type'> & { utc: number })[];
  /** What is shown now; absent: what the page shows by itself. */
  guidance?: GuidanceState;
  metronome?: MetronomeState;
  cpr: CprState;
  bases: Record<string, { basis: EventOf<'BasisSet'>['basis']; utc: number }>;
  volunteers: Record<string, VolunteerState>;
}

/**
 * Whether a peer of the public was asked to speak and has neither refused nor been asked to stop: only then is it heard,
 * and hears who guides it, since its voice is on the telephone otherwise (design section 8).
 */
export function isAskedToSpeak({ asks }: Pick<BystanderState, 'asks'>, peerId: string): boolean {
  const asked = asks.filter((ask) => ask.peerId === peerId && ask.what === 'microphone').at(-1);
  if (!asked || asked.on === false) return false;
  return asked.outcome === undefined || asked.outcome === 'done';
}

export function initialBystanderState(): BystanderState {
  return {
    links: {},
    pages: {},
    asks: [],
    photos: [],
    cpr: { marks: [], flags: {}, clocks: {}, summaries: [] },
    bases: {},
    volunteers: {},
  };
}
