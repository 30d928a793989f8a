/**
 * The contents page of signaling: every method of the contract with who may call it, what happens, and which budget
 * it counts against. Parsers stand beside the names in `protocol/methods.ts`.
 */

import { CLINICAL_ROLES, ROLES, STAFF_ROLES } from '../protocol/roles.ts';
import { DRAWING_ROLES } from '../protocol/state-marks.ts';
import { admitOrganisation, assignUnit } from './admit.ts';
import { mediaEntry, memberFact, peerFact } from './facts.ts';
import { alertVolunteers, pushCard } from './guide.ts';
import { invite, revokeInvite } from './invites.ts';
import { joinRoom, leaveRoom, readEntries } from './join.ts';
import { createLink, resendLink, revokeLink, secondPhone } from './links.ts';
import { addMark, beginMark, cancelMark, handPoseOn, handStillSignalOn, movePen } from './marks.ts';
import { handMeasureOn } from './measure.ts';
import { mergeIncident, movePatient } from './patients.ts';
import { removePeer } from './remove.ts';
import { ANSWERING, AT_PATIENT, BY_LINK, CENTRAL, DOCTORS, LEADING } from './roles.ts';
import { breakGlass, createRoom, listRooms } from './rooms.ts';
import { speakHere } from './speak.ts';
import type { MethodTable } from './types.ts';

const ANYONE = ROLES;
const CLINICAL = CLINICAL_ROLES;

