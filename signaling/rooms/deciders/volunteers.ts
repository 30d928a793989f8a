/** Decisions about volunteers near the incident: who was alerted, who comes. */
import { STAFF } from '../../protocol/audience.ts';
import type { Deciders } from '../types.ts';
import { assertOpen, forbidden, notFound, told, unchanged } from './rules.ts';
import { assertGuides, ownLinkOf, peerAtScene, staffAnd } from './scene-rules.ts';

export const volunteerDeciders = {
  // Alerting again is a new link, when the former one has ended unopened.
  'volunteer.alerted': (state, { volunteerId, name, linkId, distanceM }, actor) => {
    assertOpen(state);
    assertGuides(actor, 'alert volunteers');
    if (!state.bystander.links[linkId]) throw notFound('link', 'Make the link of the volunteer first.');
    if (state.bystander.volunteers[volunteerId]?.linkId === linkId) return unchanged();
    const alerted = { volunteerId, name, linkId, ...(distanceM === undefined ? {} : { distanceM }) };
    const event = { type: 'VolunteerAlerted' as const, ...alerted, by: actor.principalId };
    return told({ audience: STAFF, events: [event] });
  },

  'volunteer.answer': (state, { coming, etaMinutes }, actor) => {
    assertOpen(state);
    const peer = peerAtScene(state, actor);
    const linkId = ownLinkOf(state, peer)?.linkId;
    const alerted = Object.values(state.bystander.volunteers).find((known) => known.linkId === linkId);
    if (!alerted) throw forbidden('Only a volunteer who was alerted answers.', 'Nothing needs to be done.');
    const eta = coming && etaMinutes !== undefined ? { etaMinutes } : {};
    const same = eta.etaMinutes === undefined || alerted.etaMinutes === eta.etaMinutes;
    if (alerted.coming === coming && same) return unchanged();
    const answer = { volunteerId: alerted.volunteerId, coming, ...eta };
    return told({ audience: staffAnd(peer.peerId), events: [{ type: 'VolunteerAnswered', ...answer }] });
  },
} satisfies Partial<Deciders>;
