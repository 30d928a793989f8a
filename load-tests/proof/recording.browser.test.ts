import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import * as z from 'zod/mini';
import { RecordingList, RecordingView, SegmentList, Visit } from '../../signaling/protocol/recordings.ts';
import { HD } from '../media/fixtures.ts';
import { type Cast, eventually, openCast, seen, until } from './cast.ts';
import { assertWhole, closeAndSeal, faults, newRoom, type Recorded, trackOf } from './recorded.ts';

const recordedHere = () => window.harness.recorded();
type Told = ReturnType<typeof recordedHere>;

describe('The recording of a consultation', function () {
  this.timeout(300_000);
  let cast: Cast;
  let crew: Page;
  let doctor: Page;
  let roomId: string;
  let camera: string;
  let microphone: string;
  let recorded: Recorded;

  before(async () => {
    cast = await openCast({ picture: HD });
    crew = await cast.person('paramedic');
    doctor = await cast.person('doctor');
    roomId = await newRoom(cast.stack, 'Chest pain');
    await crew.evaluate((room) => window.harness.join(room), roomId);
    camera = (await crew.evaluate(() => window.harness.publishCamera())).producerId;
    microphone = await crew.evaluate(() => window.harness.publishMicrophone());
    await doctor.evaluate((room) => window.harness.join(room), roomId);
  });
  after(() => cast?.close());

  it('is durable about a second behind the room, as everyone in it is told', async () => {
    await until(doctor, seen, ([first]) => (first?.frames ?? 0) > 10, 'a moving picture');
    for (const page of [crew, doctor]) {
      const near = (told: Told) =>
        told.tracks.length === 2 && told.tracks.every((each) => behind(told, each) < 3000);
      const first = await until(page, recordedHere, near, 'both tracks are nearly safe');
      const tracks = new Map(first.tracks.map((each) => [each.producerId, each.durableUntil]));
      const on = (told: Told) =>
        told.tracks.every(
          ({ producerId, durableUntil }) => durableUntil > (tracks.get(producerId) ?? 0) + 3000,
        );
      const later = await until(page, recordedHere, on, 'both go on');
      assert.deepEqual([...tracks.keys()].toSorted(), [camera, microphone].toSorted());
      assert.deepEqual(later.recording?.stalled, {});
      assert.equal(later.recording?.on, true);
    }
  });

  it('is sealed after the room has closed, and whole', async () => {
    recorded = await closeAndSeal(cast.stack, roomId);
    await assertWhole(recorded);
  });

  it('has both tracks from the first second, with every gap that is there', () => {
    for (const id of [camera, microphone]) {
      const track = trackOf(recorded, id);
      assert(track.segments.length >= 3, `${track.segments.length} segments`);
      assert.deepEqual(faults(track), []);
      assert.equal(track.statistics.lost, 0);
      assert.equal(track.statistics.kernelDrops, 0);
    }
    const [picture, voice] = [trackOf(recorded, camera), trackOf(recorded, microphone)];
    assert(picture.segments[0]?.keyframes.length);
    assert.notEqual(picture.owner.patientId, '');
    assert.equal(voice.kind, 'audio');
  });

  it('is served to a reviewer who gives a reason, byte for byte, and to nobody without', async () => {
    const reviewer = await cast.person('reviewer');
    const ask = (path: string, body?: unknown) =>
      reviewer.evaluate(
        async ([path, body]) => {
          const init =
            body === undefined
              ? {}
              : {
                  method: 'POST',
                  body: JSON.stringify(body),
                  headers: { 'content-type': 'application/json' },
                };
          const answer = await fetch(`/api/recordings/${path}`, init);
          return { status: answer.status, bytes: [...new Uint8Array(await answer.arrayBuffer())] };
        },
        [path, body] as const,
      );
    const json = async <T>(parser: z.ZodMiniType<T>, path: string, body?: unknown) => {
      const { status, bytes } = await ask(path, body);
      assert(status < 300, `${path}: ${status} ${Buffer.from(bytes)}`);
      return z.parse(parser, JSON.parse(Buffer.from(bytes).toString()));
    };
    await eventually(
      async () =>
        (await json(RecordingList, '')).recordings.find((each) => each.recordingId === roomId)?.state,
      (state) => state === 'sealed',
      'the list says that it is sealed',
    );
    assert((await ask(`${roomId}?visit=none`)).status >= 400);
    const why = { purpose: 'quality', reason: 'Monthly review' };
    const { visitId } = await json(Visit, `${roomId}/visits`, why);
    const view = await json(RecordingView, `${roomId}?visit=${visitId}`);
    assert.equal(view.live, false);
    assert.equal(view.tracks.length, recorded.manifest.tracks.length);
    const track = trackOf(recorded, camera);
    const window = `from=${track.from}&to=${track.to}`;
    const segments = `${roomId}/tracks/${track.trackId}/segments?visit=${visitId}&${window}`;
    const listed = await json(SegmentList, segments);
    assert.equal(listed.segments.length, track.segments.length);
    const [first] = track.segments;
    const { plain } = await recorded.access.open(first?.file ?? '');
    const served = await ask(`${roomId}/files/${first?.file}?visit=${visitId}`);
    assert.deepEqual(Buffer.from(served.bytes), Buffer.from(plain));
  });
});

function behind({ roomTime }: Told, { durableUntil }: Told['tracks'][number]): number {
  return roomTime - durableUntil;
}
