/** Which link a browser came by, and how it stands there. Pure, for rooms, visibility and pages alike. */
import type { OpeningState } from './links.ts';
import type { BystanderState, LinkState } from './state-bystander.ts';

export interface FoundOpening {
  readonly link: LinkState;
  readonly state: OpeningState;
}

/** @param openingId the principal of the guest that the opening made */
export function openingOf({ links }: BystanderState, openingId: string): FoundOpening | undefined {
  for (const link of Object.values(links)) {
    const opening = Object.hasOwn(link.openings, openingId) ? link.openings[openingId] : undefined;
    if (opening) return { link, state: link.ended === undefined ? opening.state : 'ended' };
  }
  return undefined;
}

/** A link by id; ids from outside may be any string. */
export function linkOf({ links }: BystanderState, linkId: string): LinkState | undefined {
  return Object.hasOwn(links, linkId) ? links[linkId] : undefined;
}

/** Links made from the page of this one that have not ended: second phones. */
export function childrenOf({ links }: BystanderState, linkId: string): LinkState[] {
  return Object.values(links).filter((link) => link.parentLinkId === linkId && link.ended === undefined);
}
