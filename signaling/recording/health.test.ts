import assert from 'node:assert/strict';
import { opus, vp9Svc } from '../media/testing/rtp.ts';
import { type TestClient, until } from '../media/testing/world.ts';
import type { TrackStatus } from '../protocol/recorder.ts';
import { bystander, crew, doctor } from '../rooms/testing/people.ts';
import { Scores } from './testing/scores.ts';
import { Studio } from './testing/studio.ts';

/** Half a second instead of 3, so that the suite need not wait; the length itself is the watch's own test. */
const STALL_MS = 500;

describe('what people are told of a recording', () => {
  let studio: Studio;
  let scores: Scores;
  let ambulance: TestClient;

  async function open(listening = true): Promise<void> {
    scores = new Scores();
    studio = await Studio.open({
      wrap: (client) => scores.wrap(client),
      recording: { stallMs: STALL_MS },
      listening,
    });
    ambulance = await studio.world.join(crew);
  }
  afterEach(() => studio.close());

  const roomId = () => studio.world.room.roomId;
  const stalled = async () => (await studio.state()).recording?.stalled ?? {};
  const durable = (trackId: string, durableUntil: number, state: TrackStatus['state'] = 'recording') =>
    studio.recorder.emit('room.durable', {
      roomId: roomId(),
      tracks: [{ trackId, durableUntil, state }],
    });

  it('rings for one track that stands still, with the cause the recorder named, until it goes on', async () => {
    await open();
    studio.recorder.frozen = true;
    const camera = await ambulance.publish('video', vp9Svc());
    await until('the track', () => studio.held()?.tracks.has(camera) === true);
    await new Promise((resolve) => setTimeout(resolve, 2 * STALL_MS));
    assert.deepEqual(await stalled(), {}, 'a source that sends nothing is no stall');
    scores.say(roomId(), camera, true);
    studio.recorder.emit('room.alarm', { roomId: roomId(), code: 'slow-disk' });
    await until('the fact', async () => camera in (await stalled()));
    assert.equal((await stalled())[camera]?.cause, 'slow-disk');
    let room = 1;
    await until('it has gone on', async () => {
      room += 100;
      durable(camera, room);
      return !(camera in (await stalled()));
    });
  });

  it('rings for the room while its recorder is away, and no longer when it is back', async () => {
    await open();
    await until('it is recorded', () => studio.held()?.recording === true);
    await studio.recorder.kill();
    await until('the fact', async () => 'room' in (await stalled()));
    assert.equal((await stalled()).room?.cause, 'recorder-away');
    await studio.recorder.listen();
    await until('it has resumed', async () => Object.keys(await stalled()).length === 0);
  });

  it('goes on under a new owner: what stalled is told to have resumed by the one who sees it', async () => {
    await open();
    await until('it is recorded', () => studio.held()?.recording === true);
    await studio.recorder.kill();
    await until('the fact', async () => 'room' in (await stalled()));
    await studio.world.takeOver();
    await studio.recorder.listen();
    await until('it has resumed', async () => Object.keys(await stalled()).length === 0);
  });

  it('takes a recorder that comes late, with everything that happened before', async () => {
    await open(false);
    const camera = await ambulance.publish('video', vp9Svc());
    await until('the fact', async () => 'room' in (await stalled()));
    await studio.recorder.listen();
    await until('the track', () => studio.held()?.tracks.has(camera) === true);
    await until('the log', async () => studio.held()?.lines.at(-1)?.seq === (await studio.state()).seq);
    await until('it has resumed', async () => Object.keys(await stalled()).length === 0);
    assert.equal(studio.held()?.lines[0]?.seq, 1);
  });

  it('says that there is no space when the recorder refuses for want of it, and tries again', async () => {
    await open(false);
    studio.recorder.refuses.set('room.open', 'disk-full');
    await studio.recorder.listen();
    await until('the fact', async () => 'room' in (await stalled()));
    assert.ok(['no-disk', 'recorder-away'].includes((await stalled()).room?.cause ?? ''));
    studio.recorder.refuses.clear();
    await until('it is recorded', () => studio.held()?.recording === true);
    studio.recorder.emit('disk.level', { level: 'no-overview', freeBytes: 1 });
    await until('what is given up', async () => (await studio.state()).recording?.shed === 'no-overview');
    studio.recorder.emit('disk.level', { level: 'ok', freeBytes: 1e12 });
    await until('space is back', async () => (await studio.state()).recording?.shed === 'ok');
  });

  it('never holds up the call, whatever the recorder does not answer', async () => {
    await open(false);
    for (const method of ['room.open', 'tap.open', 'track.start', 'room.log'] as const)
      studio.recorder.hangs.add(method);
    await studio.recorder.listen();
    await until('it is asked', () => studio.recorder.asked.includes('room.open'));
    const viewer = await studio.world.join(doctor);
    const voice = await ambulance.publish('audio', opus());
    await until('the voice is heard', () => viewer.of(voice) !== undefined, 2000);
    const asked = studio.recorder.asked.length;
    await studio.world.room.execute('chat.send', { text: 'x', patientId: 'scene', to: 'room' }, crew);
    await until('it is asked again', () => studio.recorder.asked.length > asked);
    studio.recorder.hangs.clear();
    await until('the track', () => studio.held()?.tracks.has(voice) === true);
  });

  it('tells each peer how far its tracks are, never of pictures it must not see', async () => {
    await open();
    await studio.world.join(doctor);
    await studio.world.join(bystander);
    studio.recorder.frozen = true;
    const camera = await ambulance.publish('video', vp9Svc(), { role: 'patient' });
    await until('the track', () => studio.held()?.tracks.has(camera) === true);
    const told = (peerId: string) => studio.world.tellings('recording.status', peerId);
    await until('the status', () => {
      durable(camera, 1234);
      return told(doctor.peerId).length > 0 && told(crew.peerId).length > 0;
    });
    const expected = { producerId: camera, durableUntil: 1234, state: 'recording' };
    assert.deepEqual(told(doctor.peerId).at(-1)?.tracks, [expected]);
    assert.deepEqual(told(crew.peerId).at(-1)?.tracks, [expected]);
    assert.deepEqual(told(bystander.peerId), []);
  });

  it('is not followed where nobody has configured it, until somebody starts it', async () => {
    studio = await Studio.open({ recording: { enabled: false } });
    ambulance = await studio.world.join(crew);
    await ambulance.publish('audio', opus());
    assert.equal((await studio.state()).recording, undefined);
    assert.equal(studio.held(), undefined);
    await studio.world.room.execute('recording.start', { reason: 'training' }, crew);
    await until('it is recorded', () => studio.held()?.tracks.size === 1);
    assert.deepEqual(studio.held()?.by, [crew.principalId]);
  });
});
