import assert from 'node:assert/strict';
import type { SourceRole } from '../../../signaling/protocol/media.ts';
import { initialRoomState, type SourceState } from '../../../signaling/protocol/state.ts';
import { demonstrated } from './demonstration.ts';

const source = (producerId: string, role: SourceRole, more: Partial<SourceState> = {}): SourceState => ({
  producerId,
  peerId: 'desk',
  kind: 'video',
  mimeType: 'video/VP8',
  source: { role, label: 'Desk', patientId: 'scene' },
  paused: false,
  publishedAt: 0,
  ...more,
});

describe('What dispatch shows of how it is done', () => {
  const shown = (...sources: SourceState[]) =>
    demonstrated(
      { ...initialRoomState(), sources: Object.fromEntries(sources.map((each) => [each.producerId, each])) },
      'me',
    );

  it('is the newest demonstration, and no other picture', () => {
    assert.equal(shown(source('face', 'face'), source('cot', 'patient')), undefined);
    const older = source('older', 'demonstration');
    assert.equal(shown(older, source('newer', 'demonstration', { publishedAt: 5 })), 'newer');
  });

  it('is nothing while it is paused, made here, or only a copy in another encoding', () => {
    const copy = { role: 'demonstration', label: 'Desk', patientId: 'scene', alternativeOf: 'main' } as const;
    assert.equal(shown(source('a', 'demonstration', { paused: true })), undefined);
    assert.equal(shown(source('a', 'demonstration', { peerId: 'me' })), undefined);
    assert.equal(shown(source('a', 'demonstration', { source: copy })), undefined);
  });
});
