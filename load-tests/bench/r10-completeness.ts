/**
 * R10: a picture that counts its frames and a sound that beeps with it, sent over a link that loses packets, found again in the
 * sealed package. Forwarded is what a doctor without loss decoded, frame by frame.
 */
import { type LossyRecording, openLossyScene } from '../proof/lossy-recording.ts';
import { type Bench, type BenchResult, p95, series } from './types.ts';

const LOSS_PERCENT = 2;
/** One spatial layer: the browser then counts each frame once. */
const PICTURE = { width: 960, height: 540, fps: 10 };
const FRAMES = 400;
const TARGET_PERCENT = 99.9;
const TARGET_SKEW_MS = 40;
const TARGET_FIRST_MS = 1000;

export const bench: Bench = {
  id: 'R10',
  target: `completeness over a link that loses ${LOSS_PERCENT} %: ≥ 99.9 % of forwarded frames, every gap listed, first frame ≤ 1 s, A/V skew p95 ≤ 40 ms`,
  better: 'higher',
  namespaces: true,
  minutes: 4,
  run: async ({ runs = 3, progress } = {}) => {
    const scene = await openLossyScene(LOSS_PERCENT);
    try {
      const recordings: LossyRecording[] = [];
      for (let run = 0; run < runs; run += 1) {
        progress?.(run + 1, runs);
        recordings.push(await scene.record(PICTURE, FRAMES));
      }
      return judge(recordings);
    } finally {
      await scene.close();
    }
  },
};

function judge(recordings: readonly LossyRecording[]): BenchResult {
  const sum = (of: (recording: LossyRecording) => number) =>
    recordings.reduce((total, each) => total + of(each), 0);
  const forwarded = sum((each) => each.forwarded);
  const percent = ((forwarded - sum((each) => each.missing.length)) * 100) / forwarded;
  const unlisted = sum((each) => each.unlisted);
  const skews = recordings.flatMap((each) => each.skews.map(Math.abs));
  const first = recordings.map(({ firstFrameMs }) => firstFrameMs);
  return {
    ...series(
      'percent',
      recordings.map(({ forwarded: all, missing }) => ((all - missing.length) * 100) / all),
    ),
    // Cut off, not rounded: 99.89 is not 99.9.
    value: Math.floor(percent * 100) / 100,
    reached:
      percent >= TARGET_PERCENT &&
      unlisted === 0 &&
      p95(skews) <= TARGET_SKEW_MS &&
      Math.max(...first) <= TARGET_FIRST_MS,
    more: {
      'frames forwarded': series(
        'frames',
        recordings.map((each) => each.forwarded),
      ),
      'frames sent': series(
        'frames',
        recordings.map(({ sent }) => sent),
      ),
      'frames in the package': series(
        'frames',
        recordings.map(({ found }) => found),
      ),
      'packets sent again': series(
        'count',
        recordings.map(({ retransmitted }) => retransmitted),
      ),
      'holes that no gap lists': series(
        'count',
        recordings.map((each) => each.unlisted),
      ),
      'first frame behind publishing': series('ms', first),
      'A/V skew, all flashes': series('ms', skews),
      'A/V skew p95': series('ms', [p95(skews)]),
    },
  };
}
