import assert from 'node:assert/strict';
import fc from 'fast-check';
import { printOf } from '../../../ar-annotations/frames/print.ts';
import { markOn, messagesOf, strokePoints } from '../../../ar-annotations/testing/arbitraries.ts';
import { frameAt, headAt, poseMessage } from '../../../ar-annotations/testing/camera.ts';
import { MessageCutter } from '../../../recorder/package/messages.ts';
import { PeerClock } from '../../../recorder/rtp/peer-clock.ts';
import { type LogEntry, LogEntry as LogEntrySchema } from '../../../signaling/protocol/entry.ts';
import { DraftPoints, PoseMessage } from '../../../signaling/protocol/marks.ts';
import type { SegmentView, TrackView } from '../../../signaling/protocol/recordings.ts';
import { DrawnMarks } from './drawn-marks.ts';
import { timedMessages } from './timed-messages.ts';

interface Recorded {
  readonly segments: SegmentView[];
  readonly bytes: Map<string, Uint8Array<ArrayBuffer>>;
}

/** Messages as the recorder cuts them into segments; its clock is the room's. */
function recorded(trackId: string, messages: readonly { at: number; message: unknown }[]): Recorded {
  const cutter = new MessageCutter(new PeerClock(), false);
  const made: Recorded = { segments: [], bytes: new Map() };
  const take = (
    outputs: Iterable<ReturnType<MessageCutter['end']> extends Generator<infer O> ? O : never>,
  ) => {
    for (const output of outputs) {
      if (output.type !== 'segment') continue;
      const { n, initId, from, to, frames, keyframes } = output;
      const file = `tracks/${trackId}/seg-${n}.msgs`;
      made.segments.push({ n, initId, from, to, frames, keyframes: [...keyframes], file });
      made.bytes.set(file, Uint8Array.from(output.bytes));
    }
  };
  const nanoseconds = (ms: number) => BigInt(Math.round(ms * 1e6));
  take(cutter.push({ type: 'clock', at: 0n, offsetMs: 0, errorMs: 0 }));
  for (const { at, message } of messages) {
    const payload = new TextEncoder().encode(JSON.stringify(message));
    take(cutter.push({ type: 'message', at: nanoseconds(at), payload }));
  }
  take(cutter.end());
  return made;
}

const view = (trackId: string, label: 'pose' | 'preview', to: number): TrackView => ({
  ...{ trackId, kind: 'messages', label, from: 0, to, durableUntil: to, epochs: [1] },
  owner: { peerId: 'wearer', organisationId: 'org', patientId: 'P1' },
  ...{ inits: [], gaps: [], fills: [], thumbnails: [] },
  statistics: {
    ...{ packets: 0, bytes: 0, lost: 0, reordered: 0, duplicates: 0, kernelDrops: 0, frames: 0 },
    ...{ keyframes: 0, brokenFrames: 0, ssrcChanges: 0, reports: 0, refusedReports: 0 },
  },
});

/** As it comes from the server. */
const entry = (seq: number, at: number, event: object): LogEntry =>
  LogEntrySchema.parse({
    ...{ v: 1, seq, at, epoch: 1, utc: 1_800_000_000_000 + at, actor: 'person-1', audience: 'everyone' },
    events: [event],
  });

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 5000;
  while (!condition()) {
    assert.ok(performance.now() < end, 'it never came');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('marks in a review', () => {
  const points = strokePoints(60);
  const previews = messagesOf('m', points).map((message, n) => ({ at: 2000 + n * 50, message }));
  const poses = Array.from({ length: 300 }, (_, n) => ({
    at: 1000 + n * 33 + 90,
    message: poseMessage(500_000 + n * 33, headAt(n * 33)),
  }));
  const tracks: Record<string, Recorded> = {
    poses: recorded('poses', poses),
    previews: recorded('previews', previews),
  };
  let fails = false;
  const files = (trackId: string) => ({
    segments: async (from: number, to: number) => {
      const all = tracks[trackId]?.segments ?? [];
      return {
        segments: all.filter((each) => each.to > from && each.from < to),
        gaps: [],
        completeTo: 12_000,
      };
    },
    file: async (file: string) => {
      if (fails) throw new Error('The recorder is away.');
      const bytes = tracks[file.split('/')[1] ?? '']?.bytes.get(file);
      assert.ok(bytes);
      return bytes;
    },
  });
  const added = entry(2, 4000, { type: 'MarkAdded', mark: markOn('m', 'anna', points) });

  function opened(): DrawnMarks {
    const drawn = new DrawnMarks(files);
    drawn.update([view('poses', 'pose', 12_000), view('previews', 'preview', 12_000)]);
    return drawn;
  }
  const shownAt = (drawn: DrawnMarks, at: number) =>
    drawn.onCamera('camera', at, printOf(frameAt(headAt(at - 1000), { seed: at })));

  it('grow from the recorded previews and lie where the recorded poses say', async () => {
    const drawn = opened();
    assert.equal(drawn.hasMarks('camera'), false);
    drawn.setFacts([added]);
    assert.equal(drawn.hasMarks('camera'), true);
    drawn.pump(2400);
    await until(() => shownAt(drawn, 2400).length === 1);
    const [draft] = shownAt(drawn, 2420);
    assert.ok(draft?.isDraft && draft.mark.shape.kind === 'stroke');
    assert.ok(draft.mark.shape.points.length > 20 && draft.mark.shape.points.length < 60);
    for (let at = 4500; at < 7000; at += 40) {
      const h = shownAt(drawn, at)[0]?.homography;
      const { x, y } = headAt(at - 1000);
      if (at < 6000) continue;
      assert.ok(h, `${at}`);
      assert.ok(Math.hypot(h[2] + x, (h[5] + y / 0.5625) * 0.5625) < 0.03, `${at}`);
    }
    drawn.close();
  });

  it('are found again after the recorder was away, and say why they were not there', async () => {
    const drawn = opened();
    drawn.setFacts([added]);
    fails = true;
    drawn.pump(5000);
    await until(() => drawn.problem !== undefined);
    fails = false;
    await until(() => {
      drawn.pump(5000);
      return shownAt(drawn, 5000).length === 1;
    });
    drawn.close();
  }).timeout(10_000);

  it('take facts that come later in a room that goes on', async () => {
    const drawn = opened();
    drawn.setFacts([added]);
    drawn.pump(6000);
    await until(() => shownAt(drawn, 6000).length === 1);
    const erased = { type: 'MarksErased', markIds: ['m'], author: 'anna', reason: 'undo' } as const;
    drawn.setFacts([added, entry(3, 5900, erased)]);
    assert.deepEqual(shownAt(drawn, 6000), []);
    assert.equal(shownAt(drawn, 5800).length, 1);
    drawn.close();
  });
});

describe('a segment of messages', () => {
  it('is read as the recorder wrote it', () => {
    const messages = [1, 2, 3].map((n) => ({ at: 1000 + n, message: { markId: 'a', n } }));
    const [bytes] = recorded('x', messages).bytes.values();
    assert.ok(bytes);
    assert.deepEqual(timedMessages(bytes, DraftPoints), messages);
    assert.deepEqual(timedMessages(bytes, PoseMessage), [], 'of another kind they are none');
    assert.deepEqual(timedMessages(bytes.subarray(0, bytes.length - 3), DraftPoints), messages.slice(0, 2));
  });

  it('never throws, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        (bytes) => timedMessages(bytes, PoseMessage).length >= 0,
      ),
    );
  });
});
