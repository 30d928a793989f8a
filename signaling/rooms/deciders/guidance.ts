/** Decisions about guidance: cards that are pushed and shown, and the metronome, which never leaves 100 to 120. */
import type { Audience } from '../../protocol/audience.ts';
import { METRONOME_RATE } from '../../protocol/guidance.ts';
import type { RoomState } from '../../protocol/state.ts';
import type { GuidanceState } from '../../protocol/state-bystander.ts';
import type { RoomCommandParams } from '../commands.ts';
import type { Actor, Deciders, FactGroup } from '../types.ts';
import {
  assertOpen,
  badRequest,
  conflict,
  forbidden,
  idFor,
  notFound,
  peerOf,
  told,
  unchanged,
} from './rules.ts';
import { assertGuides, isAtScene, ownLinkOf, peerAtScene, STAFF_AND_SCENE, staffAnd } from './scene-rules.ts';

type MetronomeSet = RoomCommandParams<'metronome.set'>;

export const guidanceDeciders = {
  'guidance.pushed': (state, { cardId, version, approved, peerId }, actor) => {
    assertOpen(state);
    assertGuides(actor, 'push a card');
    if (peerId !== undefined && !isAtScene(peerOf(state, peerId).role))
      throw badRequest('Cards are pushed to the public at the scene.', 'Choose a bystander or a volunteer.');
    const pushId = idFor(state, 'g');
    const pushed = { pushId, cardId, version, approved, ...(peerId === undefined ? {} : { peerId }) };
    const event = { type: 'GuidancePushed' as const, ...pushed, by: actor.principalId };
    const facts = [...clearedFor(state, peerId, actor), { audience: readers(peerId), events: [event] }];
    return { facts, result: { pushId } };
  },

  'guidance.shown': (state, { pushId, version }, actor) => {
    assertOpen(state);
    const { peerId } = peerAtScene(state, actor);
    const pushed = pushOf(state, pushId);
    if (pushed.peerId !== undefined && pushed.peerId !== peerId) throw noSuchPush();
    if (pushed.version !== version)
      throw badRequest(
        'Another version was pushed.',
        'Load the cards anew and show the version that was pushed.',
      );
    if (pushed.shownBy.includes(peerId)) return unchanged();
    return told({ audience: staffAnd(peerId), events: [{ type: 'GuidanceShown', pushId, peerId, version }] });
  },

  'guidance.clear': (state, { pushId }, actor) => {
    assertOpen(state);
    assertGuides(actor, 'take a card back');
    // Another card may have taken its place meanwhile.
    const pushed = state.bystander.guidance;
    if (pushed?.pushId !== pushId) return unchanged();
    return told(cleared(pushed, actor));
  },

  'metronome.set': (state, params, actor) => {
    assertOpen(state);
    const now = state.bystander.metronome;
    if (!mayChange(state, params, actor)) return unchanged();
    const set = {
      on: params.on,
      rate: Math.min(METRONOME_RATE.most, Math.max(METRONOME_RATE.least, rateOf(state, params))),
      mode: params.mode ?? now?.mode ?? 'continuous',
      source: params.source,
      ...(params.reason === undefined ? {} : { reason: params.reason }),
    };
    if (now && now.on === set.on && now.rate === set.rate && now.mode === set.mode) return unchanged();
    const event = { type: 'MetronomeSet' as const, ...set, by: actor.principalId };
    return told({ audience: STAFF_AND_SCENE, events: [event] });
  },
} satisfies Partial<Deciders>;

/** The rate it goes on with; each new start begins at 110. */
function rateOf(state: RoomState, { rate, on }: MetronomeSet): number {
  const now = state.bystander.metronome;
  return rate ?? (now && (now.on || !on) ? now.rate : METRONOME_RATE.normal);
}

/** Who may change it how; false where it has to stay as it is. Throws `forbidden`, `bad-request` and `conflict`. */
function mayChange(state: RoomState, params: MetronomeSet, actor: Actor): boolean {
  switch (params.source) {
    case 'page':
      return mayStartItself(state, params, actor);
    case 'bystander':
      return mayStop(state, params, actor);
    case 'measured':
      assertGuides(actor, 'let the measured rate lead the metronome');
      if (!params.on || params.rate === undefined)
        throw badRequest('The measure gives a rate and nothing else.', 'Send the rate, from 100 to 120.');
      if (state.bystander.metronome?.on !== true)
        throw conflict('The metronome is off.', 'Start it first, by the key of the dispatcher.', 'off');
      return true;
    default:
      assertGuides(actor, 'set the metronome');
      return true;
  }
}

/**
 * By itself a page starts it for an arrest alone, and only before anybody has decided: what was stopped because the patient
 * moves must not begin again because a page was reloaded.
 */
function mayStartItself(state: RoomState, { on }: MetronomeSet, actor: Actor): boolean {
  const peer = peerAtScene(state, actor);
  if (ownLinkOf(state, peer)?.need !== 'arrest')
    throw forbidden('By itself the metronome starts for an arrest alone.', 'The dispatcher may start it.');
  if (!on) throw badRequest('A page does not stop it by itself.', 'Give the reason: moves or breathes.');
  return state.bystander.metronome === undefined;
}

function mayStop(state: RoomState, { on, reason }: MetronomeSet, actor: Actor): boolean {
  peerAtScene(state, actor);
  // Who stopped it because the patient moved sees first that the breathing ends: that stop may be taken back at the scene.
  const { metronome } = state.bystander;
  if (on && reason === undefined && metronome?.on === false && metronome.source === 'bystander') return true;
  if (on) throw forbidden('Only the dispatcher starts it again.', 'Ask the dispatcher on the phone.');
  if (reason === undefined) throw badRequest('The reason is missing.', 'Give it: moves or breathes.');
  return true;
}

/** Where others could see the card before, they are told that it is gone: they do not learn of the new one. */
function clearedFor(state: RoomState, peerId: string | undefined, actor: Actor): FactGroup[] {
  const before = state.bystander.guidance;
  return before && before.peerId !== peerId ? [cleared(before, actor)] : [];
}

function cleared({ pushId, peerId }: GuidanceState, actor: Actor): FactGroup {
  const event = { type: 'GuidanceCleared' as const, pushId, by: actor.principalId };
  return { audience: readers(peerId), events: [event] };
}

function readers(peerId: string | undefined): Audience {
  return peerId === undefined ? STAFF_AND_SCENE : staffAnd(peerId);
}

function pushOf(state: RoomState, pushId: string): GuidanceState {
  const pushed = state.bystander.guidance;
  if (pushed?.pushId === pushId) return pushed;
  throw noSuchPush();
}

function noSuchPush() {
  return notFound('card', 'It may have been taken back; show what is pushed now.');
}
