import assert from 'node:assert/strict';
import { initialRoomState, type RoomState } from '../../../signaling/protocol/state.ts';
import { parseDose } from '../live/dose.ts';
import { orderRooms, rolesPresent, roomPath, searchRooms, shortIncident } from '../rooms/rooms-view.ts';
import { passwordProblem } from '../sign-in/password-rule.ts';
import { platformOf } from '../trust/platform.ts';
import { planCameras, startBitrateFor } from './camera-plan.ts';
import { helpView } from './help-view.ts';
import { gaugeArc, gaugeFraction, gradeLoss, gradeRtt, gradeUp, verdict } from './precheck-view.ts';
import { viewersOf } from './viewers.ts';

const camera = (
  deviceId: string,
  label: string,
  more: { maxHeight?: number; facing?: 'environment' | 'user' } = {},
) => ({
  deviceId,
  label,
  kind: 'camera' as const,
  ...more,
});
const unnamed = (n: number) => `Camera ${n}`;

describe('The cameras of a vehicle', () => {
  it('all go live, the one with most lines on the patient, a capture card as the monitor', () => {
    const planned = planCameras(
      [
        camera('a', 'Ceiling (046d:085b)', { maxHeight: 1080 }),
        camera('b', 'USB HDMI capture'),
        camera('c', '', { maxHeight: 2160 }),
      ],
      unnamed,
    );
    assert.deepEqual(
      planned.map(({ deviceId, label, role }) => [deviceId, label, role]),
      [
        ['c', 'Camera 1', 'patient'],
        ['a', 'Ceiling', 'overview'],
        ['b', 'USB HDMI capture', 'monitor'],
      ],
    );
    assert.equal(planned[2]?.contentHint, 'detail');
  });
  it('of a phone are the rear one only, since it opens one at a time', () => {
    const planned = planCameras(
      [camera('f', 'front', { facing: 'user' }), camera('r', 'back', { facing: 'environment' })],
      unnamed,
    );
    assert.deepEqual(
      planned.map((each) => each.deviceId),
      ['r'],
    );
  });
  it('share what the uplink was measured to carry', () => {
    assert.equal(startBitrateFor(10e6, 2), 4e6);
    assert.equal(startBitrateFor(undefined, 2), undefined);
  });
  it('show who receives them, best first, without those who left', () => {
    const who = {
      principalId: 'x',
      role: 'specialist' as const,
      organisationId: 'o',
      speaksHere: true,
      joinedAt: 0,
      link: 'up' as const,
      muted: { audio: false, video: false },
    };
    const state = {
      ...initialRoomState(),
      peers: { a: { ...who, peerId: 'a', name: 'A' }, b: { ...who, peerId: 'b', name: 'B' } },
    };
    const rungs = new Map([
      ['a/p', '540'],
      ['b/p', '2160'],
      ['gone/p', '1080'],
      ['a/q', '1080'],
    ] as const);
    assert.deepEqual(
      viewersOf(state, rungs, 'p').map(({ name, rung }) => [name, rung]),
      [
        ['B', '2160'],
        ['A', '540'],
      ],
    );
  });
});

describe('The call for help', () => {
  const call = { callId: 'h', by: 'c', patientId: 'P1', at: 2000, ringingAt: [], seenBy: [] };
  const state = (help: RoomState['help']): RoomState => ({
    ...initialRoomState(),
    anchor: { at: 0, utc: 100_000 },
    help,
  });
  it('shows the telephone after 15 s without an answer and not before', () => {
    assert.equal(helpView(state({}), 0).stage, 'idle');
    assert.equal(helpView(state({ h: call }), 116_999).showPhone, false);
    assert.equal(helpView(state({ h: call }), 117_000).showPhone, true);
  });
  it('stays answered until the next call, and is over when it was withdrawn', () => {
    const answeredBy = { principalId: 'd', name: 'D' };
    assert.deepEqual(helpView(state({ h: { ...call, answeredBy } }), 200_000).showPhone, false);
    assert.equal(helpView(state({ h: { ...call, answeredBy } }), 200_000).stage, 'answered');
    assert.equal(helpView(state({ h: { ...call, ended: 'cancelled' } }), 200_000).stage, 'idle');
    assert.equal(
      helpView(state({ h: { ...call, answeredBy }, i: { ...call, callId: 'i', at: 9000 } }), 110_000).stage,
      'ringing',
    );
  });
});

