import assert from 'node:assert/strict';
import { type ConnectionFacts, deriveConnection, type MediaFacts } from './connection.ts';

const media: MediaFacts = {
  broken: false,
  everFlowed: true,
  step: undefined,
  lostReason: undefined,
  silence: 'well',
  loss: 0,
};
const well: ConnectionFacts = {
  ended: undefined,
  refused: undefined,
  socket: 'up',
  online: true,
  joined: true,
  everJoined: true,
  media,
};
const say = (facts: Partial<ConnectionFacts>, of: Partial<MediaFacts> = {}) => {
  const { status, reason } = deriveConnection({ ...well, media: { ...media, ...of }, ...facts });
  return `${status}/${reason}`;
};

describe('connection of a session', () => {
  it('is live when facts and media flow, or facts alone where no media was asked for', () => {
    assert.equal(say({}), 'live/none');
    assert.equal(say({ media: undefined }), 'live/none');
  });

  it('is connecting until media has flowed once', () => {
    assert.equal(say({ joined: false, everJoined: false }), 'connecting/none');
    assert.equal(say({ joined: false, everJoined: false, online: false }), 'connecting/offline');
    assert.equal(say({}, { broken: true, everFlowed: false, step: 'new-transports' }), 'connecting/none');
  });

  it('says what is away', () => {
    assert.equal(say({ joined: false, socket: 'reconnecting' }), 'reconnecting/socket-lost');
    assert.equal(say({ joined: false, online: false }), 'reconnecting/offline');
    assert.equal(
      say({}, { broken: true, step: 'ice-restart', silence: 'silent' }),
      'reconnecting/ice-restart',
    );
    assert.equal(say({}, { broken: true, step: 'new-transports' }), 'media-rebuilding/silence');
    assert.equal(say({}, { broken: true, lostReason: 'node-lost' }), 'media-rebuilding/node-lost');
  });

  it('is weak while beats are late or packets are lost', () => {
    assert.equal(say({}, { silence: 'weak' }), 'weak/silence');
    assert.equal(say({}, { loss: 0.1 }), 'weak/loss');
  });

  it('puts the end and a refusal above everything else', () => {
    assert.equal(say({ refused: 'forbidden', joined: false }), 'refused/forbidden');
    assert.equal(say({ ended: 'replaced', refused: 'forbidden' }), 'ended/replaced');
  });
});