export const METHODS_TABLE = {
  'clock.sync': {
    rate: 'volatile',
    who: 'signed-in',
    handle: async ({ services }) => ({ utc: services.now() }),
  },
  'rooms.list': { rate: 'join', who: 'signed-in', handle: listRooms },

  'room.create': {
    rate: 'join',
    who: 'signed-in',
    roles: LEADING,
    command: true,
    audited: true,
    handle: createRoom,
  },
  'room.breakGlass': {
    rate: 'join',
    who: 'outsider',
    roles: CLINICAL,
    command: true,
    audited: true,
    handle: breakGlass,
  },
  'room.join': { rate: 'join', who: 'signed-in', handle: joinRoom },
  'room.leave': { rate: 'join', who: 'peer', roles: ANYONE, handle: leaveRoom },
  'room.entries': { rate: 'join', who: 'peer', roles: ANYONE, handle: readEntries },
  'room.invite': { rate: 'fact', who: 'peer', roles: CLINICAL, audited: true, handle: invite },
  'room.revokeInvite': { rate: 'fact', who: 'peer', roles: CLINICAL, audited: true, handle: revokeInvite },
  // Who leads may close, hand over, remove, mute and spotlight: the room's deciders know who that is.
  'room.close': peerFact('room.close', LEADING, { audited: true }),
  'room.handOverLead': peerFact('room.handOverLead', CLINICAL, { audited: true }),
  'room.removePeer': {
    rate: 'fact',
    who: 'peer',
    roles: CLINICAL,
    command: true,
    audited: true,
    handle: removePeer,
  },
  'room.admit': {
    rate: 'fact',
    who: 'peer',
    roles: LEADING,
    command: true,
    audited: true,
    handle: admitOrganisation,
  },
  'room.spotlight': peerFact('room.spotlight', CLINICAL),
  'room.assignUnit': {
    rate: 'fact',
    who: 'peer',
    roles: CENTRAL,
    command: true,
    audited: true,
    handle: assignUnit,
  },
  'room.releaseUnit': peerFact('room.releaseUnit', LEADING, { audited: true }),
  'incident.merge': {
    rate: 'fact',
    who: 'peer',
    roles: CENTRAL,
    command: true,
    audited: true,
    handle: mergeIncident,
  },

  'peer.mute': peerFact('peer.mute', ANYONE),
  'peer.speakHere': { rate: 'fact', who: 'peer', roles: ANYONE, handle: speakHere },

  'patient.add': peerFact('patient.add', CLINICAL),
  'patient.identify': peerFact('patient.identify', CLINICAL),
  'patient.move': {
    rate: 'fact',
    who: 'peer',
    roles: LEADING,
    command: true,
    audited: true,
    handle: movePatient,
  },
  'source.change': peerFact('source.change', STAFF_ROLES),

  'chat.send': peerFact('chat.send', ANYONE),
  'chat.receipt': peerFact('chat.receipt', ANYONE, { rate: 'volatile' }),
  'timeNode.set': peerFact('timeNode.set', CLINICAL),
  'drug.record': peerFact('drug.record', AT_PATIENT),
  'device.record': peerFact('device.record', AT_PATIENT),
  'order.give': peerFact('order.give', DOCTORS),
  'order.readBack': peerFact('order.readBack', AT_PATIENT),
  'order.close': peerFact('order.close', [...AT_PATIENT, ...DOCTORS]),

  // Whoever leads may see to it that a recording runs; switching one off takes those who oversee the incident.
  'recording.start': peerFact('recording.start', LEADING, { audited: true }),
  'recording.stop': peerFact('recording.stop', CENTRAL, { audited: true }),

  'help.call': peerFact('help.call', [...AT_PATIENT, 'dispatcher']),
  'help.seen': memberFact('help.seen', ANSWERING),
  'help.answer': memberFact('help.answer', ANSWERING),
  'help.cancel': peerFact('help.cancel', [...AT_PATIENT, 'dispatcher']),

  'link.create': {
    rate: 'fact',
    who: 'peer',
    roles: CENTRAL,
    command: true,
    audited: true,
    handle: createLink,
  },
  'link.resend': {
    rate: 'fact',
    who: 'peer',
    roles: CENTRAL,
    command: true,
    audited: true,
    handle: resendLink,
  },
  'link.revoke': {
    rate: 'fact',
    who: 'peer',
    roles: CENTRAL,
    command: true,
    audited: true,
    handle: revokeLink,
  },
  'link.second': {
    rate: 'fact',
    who: 'peer',
    roles: BY_LINK,
    command: true,
    audited: true,
    handle: secondPhone,
  },
  'link.answer': peerFact('link.answer', CENTRAL, { audited: true }),
  'link.goLive': peerFact('link.goLive', BY_LINK, { audited: true }),
  'notice.accept': peerFact('notice.accept', BY_LINK),
  'bystander.release': peerFact('bystander.release', LEADING, { audited: true }),

  // The public at the scene is guided by the centre, and by the crew once it is there.
  'incident.setAddress': peerFact('incident.setAddress', CENTRAL),
  'page.report': peerFact('page.report', BY_LINK),
  'location.report': peerFact('location.report', BY_LINK),
  'bystander.ask': peerFact('bystander.ask', LEADING),
  'bystander.answer': peerFact('bystander.answer', BY_LINK),
  'basis.set': peerFact('basis.set', CLINICAL, { audited: true }),
  'guidance.push': { rate: 'fact', who: 'peer', roles: LEADING, command: true, handle: pushCard },
  'guidance.shown': peerFact('guidance.shown', BY_LINK),
  'guidance.clear': peerFact('guidance.clear', LEADING),
  'metronome.set': peerFact('metronome.set', [...LEADING, ...BY_LINK]),
  'cpr.mark': peerFact('cpr.mark', [...LEADING, ...BY_LINK]),
  'cpr.flag': peerFact('cpr.flag', [...LEADING, ...BY_LINK]),
  'cpr.summarise': peerFact('cpr.summarise', [...LEADING, ...BY_LINK]),
  'cpr.measure': { rate: 'volatile', who: 'peer', roles: [...LEADING, ...BY_LINK], handle: handMeasureOn },
  'tcpr.set': peerFact('tcpr.set', LEADING),
  'volunteer.alert': {
    rate: 'fact',
    who: 'peer',
    roles: CENTRAL,
    command: true,
    audited: true,
    handle: alertVolunteers,
  },
  'volunteer.answer': peerFact('volunteer.answer', ['volunteer']),

  // Who of these may draw where is a matter of the floor: the room's deciders know it (`mayDraw`).
  'mark.add': { rate: 'fact', who: 'peer', roles: DRAWING_ROLES, command: true, handle: addMark },
  'mark.undo': peerFact('mark.undo', DRAWING_ROLES),
  'mark.redo': peerFact('mark.redo', DRAWING_ROLES),
  'mark.erase': peerFact('mark.erase', DRAWING_ROLES),
  'mark.clear': peerFact('mark.clear', DRAWING_ROLES),
  'mark.begin': { rate: 'fact', who: 'peer', roles: DRAWING_ROLES, handle: beginMark },
  'mark.points': { rate: 'volatile', who: 'peer', roles: DRAWING_ROLES, handle: movePen },
  'mark.cancel': { rate: 'volatile', who: 'peer', roles: DRAWING_ROLES, handle: cancelMark },
  'mark.pose': { rate: 'volatile', who: 'peer', roles: STAFF_ROLES, handle: handPoseOn },
  'floor.set': peerFact('floor.set', CLINICAL, { audited: true }),
  'marks.switch': peerFact('marks.switch', AT_PATIENT),
  'wearer.report': peerFact('wearer.report', AT_PATIENT),
  'image.show': peerFact('image.show', DRAWING_ROLES),
  'still.signal': { rate: 'media', who: 'peer', roles: STAFF_ROLES, handle: handStillSignalOn },

  'media.start': mediaEntry('media.start', ANYONE),
  'media.createTransport': mediaEntry('media.createTransport', ANYONE),
  'media.connectTransport': mediaEntry('media.connectTransport', ANYONE),
  'media.restartIce': mediaEntry('media.restartIce', ANYONE),
  'media.closeTransport': mediaEntry('media.closeTransport', ANYONE),
  'media.produce': mediaEntry('media.produce', ANYONE),
  'media.closeProducer': mediaEntry('media.closeProducer', ANYONE),
  'media.pauseProducer': mediaEntry('media.pauseProducer', ANYONE),
  'media.announceRung': mediaEntry('media.announceRung', ANYONE),
  'media.produceData': mediaEntry('media.produceData', ANYONE),
  'media.closeDataProducer': mediaEntry('media.closeDataProducer', ANYONE),
  'media.views': mediaEntry('media.views', ANYONE, 'volatile'),
  'media.consumerReady': mediaEntry('media.consumerReady', ANYONE),
  'media.consumerFailed': mediaEntry('media.consumerFailed', ANYONE),
  'media.report': mediaEntry('media.report', ANYONE, 'volatile'),
} as const satisfies MethodTable;