describe('The pre-check', () => {
  it('grades the link by what it can carry', () => {
    assert.deepEqual([90, 300, 700, undefined].map(gradeRtt), ['good', 'fair', 'poor', 'unknown']);
    assert.deepEqual([20e6, 3e6, 1e6].map(gradeUp), ['good', 'fair', 'poor']);
    assert.deepEqual([0, 0.03, 0.2].map(gradeLoss), ['good', 'fair', 'poor']);
    assert.deepEqual((['1080', '540', 'still', undefined] as const).map(verdict), [
      'good',
      'fair',
      'poor',
      'unknown',
    ]);
  });
  it('draws a half circle', () => {
    assert.equal(gaugeFraction(undefined), 0);
    assert.equal(gaugeFraction(5e7), 1);
    assert.equal(gaugeArc(1), 'M10 50A40 40 0 0 1 90.00 50.00');
    assert.equal(gaugeArc(0.5), 'M10 50A40 40 0 0 1 50.00 10.00');
  });
});

describe('Small judgements of the pages', () => {
  const room = {
    roomId: 'r',
    incidentId: 'i',
    title: 'Chest pain',
    drill: false,
    createdUtc: 1,
    peers: [],
    patients: [],
    pictures: 0,
    unitIds: [],
    access: 'member' as const,
  };
  it('order rooms by who needs someone', () => {
    const ringing = { ...room, roomId: 'ring', ringing: { callId: 'c', sinceUtc: 1, fromName: 'A12' } };
    const closed = { ...room, roomId: 'closed', access: 'break-glass' as const, createdUtc: 99 };
    const seen = { ...room, roomId: 'seen', pictures: 2 };
    assert.deepEqual(
      orderRooms([closed, room, seen, ringing]).map((each) => each.roomId),
      ['ring', 'seen', 'r', 'closed'],
    );
    assert.equal(searchRooms([room], 'CHEST').length, 1);
    assert.equal(searchRooms([room], 'stroke').length, 0);
    const peers = [
      { role: 'crew' as const, organisationId: 'o', name: 'A' },
      { role: 'crew' as const, organisationId: 'o', name: 'B' },
    ];
    assert.deepEqual(rolesPresent({ ...room, peers }), [{ role: 'crew', names: ['A', 'B'] }]);
  });
  it('send crews to the ambulance page and doctors to the consult page', () => {
    assert.equal(roomPath(['crew', 'wearer'], 'r'), '/ambulance/r');
    assert.equal(roomPath(['specialist'], 'r'), '/consult/r');
  });
  it('shorten ids that nobody reads aloud', () => {
    assert.equal(shortIncident('01a1f90e-b60c-79d1-8fb9-c1e9b3c7fe01'), 'c7fe01');
    assert.equal(shortIncident('2026-0815'), '2026-0815');
  });
  it('read doses as people type them and refuse what is none', () => {
    assert.equal(parseDose('0,5'), 0.5);
    assert.deepEqual(['', '0', '-1', 'x', '1e9'].map(parseDose), Array(5).fill(undefined));
  });
  it('refuse passwords that are short, old or typed differently twice', () => {
    assert.equal(passwordProblem('old password', 'short', 'short'), 'short');
    assert.equal(passwordProblem('long enough 1', 'long enough 1', 'long enough 1'), 'same');
    assert.equal(passwordProblem('a', 'long enough 1', 'long enough 2'), 'differ');
    assert.equal(passwordProblem('a', 'long enough 1', 'long enough 1'), undefined);
  });
  it('tell an iPad from a Mac by its touch screen', () => {
    assert.equal(platformOf('Mozilla/5.0 (Macintosh; Intel Mac OS X)', 5), 'ios');
    assert.equal(platformOf('Mozilla/5.0 (Macintosh; Intel Mac OS X)', 0), 'macos');
    assert.equal(platformOf('Mozilla/5.0 (Linux; Android 14)', 5), 'android');
  });
});
