import assert from 'node:assert/strict';
import { fakeTrack } from '../testing/fake-media.ts';
import { LiveRoom, SOURCE } from '../testing/live-room.ts';
import { ROOM } from '../testing/room-server.ts';
import { until } from '../testing/until.ts';

describe('data channels of a session', () => {
  let room: LiveRoom;
  beforeEach(async () => {
    room = await LiveRoom.open();
  });
  afterEach(() => room.close());

  const asked = (label: string) =>
    room.paramsOf('media.produceData').filter((params) => params.includes(`"label":"${label}"`));
  const pushData = (id: string, label: 'preview' | 'still', peerId?: string) =>
    room.server.notify('media.dataConsumer', {
      dataConsumerId: id,
      transportId: room.transportId('recv'),
      dataProducerId: `of-${id}`,
      label,
      ...(peerId ? { peerId } : {}),
      sctpStreamParameters: { streamId: 7, ordered: false, maxRetransmits: 0 },
    });

  it('makes a send transport for a channel alone, and says what it loses and whom it is for', async () => {
    const session = await room.join();
    assert.equal(room.media.get('send'), undefined);
    const preview = session.data.open('preview');
    assert.equal(preview.send(new Uint8Array(4)), false);
    session.data.open('fetch', { toPeerId: 'doctor' });
    await until('open', () => preview.isOpen);
    await until('both', () => asked('preview').length === 1 && asked('fetch').length === 1);
    assert.equal(preview.send(new Uint8Array(4)), true);
    const volatile = JSON.parse(asked('preview')[0] ?? '');
    assert.equal(volatile.sctpStreamParameters.ordered, false);
    assert.equal(volatile.sctpStreamParameters.maxRetransmits, 0);
    const reliable = JSON.parse(asked('fetch')[0] ?? '');
    assert.equal(reliable.toPeerId, 'doctor');
    assert.equal(reliable.sctpStreamParameters.ordered, true);
    assert.equal(reliable.sctpStreamParameters.maxRetransmits, undefined);
  });

  it('is opened before media, and again after media was lost', async () => {
    const session = room.client.join(ROOM, { media: 'later' });
    const pose = session.data.open('pose', { producerId: 'v1' });
    await session.joined();
    assert.equal(asked('pose').length, 0);
    await session.publish(fakeTrack('video'), SOURCE);
    await room.connectRecv();
    await until('open', () => pose.isOpen);
    room.media.setState('send', 'connected');
    room.server.generation = 2;
    room.server.notify('media.lost', { reason: 'worker-died', generation: 2 });
    await until('asked again', () => asked('pose').length === 2);
    await until('open again', () => pose.isOpen);
  });

  it('hears messages of other peers until it stops listening, and a failing listener keeps none from hearing', async () => {
    const session = await room.join();
    const heard: string[] = [];
    const warnings: string[] = [];
    session.on('warning', ({ what }) => warnings.push(what));
    session.data.listen('preview', () => {
      throw new Error('broken');
    });
    const stop = session.data.listen('preview', ({ peerId, dataProducerId }, bytes) =>
      heard.push(`${peerId}/${dataProducerId}/${bytes.length}`),
    );
    pushData('d1', 'preview', 'doctor');
    await until('the channel', () => (room.media.get('recv')?.channels.length ?? 0) === 2);
    room.stopBeats();
    room.media.receive(new ArrayBuffer(3));
    assert.deepEqual(heard, ['doctor/of-d1/3']);
    assert.deepEqual(warnings, ['data channel']);
    stop();
    room.media.receive(new ArrayBuffer(3));
    assert.equal(heard.length, 1);
  });

  it('ends its channels with the session', async () => {
    const session = await room.join();
    const preview = session.data.open('preview');
    await until('open', () => preview.isOpen);
    await session.leave();
    assert.equal(preview.isOpen, false);
    assert.equal(preview.send(new Uint8Array(1)), false);
    assert.equal(session.data.open('preview').isOpen, false);
    preview.close();
  });
});
