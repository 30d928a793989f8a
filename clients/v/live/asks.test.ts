import assert from 'node:assert/strict';
import { initialRoomState } from '../../../signaling/protocol/state.ts';
import type { AskState } from '../../../signaling/protocol/state-bystander.ts';
import { howToMeet, openAsks } from './asks.ts';

const ask = (askId: string, peerId: string, more: Partial<AskState> = {}): AskState => ({
  askId,
  peerId,
  what: 'torch',
  utc: 0,
  ...more,
});
const idle = { filming: false, coming: false, locating: false, soundRuns: false };
const filming = { ...idle, filming: true };

describe('What the dispatcher asks of a phone', () => {
  it('is what is open, of this phone alone', () => {
    const state = initialRoomState();
    const asks = [ask('a', 'me', { outcome: 'done' }), ask('b', 'other'), ask('c', 'me'), ask('d', 'me')];
    const open = openAsks({ ...state, bystander: { ...state.bystander, asks } }, 'me');
    assert.deepEqual(
      open.map(({ askId }) => askId),
      ['c', 'd'],
    );
  });

  it('waits for a camera that is on its way back, and for nothing else', () => {
    const coming = { ...idle, coming: true };
    for (const what of ['torch', 'zoom', 'flip', 'photo', 'camera'] as const) {
      assert.equal(howToMeet({ what }, coming), 'wait');
    }
    assert.equal(howToMeet({ what: 'location' }, coming), 'key');
    assert.equal(howToMeet({ what: 'torch' }, idle), 'cannot');
  });

  it('is done at once where the picture is live already, and cannot be where it is not', () => {
    for (const what of ['torch', 'zoom', 'flip'] as const) {
      assert.equal(howToMeet({ what }, filming), 'at-once');
      assert.equal(howToMeet({ what }, idle), 'cannot');
    }
    assert.equal(howToMeet({ what: 'photo' }, filming), 'at-once');
    assert.equal(howToMeet({ what: 'photo' }, idle), 'key');
  });

  it('is never done at once where it would let dispatch see, hear or know more than before', () => {
    for (const what of ['camera', 'location', 'second-phone'] as const)
      assert.equal(howToMeet({ what }, idle), 'key');
    assert.equal(howToMeet({ what: 'microphone', on: true }, filming), 'key');
    assert.equal(howToMeet({ what: 'microphone' }, filming), 'key');
    assert.equal(howToMeet({ what: 'microphone', on: false }, filming), 'at-once');
  });
});
