/** The phones of the public in a room: whose they are, by which link they came, what they said of themselves. Pure. */
import type { PageReport } from '../../../signaling/protocol/events-bystander.ts';
import { linkOf, openingOf } from '../../../signaling/protocol/openings.ts';
import type { PeerState, RoomState, SourceState } from '../../../signaling/protocol/state.ts';
import type { LinkState, PageState } from '../../../signaling/protocol/state-bystander.ts';

export interface Phone {
  readonly peerId: string;
  /** Counted by joining, from 1, for words such as "phone 2". */
  readonly number: number;
  readonly peer: PeerState;
  readonly page: PageState;
  readonly link: LinkState | undefined;
  /** The camera's source while it is live. */
  readonly picture: SourceState | undefined;
}

/** Phones that are in the room now, the first to come first. */
export function phonesOf(state: RoomState): readonly Phone[] {
  return Object.values(state.peers)
    .filter(({ role }) => role === 'bystander' || role === 'volunteer')
    .sort((a, b) => a.joinedAt - b.joinedAt)
    .map((peer, index) => ({
      peerId: peer.peerId,
      number: index + 1,
      peer,
      page: state.bystander.pages[peer.peerId] ?? {},
      link: linkOfPhone(state, peer),
      picture: Object.values(state.sources).find(
        ({ peerId, kind }) => peerId === peer.peerId && kind === 'video',
      ),
    }));
}

/** A page names its link once its notice was accepted; before that its session, which is the opening, tells. */
function linkOfPhone({ bystander }: RoomState, { peerId, principalId }: PeerState): LinkState | undefined {
  const named = bystander.pages[peerId]?.linkId;
  return named === undefined ? openingOf(bystander, principalId)?.link : linkOf(bystander, named);
}

/** The phone that keys and controls are about: the one whose picture is shown, else one that films, else the first. */
export function phoneInHand(phones: readonly Phone[], shownPeerId: string | undefined): Phone | undefined {
  return (
    phones.find(({ peerId }) => peerId === shownPeerId) ??
    phones.find(({ picture }) => picture !== undefined) ??
    phones.find(({ link }) => link?.use !== 'chest') ??
    phones[0]
  );
}

export type Tone = 'good' | 'warn' | 'bad' | 'plain';
/** One thing a phone said of itself; pages put name and value into words. */
export interface PhoneFact {
  readonly name: 'link' | 'visible' | 'sound' | 'wakeLock' | 'battery' | 'language' | 'microphone';
  readonly value: string;
  readonly tone: Tone;
  /** Of the battery: 0 to 1. */
  readonly level?: number;
}

const soundTones: Record<NonNullable<PageReport['sound']>, Tone> = {
  runs: 'good',
  blocked: 'warn',
  off: 'plain',
  unsupported: 'plain',
};
/** Below this a phone that is not charging may die during the call. */
const LOW_BATTERY = 0.15;

/** What is worth a place beside the picture; what was never said is left out. */
export function factsOf(phone: Phone, silent: boolean): readonly PhoneFact[] {
  const { page, peer } = phone;
  const facts: PhoneFact[] = [];
  if (peer.link === 'lost') facts.push({ name: 'link', value: 'lost', tone: 'bad' });
  else if (silent) facts.push({ name: 'link', value: 'silent', tone: 'bad' });
  if (page.visible === false) facts.push({ name: 'visible', value: 'no', tone: 'bad' });
  if (page.sound !== undefined)
    facts.push({ name: 'sound', value: page.sound, tone: soundTones[page.sound] });
  if (page.microphone !== undefined && page.microphone !== 'off') {
    facts.push({
      name: 'microphone',
      value: page.microphone,
      tone: page.microphone === 'live' ? 'good' : 'warn',
    });
  }
  if (page.battery !== undefined) facts.push(batteryOf(page.battery));
  if (page.wakeLock !== undefined && page.wakeLock !== 'held')
    facts.push({ name: 'wakeLock', value: page.wakeLock, tone: 'warn' });
  if (page.language !== undefined) facts.push({ name: 'language', value: page.language, tone: 'plain' });
  return facts;
}

function batteryOf({ level, charging }: NonNullable<PageReport['battery']>): PhoneFact {
  const low = level <= LOW_BATTERY && !charging;
  return {
    name: 'battery',
    value: charging ? 'charging' : 'level',
    tone: low ? 'bad' : 'plain',
    level,
  };
}
