import assert from 'node:assert/strict';
import { fakeTrack } from '../testing/fake-media.ts';
import { LiveRoom, SOURCE } from '../testing/live-room.ts';
import { TestRefusal } from '../testing/room-server.ts';
import { until } from '../testing/until.ts';
import type { LocalSource, RoomSession } from '../types.ts';

describe('published source', () => {
  let room: LiveRoom;
  let session: RoomSession;

  beforeEach(async () => {
    room = await LiveRoom.open();
    session = await room.join();
  });
  afterEach(() => room.close());

  const publishVideo = async (): Promise<LocalSource> => {
    const source = await session.publish(fakeTrack('video'), SOURCE);
    await until('live', () => source.status === 'live');
    return source;
  };
  const demand = (producerId: string, alternatives: ('video/VP8' | 'video/H264')[], stills = false) =>
    room.server.notify('media.demand', { producerId, rung: '1080', stills, alternatives });

  it('tells the server of every pause and resume, and only of those', async () => {
    const source = await publishVideo();
    await source.pause();
    await source.pause();
    assert.equal(source.paused, true);
    await source.resume();
    const id = source.producerId;
    const told = room.paramsOf('media.pauseProducer').map((text) => JSON.parse(text));
    assert.deepEqual(told, [
      { producerId: id, paused: true },
      { producerId: id, paused: false },
    ]);
  });

  it('stays paused over rebuilt media', async () => {
    const source = await publishVideo();
    await source.pause();
    room.server.notify('media.lost', { reason: 'node-lost', generation: 5 });
    await until('paused again', () => room.server.countOf('media.pauseProducer') === 2);
    assert.equal(source.paused, true);
  });

  it('sends another camera under the same id and stops the old one', async () => {
    const source = await publishVideo();
    const old = source.track;
    const next = fakeTrack('video', 720);
    await source.replaceTrack(next);
    assert.equal(source.track, next);
    assert.equal(old.readyState, 'ended');
    assert.equal(next.readyState, 'live');
    assert.equal(room.server.countOf('media.produce'), 1);
  });

  it('makes an encoding for viewers who cannot decode it, once, naming what it stands in for', async () => {
    const source = await publishVideo();
    demand(source.producerId, ['video/VP8']);
    await until('the alternative', () => room.server.countOf('media.produce') === 2);
    demand(source.producerId, ['video/VP8']);
    await until('the demand', () => source.demand?.alternatives.length === 1);
    const made = JSON.parse(room.paramsOf('media.produce').at(-1) ?? '{}');
    assert.equal(made.source.alternativeOf, source.producerId);
    assert.notEqual(made.producerId, source.producerId);
    assert.equal(made.rtpParameters.codecs[0].mimeType, 'video/VP8');
    await source.close();
    await until('both closed', () => room.server.countOf('media.closeProducer') === 2);
  });

  it('opens the channel of stills when they are wanted, and once', async () => {
    const source = await publishVideo();
    demand(source.producerId, [], true);
    const stills = () => room.paramsOf('media.produceData').filter((params) => params.includes('"still"'));
    await until('the channel', () => stills().length === 1);
    demand(source.producerId, [], false);
    demand(source.producerId, [], true);
    await until('the last demand', () => source.demand?.stills === true);
    assert.equal(stills().length, 1);
    assert.equal(JSON.parse(stills()[0] ?? '{}').producerId, source.producerId);
  });

  it('gives up after three failures, and leaves what others send and receive alone', async () => {
    const good = await publishVideo();
    let failures = 0;
    room.server.handlers['media.produce'] = ({ producerId }) => {
      if (producerId === good.producerId) return undefined;
      failures += 1;
      throw new TestRefusal('conflict');
    };
    const bad = await session.publish(fakeTrack('video'), SOURCE);
    const reasons: string[] = [];
    bad.on('closed', ({ reason }) => reasons.push(reason));
    await until('given up', () => bad.status === 'closed');
    assert.deepEqual(reasons, ['conflict']);
    assert.equal(failures, 3);
    assert.equal(good.status, 'live');
    assert.equal(room.media.transports.length, 2);
  });

  it('says when its camera went away', async () => {
    const source = await publishVideo();
    let ended = 0;
    source.on('trackEnded', () => {
      ended += 1;
    });
    source.track.dispatchEvent(new Event('ended'));
    assert.equal(ended, 1);
  });
});
