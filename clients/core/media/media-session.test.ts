import assert from 'node:assert/strict';
import { createSessionMedia } from '../live/session-media.ts';
import { fakeTrack } from '../testing/fake-media.ts';
import { LiveRoom, published, SOURCE } from '../testing/live-room.ts';
import { ROOM, TestRefusal } from '../testing/room-server.ts';
import { until } from '../testing/until.ts';

describe('media session', () => {
  let room: LiveRoom;

  beforeEach(async () => {
    room = await LiveRoom.open();
  });
  afterEach(() => room.close());

  const producesOf = (producerId: string) =>
    room.paramsOf('media.produce').filter((params) => params.includes(producerId));

  it('starts media with what the browser receives, and says its views again after each start', async () => {
    const session = room.client.join(ROOM);
    session.setViews([{ producerId: 'v1', width: 640.4, height: 360, visible: true }]);
    await session.joined();
    await room.connectRecv();
    await until('live', () => session.connection.status === 'live');
    assert.equal(room.server.countOf('media.start'), 2);
    const views = room.server.requests.filter((r) => r.method === 'media.views');
    assert.deepEqual(views.at(-1)?.params, {
      views: [{ producerId: 'v1', width: 640, height: 360, visible: true, priority: 5 }],
    });
  });

  it('is loaded and started only when something is published, where the page asked for that', async () => {
    const session = room.client.join(ROOM, { media: 'later' });
    await session.joined();
    assert.equal(session.connection.status, 'live');
    assert.equal(session.connection.media, 'off');
    assert.equal(room.server.countOf('media.start'), 0);
    const source = await session.publish(fakeTrack('video'), SOURCE);
    await room.connectRecv();
    await until('produced', () => source.status === 'live');
    room.media.setState('send', 'connected');
    await until('live', () => session.connection.media === 'up');
    assert.equal(producesOf(source.producerId).length, 1);
  });

  it('fetches its code when it is needed, and again when that failed', async () => {
    await room.close();
    let fetches = 0;
    room = await LiveRoom.open({
      media: async () => {
        fetches += 1;
        if (fetches === 1) throw new Error('no network');
        return createSessionMedia;
      },
    });
    const session = room.client.join(ROOM, { media: 'later' });
    await session.joined();
    assert.equal(fetches, 0);
    await assert.rejects(session.publish(fakeTrack('video'), SOURCE), { code: 'closed' });
    const source = await session.publish(fakeTrack('video'), SOURCE);
    await until('produced', () => source.status === 'live');
    assert.equal(fetches, 2);
  });

  it('shows what others published before it was started', async () => {
    room.server.commit([published('guide')]);
    const session = room.client.join(ROOM, { media: 'later' });
    await session.joined();
    assert.deepEqual(session.remoteSources, []);
    session.startMedia();
    session.startMedia();
    await room.connectRecv();
    assert.deepEqual(
      session.remoteSources.map(({ producerId }) => producerId),
      ['guide'],
    );
  });

  it('sends the one stream of a phone at once as its rung wants it', async () => {
    const session = await room.join();
    const options = { single: true, keepFrames: true, startBitrate: 500_000, maxBitrate: 1_500_000 };
    const source = await session.publish(fakeTrack('video', 720), SOURCE, options);
    await until('live', () => source.status === 'live');
    assert.equal(source.rung, '540');
    const made = JSON.parse(producesOf(source.producerId)[0] ?? '{}');
    const [encoding, ...more] = made.rtpParameters.encodings;
    assert.deepEqual([encoding.scaleResolutionDownBy, encoding.maxBitrate, more.length], [2, 600_000, 0]);
  });

  it('counts the lines of a phone held upright across', async () => {
    const session = await room.join();
    const upright = fakeTrack('video', 1280);
    upright.getSettings = () => ({ width: 720, height: 1280 });
    const source = await session.publish(upright, SOURCE);
    assert.equal(source.rung, '1080');
  });

  it('tells what the pre-check measured, at most what the wire takes', async () => {
    const session = room.client.join(ROOM, { measuredUp: 1_553_445_926.4, measuredDown: 12_000_000.6 });
    await session.joined();
    await room.connectRecv();
    await session.publish(fakeTrack('video'), SOURCE);
    await until('both transports', () => room.server.countOf('media.createTransport') === 2);
    const rates = room
      .paramsOf('media.createTransport')
      .map((params) => /"measuredBitrate":(\d+)/.exec(params)?.[1]);
    assert.deepEqual(rates.sort(), ['1000000000', '12000001']);
  });

  it('publishes with a beat, announces its rung, and produces the same id again after media was lost', async () => {
    const session = await room.join();
    const local = await session.publish(fakeTrack('video'), SOURCE);
    await until('live', () => local.status === 'live');
    room.media.setState('send', 'connected');
    assert.equal(producesOf(local.producerId).length, 1);
    assert.equal(room.paramsOf('media.produceData').filter((p) => p.includes('"label":"beat"')).length, 1);
    await until('the rung', () => room.server.countOf('media.announceRung') === 1);
    room.server.generation = 2;
    room.server.notify('media.lost', { reason: 'worker-died', generation: 2 });
    await until('rebuilding', () => session.connection.status === 'media-rebuilding');
    assert.equal(session.connection.reason, 'worker-died');
    await until('produced again', () => producesOf(local.producerId).length === 2);
    await room.connectRecv();
    room.media.setState('send', 'connected');
    await until('live again', () => session.connection.status === 'live' && local.status === 'live');
    assert.equal(session.localSources[0], local);
    assert.equal(session.reconnects, 1);
  });

  it('receives pushed consumers, answers each, and swaps the track under the same source', async () => {
    const session = await room.join();
    room.server.commit([published('v1')]);
    room.push('c1', 'v1');
    await until('the track', () => session.remoteSource('v1')?.track !== undefined);
    const remote = session.remoteSource('v1');
    const first = remote?.track;
    await until('the answer', () => room.server.countOf('media.consumerReady') === 1);
    room.push('c1', 'v1');
    await until('the repeated answer', () => room.server.countOf('media.consumerReady') === 2);
    assert.equal(session.remoteSource('v1')?.track, first);
    room.server.notify('media.consumerClosed', { consumerId: 'c1', reason: 'replan' });
    await until('no track', () => remote?.track === undefined);
    room.push('c2', 'v1');
    await until('another track', () => remote?.track !== undefined && remote.track !== first);
    assert.equal(session.remoteSource('v1'), remote);
  });

  it('takes a consumer anew that was closed unheard and made again under the same id', async () => {
    const session = await room.join();
    room.server.commit([published('v1')]);
    room.push('c1', 'v1');
    await until('the track', () => session.remoteSource('v1')?.track !== undefined);
    const first = session.remoteSource('v1')?.track;
    room.push('c1', 'v1', true);
    await until('another track', () => {
      const { track } = session.remoteSource('v1') ?? {};
      return track !== undefined && track !== first;
    });
    await until('the answer', () => room.server.countOf('media.consumerReady') === 2);
  });

  it('keeps a consumer that is pushed before the fact of its source', async () => {
    const session = await room.join();
    room.push('c1', 'v1');
    room.server.commit([published('v1')]);
    await until('the track', () => session.remoteSource('v1')?.track !== undefined);
  });

  it('shows an alternative encoding in the tile of the source it stands in for', async () => {
    const session = await room.join();
    room.server.commit([published('v1'), published('v1-vp8', 'v1')]);
    room.push('c1', 'v1-vp8');
    await until('the track', () => session.remoteSource('v1')?.track !== undefined);
    assert.equal(session.remoteSources.length, 1);
  });

  it('keeps the tile of a source whose publisher lost its media, and drops one that was stopped', async () => {
    const session = await room.join();
    room.server.commit([published('v1'), published('v2')]);
    await until('both', () => session.remoteSources.length === 2);
    const kept = session.remoteSource('v1');
    room.server.commit([
      { type: 'SourceClosed', producerId: 'v1', reason: 'media-lost' },
      { type: 'SourceClosed', producerId: 'v2', reason: 'stopped' },
    ]);
    await until('one left', () => session.remoteSources.length === 1);
    room.server.commit([published('v1')]);
    await until('the fact', () => session.state.sources.v1 !== undefined);
    assert.equal(session.remoteSource('v1'), kept);
  });

  it('restarts ICE after 1.5 s of silence and is live again with the next beat', async () => {
    const session = await room.join();
    room.stopBeats();
    await until('the restart', () => room.media.iceRestarts === 1);
    assert.equal(session.connection.status, 'reconnecting');
    assert.equal(session.connection.reason, 'ice-restart');
    room.media.receive();
    await until('live', () => session.connection.status === 'live');
    assert.equal(room.media.transports.length, 1);
  });

  it('renews a socket that answers nothing while media is silent, and then restarts ICE', async () => {
    const session = await room.join();
    for (const method of ['clock.sync', 'media.restartIce']) room.server.swallowAnswers.add(method);
    const reasons: string[] = [];
    session.on('connection', ({ reason }) => reasons.push(reason ?? ''));
    room.stopBeats();
    await until('the socket is away', () => reasons.includes('socket-lost'));
    room.server.swallowAnswers.clear();
    await until('the resume', () => room.server.countOf('room.join') === 2);
    await until('the restart', () => room.media.iceRestarts === 1);
    room.media.receive();
    await until('live', () => session.connection.status === 'live');
    assert.equal(room.media.transports.length, 1);
  });

  it('makes new transports when the node has lost them', async () => {
    const session = await room.join();
    room.server.handlers['media.restartIce'] = () => {
      throw new TestRefusal('not-found');
    };
    room.stopBeats();
    await until('a second transport', () => room.media.transports.length === 2);
    await room.connectRecv();
    await until('live', () => session.connection.status === 'live');
  });

  it('tries again by itself while no media node can take the room', async () => {
    let refusals = 2;
    room.server.handlers['media.start'] = () => {
      refusals -= 1;
      if (refusals >= 0) throw new TestRefusal('media-unavailable');
      return undefined;
    };
    const session = room.client.join(ROOM);
    await until('the reason', () => session.connection.reason === 'media-unavailable');
    assert.equal(session.connection.status, 'media-rebuilding');
    await session.joined();
    await room.connectRecv();
    await until('live', () => session.connection.status === 'live');
  });

  it('stops its tracks and tells the server when it leaves; keeps them when asked to', async () => {
    const session = await room.join();
    const kept = fakeTrack('audio');
    await session.publish(kept, { role: 'voice', label: 'Crew', patientId: 'scene' });
    await session.leave({ keepTracks: true });
    assert.equal(kept.readyState, 'live');
    const again = room.client.join(ROOM);
    const stopped = fakeTrack('audio');
    await again.publish(stopped, { role: 'voice', label: 'Crew', patientId: 'scene' });
    await again.leave();
    assert.equal(stopped.readyState, 'ended');
    assert.equal(room.media.get('send'), undefined);
  });

  it('ends a source that the role may not publish, and says why', async () => {
    const session = await room.join();
    room.server.handlers['media.produce'] = () => {
      throw new TestRefusal('forbidden');
    };
    const local = await session.publish(fakeTrack('video'), SOURCE);
    const reasons: string[] = [];
    local.on('closed', ({ reason }) => reasons.push(reason));
    await until('closed', () => local.status === 'closed');
    assert.deepEqual(reasons, ['forbidden']);
    assert.equal(session.localSources.length, 0);
  });
});
