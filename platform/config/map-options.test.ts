import assert from 'node:assert/strict';
import { map } from './map-options.ts';

const accepts = (tileUrl: string) => map.safeParse({ tileUrl }).success;

describe('The address of map tiles', () => {
  it('is a secure one with all three numbers of a tile, on an origin of its own', () => {
    assert.ok(accepts('https://tiles.example/{z}/{x}/{y}.png'));
    assert.ok(accepts('https://tiles.example:8443/t?x={x}&y={y}&z={z}&key=1'));
    assert.ok(!accepts('http://tiles.example/{z}/{x}/{y}.png'));
    assert.ok(!accepts('https://tiles.example/{z}/{x}.png'));
    assert.ok(!accepts('https://{x}.tiles.example/{z}/{x}/{y}.png'));
    assert.ok(!accepts('tiles/{z}/{x}/{y}'));
  });

  it('is left out by default: the plan needs none', () => {
    assert.deepEqual(map.parse({}), { tileDatum: 'wgs84', attribution: '' });
  });
});
