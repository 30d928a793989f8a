import assert from 'node:assert/strict';
import { FakeMediaStreamTrack } from 'fake-mediastreamtrack';
import { applyControls, hasTorch, NO_ZOOM, withinZoom, zoomOf } from './track-controls.ts';

/** A camera track as a phone has it; `stuck` keeps its light on whatever it is told. */
function phoneTrack(abilities: object, stuck = false): MediaStreamTrack & { asked: unknown[] } {
  const settings: { torch?: boolean; zoom?: number } = {};
  const asked: unknown[] = [];
  const track: MediaStreamTrack = new FakeMediaStreamTrack({ kind: 'video' });
  return Object.assign(track, {
    asked,
    getCapabilities: () => abilities,
    getSettings: () => settings,
    applyConstraints: async (constraints: { advanced: { torch?: boolean; zoom?: number }[] }) => {
      asked.push(constraints);
      for (const { torch, zoom } of constraints.advanced) {
        if (torch !== undefined && !(stuck && !torch)) settings.torch = torch;
        if (zoom !== undefined) settings.zoom = zoom;
      }
    },
  });
}

describe('Light and zoom of a camera', () => {
  it('are there only where the device says so', () => {
    assert.equal(hasTorch(phoneTrack({ torch: true })), true);
    assert.equal(hasTorch(phoneTrack({ torch: [false, true] })), true);
    assert.equal(hasTorch(phoneTrack({ torch: [false] })), false);
    assert.equal(hasTorch(phoneTrack({})), false);
    assert.deepEqual(zoomOf(phoneTrack({})), NO_ZOOM);
    assert.deepEqual(zoomOf(phoneTrack({ zoom: { min: 1, max: 1 } })), NO_ZOOM);
    const zoom = zoomOf(phoneTrack({ zoom: { min: 1, max: 8 } }));
    assert.deepEqual(zoom, { now: 1, least: 1, most: 8, supported: true });
    assert.deepEqual([withinZoom(zoom, 20), withinZoom(zoom, 0.5), withinZoom(zoom, 3)], [8, 1, 3]);
  });

  it('are set together, since each change replaces the one before', async () => {
    const track = phoneTrack({ torch: true, zoom: { min: 1, max: 8 } });
    assert.equal(await applyControls(track, { torch: true, zoom: 2 }), true);
    assert.deepEqual(track.asked, [{ advanced: [{ torch: true }, { zoom: 2 }] }]);
  });

  it('say when a light that was to go out stays on', async () => {
    const track = phoneTrack({ torch: true }, true);
    assert.equal(await applyControls(track, { torch: true }), true);
    assert.equal(await applyControls(track, { torch: false }), false);
  });
});
