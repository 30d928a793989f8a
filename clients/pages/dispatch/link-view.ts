/** The links of an incident as the dispatcher works with them. Pure; how far one has come stands in the contract. */
import {
  type LinkProgress,
  type LinkStepName,
  linkProgress,
  pageOfLink,
} from '../../../signaling/protocol/link-steps.ts';
import type { RoomState } from '../../../signaling/protocol/state.ts';
import type { LinkState } from '../../../signaling/protocol/state-bystander.ts';
import type { Phone } from './phones.ts';

/** Newest first; those that have ended come after those that run. */
export function linksInOrder(state: RoomState): readonly LinkState[] {
  const over = (link: LinkState) => (link.ended === undefined ? 0 : 1);
  return Object.values(state.bystander.links).sort(
    (a, b) => over(a) - over(b) || b.createdUtc - a.createdUtc,
  );
}

/**
 * The link whose steps stand above the picture: of the dispatcher's own for a camera, the one that is live, else the
 * newest that runs, else the newest of all, so that its end is seen.
 */
export function mainLink(state: RoomState): LinkState | undefined {
  const own = linksInOrder(state).filter(
    ({ use, parentLinkId }) => use === 'camera' && parentLinkId === undefined,
  );
  const runs = own.filter(({ ended }) => ended === undefined);
  return runs.find(({ boundTo }) => boundTo !== undefined) ?? runs[0] ?? own[0];
}

/** @param nowUtc UTC as the room counts it, in milliseconds */
export function progressOf(
  state: RoomState,
  link: LinkState,
  phones: readonly Phone[],
  nowUtc: number,
): LinkProgress {
  const page =
    phones.find((phone) => phone.link?.linkId === link.linkId && isBound(phone))?.page ??
    phones.find((phone) => phone.link?.linkId === link.linkId)?.page ??
    pageOfLink(state.bystander.pages, link.linkId);
  return linkProgress(link, page, nowUtc);
}

function isBound({ link, peer }: Phone): boolean {
  return link?.boundTo === peer.principalId;
}

/** What the board says in large letters. */
export type Headline = 'ended' | 'failed' | 'unsent' | 'sending' | LinkStepName;

export function headlineOf(link: LinkState, progress: LinkProgress): Headline {
  if (progress.ended !== undefined) return 'ended';
  if (progress.failure !== undefined) return 'failed';
  if (progress.reached !== undefined) return progress.reached;
  return link.phone === undefined ? 'unsent' : 'sending';
}

/** UTC since when the headline holds, where a step tells it. */
export function sinceOf(link: LinkState, progress: LinkProgress): number {
  const step = progress.steps.find((each) => each.step === progress.reached);
  return step?.utc ?? link.delivery?.utc ?? link.createdUtc;
}

export interface LinkActions {
  /** By SMS again, under a new secret. */
  readonly resend: boolean;
  /** As a QR code or copied. */
  readonly show: boolean;
  readonly revoke: boolean;
  /** A new one for the same purpose: this one is over. */
  readonly again: boolean;
}

export function actionsOf({ ended, boundTo, parentLinkId, phone }: LinkState): LinkActions {
  const runs = ended === undefined;
  // One that nobody opened in time is sent again as it was; the code of a second phone is renewed by the first.
  const free = (runs || ended === 'unopened') && boundTo === undefined && parentLinkId === undefined;
  return { resend: free && phone !== undefined, show: free, revoke: runs, again: !runs && !free };
}

export interface Asking {
  readonly linkId: string;
  readonly openingId: string;
  readonly browser: string | undefined;
  readonly utc: number;
}

/** Browsers that wait to be let in, the first to ask first. */
export function askingOf(state: RoomState): readonly Asking[] {
  return Object.values(state.bystander.links)
    .filter(({ ended }) => ended === undefined)
    .flatMap(({ linkId, openings }) =>
      Object.entries(openings)
        .filter(([, opening]) => opening.state === 'asking')
        .map(([openingId, { browser, utc }]) => ({ linkId, openingId, browser, utc })),
    )
    .sort((a, b) => a.utc - b.utc);
}
