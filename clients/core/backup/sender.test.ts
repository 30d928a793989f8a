import assert from 'node:assert/strict';
import type { FillOffer } from '../../../signaling/protocol/recordings.ts';
import { ClientError } from '../errors.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { until } from '../testing/until.ts';
import type { FillApi } from './api.ts';
import type { Outgoing } from './records.ts';
import { type SendProgress, sendFile } from './sender.ts';
import type { LiveLoad } from './throttle.ts';

const BYTES = Uint8Array.from({ length: 100_000 }, (_, n) => n % 251);
const outgoing: Outgoing = {
  roomId: 'room',
  producerId: 'cot',
  principalId: 'crew',
  writtenUtc: 0,
  state: 'ready',
  pieceIds: ['p0'],
  start: {
    fillId: 'fill',
    producerId: 'cot',
    from: 0,
    to: 4000,
    errorMs: 5,
    mimeType: 'video/mp4',
    bytes: BYTES.length,
    sha256: '0'.repeat(64),
  },
};

/** A recorder in memory that takes bytes only where it stands, and fails as a test tells it. */
class Recorder implements FillApi {
  readonly taken: number[] = [];
  readonly calls: string[] = [];
  failures: (ClientError | undefined)[] = [];

  async missing() {
    return [];
  }
  async start(): Promise<FillOffer> {
    this.calls.push('start');
    return { needed: this.taken.length < BYTES.length, offset: this.taken.length };
  }
  async offer(): Promise<FillOffer> {
    return this.start();
  }
  async piece(_room: string, _fill: string, offset: number, bytes: Uint8Array): Promise<FillOffer> {
    this.calls.push(`piece ${offset}`);
    const failure = this.failures.shift();
    if (failure) throw failure;
    if (offset !== this.taken.length) throw new ClientError('conflict', 'Go on where the last piece ended.');
    this.taken.push(...bytes);
    return { needed: this.taken.length < BYTES.length, offset: this.taken.length };
  }
}

const free: LiveLoad = { linked: true, sends: true, pictures: [], availableBitrate: 10_000_000 };

function sending(recorder: Recorder, load: () => LiveLoad = () => free) {
  const clock = new ManualClock();
  const closing = new AbortController();
  const progress: SendProgress[] = [];
  const { signal } = closing;
  const read = async () => BYTES;
  const onProgress = (each: SendProgress) => progress.push(each);
  const outcome = sendFile({ api: recorder, clock, load, read, onProgress, signal }, outgoing);
  let ended = false;
  const done = outcome.finally(() => {
    ended = true;
  });
  /** Lets time pass whenever the sender rests, until it is through. */
  const finish = async () => {
    while (!ended) {
      await until('a rest or the end', () => ended || clock.pending > 0);
      clock.advance(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return done;
  };
  return { clock, closing, progress, finish };
}

describe('Sending a file of the own copy', () => {
  it('goes piece by piece to the end', async () => {
    const recorder = new Recorder();
    const { finish, progress } = sending(recorder);
    assert.equal(await finish(), 'sent');
    assert.deepEqual(Uint8Array.from(recorder.taken), BYTES);
    assert.equal(recorder.calls.filter((call) => call.startsWith('piece')).length, 2);
    assert.ok(progress.every(({ totalBytes }) => totalBytes === BYTES.length));
  });

  it('goes on where the recorder is, after an earlier page and after a wrong offset', async () => {
    const recorder = new Recorder();
    recorder.taken.push(...BYTES.slice(0, 70_000));
    recorder.failures = [undefined, new ClientError('conflict', 'elsewhere')];
    recorder.taken.pop();
    const { finish } = sending(recorder);
    assert.equal(await finish(), 'sent');
    assert.equal(recorder.calls[1], 'piece 69999');
    assert.deepEqual(Uint8Array.from(recorder.taken), BYTES);
  });

  it('waits as long as the server asks, and gives nothing up for it', async () => {
    const recorder = new Recorder();
    const busy = new ClientError('media-unavailable', 'Live media comes first.', { retryAfterMs: 10_000 });
    recorder.failures = [busy, busy, busy, busy];
    const { finish, progress, clock } = sending(recorder);
    assert.equal(await finish(), 'sent');
    assert.ok(clock.monotonic() >= 40_000);
    assert.ok(progress.some(({ waits }) => waits));
  });

  it('sends nothing while live media is lowered', async () => {
    const recorder = new Recorder();
    let low = true;
    const load = (): LiveLoad => ({ ...free, pictures: [{ rung: low ? '540' : '1080', height: 1080 }] });
    const { finish, clock } = sending(recorder, load);
    for (let n = 0; n < 5; n += 1) {
      await until('the rest', () => clock.pending > 0);
      clock.advance(1000);
    }
    assert.deepEqual(recorder.calls, ['start']);
    low = false;
    assert.equal(await finish(), 'sent');
  });

  it('leaves it for later without a server, and gives up what is refused for good', async () => {
    const away = new Recorder();
    away.failures = [ClientError.offline('PATCH')];
    assert.equal(await sending(away).finish(), 'later');
    const foreign = new Recorder();
    foreign.failures = [new ClientError('forbidden', 'Only who published a source may add to it.')];
    assert.equal(await sending(foreign).finish(), 'refused');
    const altered = new Recorder();
    altered.failures = Array.from({ length: 9 }, () => new ClientError('bad-request', 'The hash differs.'));
    assert.equal(await sending(altered).finish(), 'refused');
    assert.equal(altered.calls.filter((call) => call.startsWith('piece')).length, 3);
  });

  it('stops when the page ends', async () => {
    const recorder = new Recorder();
    const { closing, finish } = sending(recorder, () => ({ ...free, linked: false }));
    closing.abort();
    assert.equal(await finish(), 'later');
  });
});
