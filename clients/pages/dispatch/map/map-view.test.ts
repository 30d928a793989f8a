import assert from 'node:assert/strict';
import { distanceM, fromWgs84 } from '../../../../signaling/protocol/datum.ts';
import type { Location } from '../../../../signaling/protocol/geo.ts';
import { language } from '../../../i18n/index.ts';
import { phonesOf } from '../phones.ts';
import { linkState, peerState, roomWith, UTC } from '../testing.ts';
import { compassOf, nextZoom, niceStep, offsetOf, planOf, type Thing, thingsOf } from './map-view.ts';
import { distanceText, whereText, worthTexts } from './map-words.ts';
import { tilesFor } from './tiles.ts';

const SHENZHEN = { lat: 22.54, lon: 114.06 };
const near = (point: { lat: number; lon: number }, north: number, east: number) => ({
  lat: point.lat + north / 111_195,
  lon: point.lon + east / (111_195 * Math.cos((point.lat * Math.PI) / 180)),
});
const address: Thing = { id: 'address', kind: 'address', point: SHENZHEN };
const phoneAt = (north: number, east: number, change: Partial<Thing> = {}): Thing => ({
  id: 'p1',
  kind: 'bystander',
  number: 1,
  point: near(SHENZHEN, north, east),
  accuracyM: 12,
  ...change,
});

describe('The plan of a place', () => {
  it('lays out metres as the distance between points says', () => {
    for (const [north, east] of [
      [120, 0],
      [0, 800],
      [-3000, 4000],
    ] as const) {
      const point = near(SHENZHEN, north, east);
      const offset = offsetOf(SHENZHEN, point);
      const straight = Math.hypot(offset.east, offset.north);
      assert.ok(Math.abs(straight - distanceM(SHENZHEN, point)) < straight * 0.001 + 0.01);
      assert.ok(Math.abs(offset.north - north) < 5 && Math.abs(offset.east - east) < 5);
    }
    assert.ok(Math.abs(offsetOf({ lat: 0, lon: 179.999 }, { lat: 0, lon: -179.999 }).east - 222.4) < 1);
  });

  it('names eight directions', () => {
    assert.equal(compassOf({ east: 0, north: 5 }), 'n');
    assert.equal(compassOf({ east: 5, north: 5 }), 'ne');
    assert.equal(compassOf({ east: -5, north: 0.1 }), 'w');
    assert.equal(compassOf({ east: 1, north: -9 }), 's');
    assert.equal(compassOf({ east: -0.001, north: 5 }), 'n');
  });

  it('shows everything, with round rings inside of it', () => {
    const plan = planOf([address, phoneAt(300, 400)], 1);
    assert.ok(plan !== undefined && plan.reachM > 512 && plan.reachM < 700);
    assert.deepEqual(plan.rings, [200, 400]);
    for (const ring of plan.rings) assert.ok(ring < plan.reachM);
    assert.equal(planOf([], 1), undefined);
    assert.deepEqual([0, 3, 12, 51, 600].map(niceStep), [1, 5, 20, 100, 1000]);
  });

  it('is not made a dot by one poor position, and zooms between limits', () => {
    const poor = planOf([address, phoneAt(10, 0, { accuracyM: 90_000 })], 1);
    assert.ok(poor !== undefined && poor.reachM < 1200);
    let [zoom, steps] = [1, 0];
    for (let next = nextZoom(zoom, 'in'); next !== undefined; next = nextZoom(zoom, 'in')) {
      zoom = next;
      steps += 1;
    }
    assert.equal(steps, 4);
  });

  it('centres on the first phone where the address has no position', () => {
    const position: Location = {
      point: SHENZHEN,
      accuracyM: 9,
      source: 'device',
      datum: 'gcj02',
      measuredAt: UTC,
    };
    const room = roomWith([linkState()], [peerState(), peerState({ peerId: 'v', role: 'volunteer' })], {
      p1: { position },
      v: { position: { ...position, point: near(SHENZHEN, 0, 900) } },
    });
    const state = { ...room.bystander, address: { text: 'Renmin Road 12', source: 'dispatch' as const } };
    const things = thingsOf(state, phonesOf(room), UTC + 4000);
    assert.deepEqual(
      things.map(({ kind, ageMs }) => [kind, ageMs]),
      [
        ['bystander', 4000],
        ['volunteer', 4000],
      ],
    );
    const placed = thingsOf({ ...state, address: { ...state.address, point: SHENZHEN } }, [], UTC);
    assert.deepEqual(
      placed.map(({ kind }) => kind),
      ['address'],
    );
  });
});

describe('The plan in words', () => {
  before(() => {
    language.value = 'en';
  });

  it('says how far and which way, in no more digits than it is worth', () => {
    const thing = phoneAt(120, 1);
    const plan = planOf([address, thing], 1);
    const placed = plan?.placed[1];
    assert.ok(plan !== undefined && placed !== undefined);
    assert.equal(whereText(placed, plan), '120 m north of the address');
    assert.deepEqual([7.4, 123, 1234, 23_456].map(distanceText), ['7 m', '125 m', '1.2 km', '23 km']);
  });

  it('says "at the address" where the accuracy allows no more', () => {
    const plan = planOf([address, phoneAt(20, 0, { accuracyM: 65 })], 1);
    const placed = plan?.placed[1];
    assert.ok(plan !== undefined && placed !== undefined);
    assert.equal(whereText(placed, plan), 'at the address, within 20 m');
  });

  it('tells accuracy, age, source and datum, and marks what is poor', () => {
    const texts = worthTexts(
      phoneAt(0, 0, { accuracyM: 900, ageMs: 120_000, source: 'network', datum: 'bd09' }),
    );
    assert.deepEqual(
      texts.map(({ poor }) => poor),
      [true, true, true, false],
    );
    assert.match(texts.map(({ text }) => text).join('; '), /± 900 m; 2 minutes old; guessed.*BD-09/);
  });
});

describe('Tiles under the plan', () => {
  const source = { url: 'https://tiles.test/{z}/{x}/{y}.png', datum: 'wgs84', attribution: 'A' } as const;

  it('cover the whole of it, each once', () => {
    const tiles = tilesFor(source, SHENZHEN, 500, 400);
    assert.ok(tiles.length >= 4 && tiles.length <= 36);
    assert.equal(new Set(tiles.map(({ url }) => url)).size, tiles.length);
    for (const [x, y] of [
      [-499, -499],
      [499, -499],
      [-499, 499],
      [499, 499],
      [0, 0],
    ] as const) {
      const over = tiles.filter((t) => x >= t.x && x < t.x + t.width && y >= t.y && y < t.y + t.height);
      assert.equal(over.length, 1, `${x} ${y}`);
    }
    assert.match(tiles[0]?.url ?? '', /^https:\/\/tiles\.test\/\d+\/\d+\/\d+\.png$/);
  });

  it('of a map in GCJ-02 are moved by its offset', () => {
    const [plain, moved] = [source, { ...source, datum: 'gcj02' as const }].map((each) =>
      tilesFor(each, SHENZHEN, 3000, 400),
    );
    const same = moved?.find(({ url }) => plain?.some((tile) => tile.url === url));
    const there = plain?.find(({ url }) => url === same?.url);
    const offset = offsetOf(SHENZHEN, fromWgs84(SHENZHEN, 'gcj02'));
    assert.ok(same !== undefined && there !== undefined && Math.hypot(offset.east, offset.north) > 200);
    assert.ok(Math.abs(there.x - same.x - offset.east) < 2 && Math.abs(same.y - there.y - offset.north) < 2);
  });
});
