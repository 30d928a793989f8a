import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { ManifestTrack } from '../../signaling/protocol/manifest.ts';
import { type Cast, eventually, openCast, status, until } from './cast.ts';
import {
  assertWhole,
  closeAndSeal,
  findPattern,
  leader,
  newRoom,
  type Recorded,
  trackOf,
  unlisted,
} from './recorded.ts';

const PICTURE = { width: 640, height: 360, fps: 12 };
/** A busy machine takes seconds to start a process; the figure itself is a benchmark's. */
const AWAY_MS = 15_000;
/** An encoder that gets too little of the processor leaves frames out; that is no fault of the recording. */
const HELD_UP_MS = 1500;
const recordedHere = () => window.harness.recorded();

describe('A recording whose parts fail while it goes on', function () {
  this.timeout(300_000);
  let cast: Cast;
  let crew: Page;
  let doctor: Page;
  let roomId: string;
  let video: string;
  let audio: string;
  let recorded: Recorded;
  /** Room times at which something was done. */
  const times = { recorder: 0, worker: 0, off: 0, on: 0 };

  before(async () => {
    cast = await openCast({ picture: PICTURE });
    crew = await cast.person('paramedic');
    doctor = await cast.person('doctor');
    roomId = await newRoom(cast.stack, 'Chest pain');
    await doctor.evaluate((room) => window.harness.join(room), roomId);
    await crew.evaluate((room) => window.harness.join(room), roomId);
    ({ video, audio } = await crew.evaluate((size) => window.harness.publishPattern(size), PICTURE));
    await goesOn();
  });
  after(() => cast?.close());

  const room = () => cast.stack.signaling.rooms.at(roomId);

  /** Waits until both tracks are safe up to a time that lies 3 s in the future now; returns the room time at the call. */
  async function goesOn(): Promise<number> {
    const from = await room().roomTime();
    await until(
      doctor,
      recordedHere,
      ({ tracks }) =>
        [video, audio].every((id) =>
          tracks.some(({ producerId, durableUntil }) => producerId === id && durableUntil > from + 3000),
        ),
      'both tracks become durable',
      90_000,
    );
    return from;
  }

  it('goes on in the same recording when the recorder is killed', async () => {
    const pid = cast.stack.recorder?.pid;
    assert(pid !== undefined);
    times.recorder = await room().roomTime();
    process.kill(pid, 'SIGKILL');
    await goesOn();
    assert.notEqual(cast.stack.recorder?.pid, pid);
  });

  it('goes on when the media worker is killed', async () => {
    const { reconnects } = await crew.evaluate(status);
    const [worker] = cast.stack.node.workers;
    assert(worker);
    times.worker = await room().roomTime();
    process.kill(worker.pid, 'SIGKILL');
    await until(crew, status, (now) => now.reconnects > reconnects, 'new transports');
    await goesOn();
  });

  it('is switched off and on again with a reason, as facts', async () => {
    const peer = await leader(cast.stack, roomId);
    times.off = await room().roomTime();
    await room().execute('recording.stop', { reason: 'the patient asks for it' }, peer);
    await until(doctor, recordedHere, ({ recording }) => recording?.on === false, 'everyone knows');
    await eventually(
      () => room().roomTime(),
      (now) => now > times.off + 3000,
      'some seconds pass',
    );
    times.on = await room().roomTime();
    await room().execute('recording.start', { reason: 'the patient agrees' }, peer);
    await goesOn();
  });

  it('is whole after all that, with every gap under its cause', async () => {
    recorded = await closeAndSeal(cast.stack, roomId);
    await assertWhole(recorded);
    for (const id of [video, audio]) {
      const track = trackOf(recorded, id);
      const away = gapAt(track, times.recorder, 'recorder');
      assert(away.to - away.from < AWAY_MS, `the recorder was away for ${away.to - away.from} ms`);
      const off = gapAt(track, times.on - 500, 'switched-off');
      assert(off.from > times.off - 2000 && off.to < times.on + AWAY_MS, JSON.stringify(off));
    }
    const reasons = recorded.manifest.spans.map(({ reason }) => reason);
    // What a person wrote stands in the encrypted log alone.
    assert.deepEqual(reasons, ['default', 'in the log']);
  });

  it('begins a new stretch behind the killed worker, and lists what was missed', () => {
    const missed = trackOf(recorded, audio).gaps.filter(
      ({ from, to, cause }) => from > times.worker - 500 && to < times.off && cause !== 'recorder',
    );
    assert(missed.length > 0, JSON.stringify(trackOf(recorded, audio).gaps));
    for (const id of [video, audio]) {
      const { clock, statistics } = trackOf(recorded, id);
      // Behind the recorder, behind the worker, and where it was switched on again.
      assert(statistics.ssrcChanges >= 3, `${statistics.ssrcChanges} changes`);
      assert(clock.some(({ stretch }) => stretch > 0));
    }
  });

  it('has every frame once, in order, and no hole that is not listed', async () => {
    const { frames, beeps } = await findPattern(recorded, video, audio);
    const counters = frames.flatMap(({ counter }) => (counter === undefined ? [] : [counter]));
    assert(counters.length > 100, `${counters.length} frames`);
    for (const [index, counter] of counters.entries()) {
      assert(index === 0 || counter > (counters[index - 1] ?? 0), `${counters[index - 1]}, then ${counter}`);
    }
    assert.deepEqual(unlisted(trackOf(recorded, video), frames, HELD_UP_MS), []);
    assert(beeps.length > 10, `${beeps.length} beeps`);
  });
});

function gapAt({ gaps }: ManifestTrack, at: number, cause: string) {
  const found = gaps.find((gap) => gap.cause === cause && gap.from < at + 1000 && gap.to > at);
  assert(found, `no gap "${cause}" at ${at}: ${JSON.stringify(gaps)}`);
  return found;
}
