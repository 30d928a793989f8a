import assert from 'node:assert/strict';
import { neighbourPhoto, photosOf } from './photos/photos-view.ts';
import { linkState, peerState, roomWith, UTC } from './testing.ts';
import { nearestFree, volunteerRows } from './volunteers/volunteers-view.ts';

describe('Photos of phones', () => {
  const photo = (photoId: string, utc: number, change = {}) => ({
    photoId,
    peerId: 'p1',
    sha256: '0'.repeat(64),
    mimeType: 'image/jpeg' as const,
    bytes: 2_000_000,
    utc,
    ...change,
  });
  const room = roomWith([linkState()], [peerState()]);
  const photos = [
    photo('a', UTC),
    photo('b', UTC + 5, { askId: 'k', mimeType: 'image/heic', peerId: 'gone' }),
  ];
  const state = { ...room, bystander: { ...room.bystander, photos } };

  it('stand newest first, with the phone that sent them and whether it was asked', () => {
    const views = photosOf(state, 'r 1', false);
    assert.deepEqual(
      views.map(({ photoId, number, asked }) => [photoId, number, asked]),
      [
        ['b', undefined, true],
        ['a', 1, false],
      ],
    );
    assert.equal(views[1]?.url, '/api/rooms/r%201/photos/a');
  });

  it('of a format that the browser cannot show are offered to be saved', () => {
    assert.deepEqual(
      photosOf(state, 'r', false).map(({ shown }) => shown),
      [false, true],
    );
    assert.deepEqual(
      photosOf(state, 'r', true).map(({ shown }) => shown),
      [true, true],
    );
  });

  it('are stepped through by age and end at both ends', () => {
    const views = photosOf(state, 'r', true);
    assert.equal(neighbourPhoto(views, 'b', 'older')?.photoId, 'a');
    assert.equal(neighbourPhoto(views, 'a', 'older'), undefined);
    assert.equal(neighbourPhoto(views, 'b', 'newer'), undefined);
    assert.equal(neighbourPhoto(views, 'x', 'newer'), undefined);
  });
});

describe('Volunteers near an incident', () => {
  const near = [
    { volunteerId: 'v1', name: 'A', distanceM: 100, alerted: false },
    { volunteerId: 'v2', name: 'B', distanceM: 200, alerted: false },
    { volunteerId: 'v3', name: 'C', alerted: false },
  ];
  const alerted = (coming?: boolean, link: Parameters<typeof linkState>[0] = {}) => {
    const made = linkState({ linkId: 'lv', use: 'volunteer', ...link });
    const room = roomWith([made], []);
    const volunteer = {
      volunteerId: 'v2',
      name: 'B',
      linkId: 'lv',
      distanceM: 200,
      alertedUtc: UTC,
      ...(coming === undefined ? {} : { coming, etaMinutes: 4 }),
    };
    return { ...room, bystander: { ...room.bystander, volunteers: { v2: volunteer } } };
  };
  const stepOf = (state: ReturnType<typeof roomWith>) =>
    volunteerRows(near, state).find(({ volunteerId }) => volunteerId === 'v2')?.step;

  it('are asked nearest first, and those alerted stand above', () => {
    const rows = volunteerRows(near, alerted());
    assert.deepEqual(
      rows.map(({ volunteerId }) => volunteerId),
      ['v2', 'v1', 'v3'],
    );
    assert.deepEqual(
      nearestFree(rows).map(({ volunteerId }) => volunteerId),
      ['v1', 'v3'],
    );
  });

  it('stand below again when they cannot come', () => {
    const rows = volunteerRows(near, alerted(false));
    assert.deepEqual(
      rows.map(({ volunteerId }) => volunteerId),
      ['v1', 'v3', 'v2'],
    );
  });

  it('are as far as their message and their answer say', () => {
    assert.equal(stepOf(alerted()), 'alerted');
    const delivery = { messageId: 'm', utc: UTC };
    assert.equal(stepOf(alerted(undefined, { delivery: { ...delivery, state: 'failed' } })), 'failed');
    assert.equal(stepOf(alerted(undefined, { deliveredUtc: UTC })), 'delivered');
    assert.equal(stepOf(alerted(undefined, { deliveredUtc: UTC, openedUtc: UTC })), 'opened');
    assert.equal(stepOf(alerted(true, { openedUtc: UTC })), 'coming');
    assert.equal(stepOf(alerted(true, { ended: 'revoked' })), 'ended');
    const [first] = volunteerRows(near, alerted(true));
    assert.equal(first?.etaMinutes, 4);
  });

  it('who were alerted are kept while the register cannot be read', () => {
    assert.deepEqual(
      volunteerRows([], alerted()).map(({ name }) => name),
      ['B'],
    );
  });
});
