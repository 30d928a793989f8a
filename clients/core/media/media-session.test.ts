import assert from 'node:assert/strict';
import { generateConsumerRemoteParameters } from 'mediasoup-client/fakeParameters';
import type { RoomEvent } from '../../../signaling/protocol/events.ts';
import { createClient } from '../client.ts';
import { FakeMedia, fakeTrack } from '../testing/fake-media.ts';
import { ROOM, RoomServer, TestRefusal } from '../testing/room-server.ts';
import { until } from '../testing/until.ts';
import type { Client, RoomSession } from '../types.ts';

const source = { role: 'patient', label: 'Head', patientId: 'P1', width: 1920, height: 1080 } as const;
const published = (producerId: string, alternativeOf?: string): RoomEvent => ({
  type: 'SourcePublished',
  producerId,
  peerId: 'crew',
  kind: 'video',
  mimeType: 'video/VP8',
  source: { ...source, ...(alternativeOf ? { alternativeOf } : {}) },
});

describe('media session', () => {
  let server: RoomServer;
  let client: Client;
  let media: FakeMedia;
  let beating: ReturnType<typeof setInterval> | undefined;

  beforeEach(async () => {
    server = await RoomServer.start();
    server.commit([
      {
        type: 'RoomCreated',
        incidentId: 'i',
        title: 'T',
        drill: false,
        organisations: ['o'],
        createdBy: 'd',
      },
    ]);
    media = new FakeMedia();
    const grab = async () => undefined;
    client = createClient({ url: server.url }, { createDevice: media.createDevice, grab });
  });
  afterEach(async () => {
    clearInterval(beating);
    client.close('test over');
    await server.close();
  });

  /** Joins and plays the node: the beat channel is pushed, ICE connects, beats arrive. */
  const joinLive = async (): Promise<RoomSession> => {
    const session = client.join(ROOM);
    await session.joined();
    await connectRecv();
    await until('live', () => session.connection.status === 'live');
    return session;
  };
  const transportId = (direction: string) => {
    const created = server.requests.filter((r) => r.method === 'media.createTransport').map((r) => r.params);
    const last = created.findLast((p) => JSON.stringify(p).includes(`"${direction}"`));
    return /"transportId":"(\w+)"/.exec(JSON.stringify(last))?.[1] ?? 'none';
  };
  const connectRecv = async () => {
    await until(
      'a receive transport',
      () => media.get('recv') !== undefined && transportId('recv') !== 'none',
    );
    const id = transportId('recv');
    server.notify('media.dataConsumer', {
      dataConsumerId: `beat-${id}`,
      transportId: id,
      dataProducerId: `b${id}`,
      label: 'beat',
      sctpStreamParameters: { streamId: 1, ordered: false, maxRetransmits: 0 },
    });
    await until('the beat channel', () => (media.get('recv')?.channels.length ?? 0) > 0);
    media.setState('recv', 'connected');
    clearInterval(beating);
    beating = setInterval(() => media.receive(), 100);
  };
  const push = (consumerId: string, producerId: string) => {
    const { rtpParameters } = generateConsumerRemoteParameters({ codecMimeType: 'video/VP8' });
    server.notify('media.consumer', {
      consumerId,
      transportId: transportId('recv'),
      producerId,
      peerId: 'crew',
      kind: 'video',
      rtpParameters: JSON.parse(JSON.stringify(rtpParameters)),
    });
  };
  const producesOf = (producerId: string) =>
    server.requests.filter(
      (r) => r.method === 'media.produce' && JSON.stringify(r.params).includes(producerId),
    );

  it('starts media with what the browser receives, and says its views again after each start', async () => {
    const session = client.join(ROOM);
    session.setViews([{ producerId: 'v1', width: 640.4, height: 360, visible: true }]);
    await session.joined();
    await connectRecv();
    await until('live', () => session.connection.status === 'live');
    assert.equal(server.countOf('media.start'), 2);
    const views = server.requests.filter((r) => r.method === 'media.views');
    assert.deepEqual(views.at(-1)?.params, {
      views: [{ producerId: 'v1', width: 640, height: 360, visible: true, priority: 5 }],
    });
  });

  it('publishes with a beat, announces its rung, and produces the same id again after media was lost', async () => {
    const session = await joinLive();
    const local = await session.publish(fakeTrack('video'), source);
    await until('live', () => local.status === 'live');
    media.setState('send', 'connected');
    assert.equal(producesOf(local.producerId).length, 1);
    assert.equal(
      server.requests.filter((r) => JSON.stringify(r.params).includes('"label":"beat"')).length,
      1,
    );
    await until('the rung', () => server.countOf('media.announceRung') === 1);
    server.generation = 2;
    server.notify('media.lost', { reason: 'worker-died', generation: 2 });
    await until('rebuilding', () => session.connection.status === 'media-rebuilding');
    assert.equal(session.connection.reason, 'worker-died');
    await until('produced again', () => producesOf(local.producerId).length === 2);
    await connectRecv();
    media.setState('send', 'connected');
    await until('live again', () => session.connection.status === 'live' && local.status === 'live');
    assert.equal(session.localSources[0], local);
    assert.equal(session.reconnects, 1);
  });

  it('receives pushed consumers, answers each, and swaps the track under the same source', async () => {
    const session = await joinLive();
    server.commit([published('v1')]);
    push('c1', 'v1');
    await until('the track', () => session.remoteSource('v1')?.track !== undefined);
    const remote = session.remoteSource('v1');
    const first = remote?.track;
    await until('the answer', () => server.countOf('media.consumerReady') === 1);
    push('c1', 'v1');
    await until('the repeated answer', () => server.countOf('media.consumerReady') === 2);
    assert.equal(session.remoteSource('v1')?.track, first);
    server.notify('media.consumerClosed', { consumerId: 'c1', reason: 'replan' });
    await until('no track', () => remote?.track === undefined);
    push('c2', 'v1');
    await until('another track', () => remote?.track !== undefined && remote.track !== first);
    assert.equal(session.remoteSource('v1'), remote);
  });

  it('keeps a consumer that is pushed before the fact of its source', async () => {
    const session = await joinLive();
    push('c1', 'v1');
    server.commit([published('v1')]);
    await until('the track', () => session.remoteSource('v1')?.track !== undefined);
  });

  it('shows an alternative encoding in the tile of the source it stands in for', async () => {
    const session = await joinLive();
    server.commit([published('v1'), published('v1-vp8', 'v1')]);
    push('c1', 'v1-vp8');
    await until('the track', () => session.remoteSource('v1')?.track !== undefined);
    assert.equal(session.remoteSources.length, 1);
  });

  it('keeps the tile of a source whose publisher lost its media, and drops one that was stopped', async () => {
    const session = await joinLive();
    server.commit([published('v1'), published('v2')]);
    await until('both', () => session.remoteSources.length === 2);
    const kept = session.remoteSource('v1');
    server.commit([
      { type: 'SourceClosed', producerId: 'v1', reason: 'media-lost' },
      { type: 'SourceClosed', producerId: 'v2', reason: 'stopped' },
    ]);
    await until('one left', () => session.remoteSources.length === 1);
    server.commit([published('v1')]);
    await until('the fact', () => session.state.sources.v1 !== undefined);
    assert.equal(session.remoteSource('v1'), kept);
  });

  it('restarts ICE after 1.5 s of silence and is live again with the next beat', async () => {
    const session = await joinLive();
    clearInterval(beating);
    await until('the restart', () => media.iceRestarts === 1, 4000);
    assert.equal(session.connection.status, 'reconnecting');
    assert.equal(session.connection.reason, 'ice-restart');
    media.receive();
    await until('live', () => session.connection.status === 'live');
    assert.equal(media.transports.length, 1);
  });

  it('makes new transports when the node has lost them', async () => {
    const session = await joinLive();
    server.handlers['media.restartIce'] = () => {
      throw new TestRefusal('not-found');
    };
    clearInterval(beating);
    await until('a second transport', () => media.transports.length === 2, 5000);
    await connectRecv();
    await until('live', () => session.connection.status === 'live');
  });

  it('tries again by itself while no media node can take the room', async () => {
    let refusals = 2;
    server.handlers['media.start'] = () => {
      refusals -= 1;
      if (refusals >= 0) throw new TestRefusal('media-unavailable');
      return undefined;
    };
    const session = client.join(ROOM);
    await until('the reason', () => session.connection.reason === 'media-unavailable');
    assert.equal(session.connection.status, 'media-rebuilding');
    await session.joined();
    await connectRecv();
    await until('live', () => session.connection.status === 'live');
  });

  it('stops its tracks and tells the server when it leaves; keeps them when asked to', async () => {
    const session = await joinLive();
    const kept = fakeTrack('audio');
    await session.publish(kept, { role: 'voice', label: 'Crew', patientId: 'scene' });
    await session.leave({ keepTracks: true });
    assert.equal(kept.readyState, 'live');
    const again = client.join(ROOM);
    const stopped = fakeTrack('audio');
    await again.publish(stopped, { role: 'voice', label: 'Crew', patientId: 'scene' });
    await again.leave();
    assert.equal(stopped.readyState, 'ended');
    assert.equal(media.get('send'), undefined);
  });

  it('ends a source that the role may not publish, and says why', async () => {
    const session = await joinLive();
    server.handlers['media.produce'] = () => {
      throw new TestRefusal('forbidden');
    };
    const local = await session.publish(fakeTrack('video'), source);
    const reasons: string[] = [];
    local.on('closed', ({ reason }) => reasons.push(reason));
    await until('closed', () => local.status === 'closed');
    assert.deepEqual(reasons, ['forbidden']);
    assert.equal(session.localSources.length, 0);
  });
});
