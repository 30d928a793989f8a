import assert from 'node:assert/strict';
import { canDecode, codecOf } from './decode.ts';
import { layerFor, layersOf, rungForTile, rungOfLayer } from './layers.ts';
import { opus, vp8Simulcast, vp8Single, vp9Svc } from './testing/rtp.ts';

const uhd = { width: 3840, height: 2160 };

describe('layers of a source', () => {
  it('are read from simulcast encodings, from the scalability mode, and are one without either', () => {
    assert.deepEqual(layersOf(vp8Simulcast(), uhd), { lines: [540, 1080, 2160], temporal: 3 });
    assert.deepEqual(layersOf(vp9Svc(), uhd), { lines: [540, 1080, 2160], temporal: 3 });
    assert.deepEqual(layersOf(vp8Single(), uhd), { lines: [2160], temporal: 1 });
    assert.deepEqual(layersOf(opus(), {}).lines.length, 1);
  });

  it('follow the scale that the publisher gives', () => {
    const parameters = vp8Simulcast();
    const scales = [6, 3, 1];
    const encodings = (parameters.encodings ?? []).map((e, i) => ({
      ...e,
      scaleResolutionDownBy: scales[i],
    }));
    assert.deepEqual(layersOf({ ...parameters, encodings }, uhd).lines, [360, 720, 2160]);
  });

  it('count the shorter side of an upright picture', () => {
    assert.deepEqual(layersOf(vp9Svc(), { width: 1080, height: 1920 }).lines, [270, 540, 1080]);
  });

  it('fit each rung with the smallest picture that fills it, or the largest there is', () => {
    const two = { lines: [540, 1080], temporal: 1 };
    assert.equal(layerFor(two, '2160').spatialLayer, 1);
    assert.equal(layerFor(two, '1080').spatialLayer, 1);
    assert.equal(layerFor(two, '540').spatialLayer, 0);
    const three = layersOf(vp9Svc(), uhd);
    assert.deepEqual(layerFor(three, '540-slow'), { spatialLayer: 0, temporalLayer: 0 });
    for (const rung of ['2160', '1080', '540'] as const) {
      assert.equal(rungOfLayer(three, layerFor(three, rung).spatialLayer), rung);
    }
  });

  it('are chosen by the lines that the picture gets in the tile', () => {
    assert.equal(rungForTile({ width: 3840, height: 2160 }, uhd), '2160');
    assert.equal(rungForTile({ width: 3840, height: 500 }, uhd), '540');
    assert.equal(rungForTile({ width: 1170, height: 2532 }, { width: 1080, height: 1920 }), '1080');
  });
});

describe('decoding', () => {
  const h264 = (id: string, mode = 1) => ({
    kind: 'video' as const,
    mimeType: 'video/H264',
    parameters: { 'profile-level-id': id, 'packetization-mode': mode },
  });
  const able = (id: string, mode = 1) => ({
    codecs: [{ ...h264(id, mode), clockRate: 90_000, preferredPayloadType: 100 }],
  });

  it('fits constrained baseline of any level, written either way, but not another profile or packetization', () => {
    assert.ok(canDecode(h264('42e034'), able('42e01f')));
    assert.ok(canDecode(h264('42c034'), able('42e01f')));
    assert.ok(!canDecode(h264('640034'), able('42e01f')));
    assert.ok(!canDecode(h264('42e034', 1), able('42e01f', 0)));
  });

  it('looks at the media codec behind retransmission, and at the profile of VP9', () => {
    const vp9 = codecOf('video', vp9Svc());
    const capable = (profile: number) => ({
      codecs: [
        {
          kind: 'video' as const,
          mimeType: 'video/VP9',
          clockRate: 90_000,
          preferredPayloadType: 101,
          parameters: { 'profile-id': profile },
        },
      ],
    });
    assert.ok(canDecode(vp9, capable(0)));
    assert.ok(!canDecode(vp9, capable(2)));
    assert.ok(!canDecode(vp9, { codecs: [] }));
  });
});
