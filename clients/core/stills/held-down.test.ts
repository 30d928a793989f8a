import assert from 'node:assert/strict';
import { fakeTrack } from '../testing/fake-media.ts';
import { LiveRoom, SOURCE } from '../testing/live-room.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { until } from '../testing/until.ts';
import type { LocalSource, RoomSession, SessionStats } from '../types.ts';
import { HeldDown } from './held-down.ts';

describe('Pictures that give way to a still', () => {
  let room: LiveRoom;
  let session: RoomSession;
  const held: (number | undefined)[] = [];

  /** The source itself, and a note of what it is told. */
  const watched = async (): Promise<LocalSource> => {
    const source = await session.publish(fakeTrack('video'), SOURCE);
    await until('live', () => source.status === 'live');
    const holdDown = source.holdDown.bind(source);
    source.holdDown = (bitrate) => {
      held.push(bitrate);
      holdDown(bitrate);
    };
    return source;
  };
  const stats = (availableUp?: number): SessionStats => ({
    sources: new Map(),
    link: [{ at: 0, upBitrate: 0, downBitrate: 0, ...(availableUp === undefined ? {} : { availableUp }) }],
  });

  beforeEach(async () => {
    held.length = 0;
    room = await LiveRoom.open();
    session = await room.join();
  });
  afterEach(() => room.close());

  it('share little while a thin uplink carries one, for some seconds at most, and have all again afterwards', async () => {
    const clock = new ManualClock();
    const localSources = [await watched(), await watched()];
    const pictures = new HeldDown({ localSources, stats: stats(1_500_000) }, clock);
    pictures.handleSending(true);
    pictures.handleSending(true);
    assert.deepEqual(held, [100_000, 100_000]);
    pictures.handleSending(false);
    assert.deepEqual(held.slice(2), [undefined, undefined]);
    pictures.handleSending(true);
    clock.advance(7000);
    assert.deepEqual(held.slice(6), [undefined, undefined]);
    pictures.close();
    assert.equal(held.length, 8);
    assert.equal(clock.pending, 0);
  });

  it('stay as they are on an uplink that carries both', async () => {
    const localSources = [await watched()];
    const pictures = new HeldDown({ localSources, stats: stats(20_000_000) }, new ManualClock());
    pictures.handleSending(true);
    pictures.close();
    assert.deepEqual(held, []);
  });
});
