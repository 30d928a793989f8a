/** S9: where marks are while heads, patients and light move, beside OpenCV and an overlay that does not follow at all. */
import { type ByFollower, campaign, type Trial } from '../marks/campaign.ts';
import { type Figures, figuresOf, quantile } from '../marks/figures.ts';
import { KINDS } from '../marks/kinds.ts';
import { filesOf, PAGE } from '../marks/page.ts';
import { picturesOf } from '../marks/pictures.ts';
import { FADED_MS, GOOD } from '../marks/score.ts';
import { type Timing, timings } from '../marks/timing.ts';
import { type Bench, type BenchResult, type Series, series } from './types.ts';

/** The tracker was written on lower seeds; results of 9001 and 9002 were told while it was. */
const FIRST_SEED = 12_001;
const TIMED_RUNS = 7;
const FRAME_MS = 10;

export const bench: Bench = {
  id: 'S9',
  target:
    'mark placement after head motion, rotation, blur, partial occlusion: error ≤ 1 % of frame width, or faded ≤ 100 ms; wrong marks shown: 0; tracker ≤ 10 ms per frame on one core',
  minutes: 12,
  run: async ({ runs = 5, pictures, progress } = {}) => {
    progress?.(1, 1);
    const from = await picturesOf(pictures);
    const trials = await campaign({ from: FIRST_SEED, seeds: runs, pictures: from });
    const times = await timings(TIMED_RUNS, FIRST_SEED, from);
    return resultOf(trials, times, pictures);
  },
};

function resultOf(trials: readonly Trial[], times: readonly Timing[], pictures?: string): BenchResult {
  const figures = {
    ours: figuresOf(trials.flatMap(({ scores }) => scores.ours)),
    OpenCV: figuresOf(trials.flatMap(({ scores }) => scores.OpenCV)),
    naive: figuresOf(trials.flatMap(({ scores }) => scores.naive)),
  };
  const { ours } = figures;
  const perFrame = times.filter(({ name }) => name === 'ours').map(({ frames }) => quantile(frames, 0.95));
  const failures = [
    ...(ours.wrong > 0 ? [`${ours.wrong} frames showed a mark in a wrong place`] : []),
    ...(ours.longestPoorMs > FADED_MS
      ? [`a mark was more than ${GOOD} % off for ${ours.longestPoorMs.toFixed(0)} ms`]
      : []),
    ...(ours.fades.late > 0
      ? [`${ours.fades.late} of ${ours.fades.count} fades took more than ${FADED_MS} ms`]
      : []),
    ...(Math.max(...perFrame) > FRAME_MS
      ? [`95 of 100 frames took up to ${Math.max(...perFrame).toFixed(1)} ms`]
      : []),
  ];
  const reached = failures.length === 0;
  const verdict = reached ? 'Reached as the target is worded.' : `Not reached: ${failures.join('; ')}.`;
  const shown = `But marks were shown in only ${ours.shown.toFixed(0)} % of the time in full view (OpenCV: ${figures.OpenCV.shown.toFixed(0)} %); ${neverShown(trials)}.`;
  const about = {
    verdict: `${verdict} ${shown}`,
    pictures: `Pictures: ${namesOf(trials)}${pictures === undefined ? ' (the project’s own screenshots stand in for photographs; name others with `--pictures FOLDER`)' : ''}.`,
  };
  return {
    ...series('percent', p95OfEach(trials)),
    value: Math.round(ours.error.p95 * 100) / 100,
    reached,
    more: { ...placement(trials, figures), ...speed(times) },
    leftOut: ['Real scenes: motion, light and blur are computed, so that the true place is known.'],
    details: PAGE,
    files: filesOf(trials, times, about),
  };
}

function neverShown(trials: readonly Trial[]): string {
  const kinds = KINDS.filter((kind) => kind !== 'another scene').filter((kind) =>
    trials.every(
      (trial) => trial.kind !== kind || trial.scores.ours.every(({ found }) => found === undefined),
    ),
  );
  return kinds.length === 0 ? 'in every class at least once' : `never in these classes: ${kinds.join(', ')}`;
}

/** One sample for each sequence in which the mark was shown. */
function p95OfEach(trials: readonly Trial[]): number[] {
  const each = trials.flatMap(({ scores }) =>
    scores.ours.map(({ errors }) => [...errors].sort((a, b) => a - b)),
  );
  const samples = each.flatMap((errors) => (errors.length === 0 ? [] : [quantile(errors, 0.95)]));
  return samples.length === 0 ? [100] : samples;
}

function placement(trials: readonly Trial[], figures: ByFollower<Figures>): Record<string, Series> {
  const { ours, OpenCV, naive } = figures;
  const fades = trials.flatMap(({ scores }) => scores.ours.flatMap((score) => score.fades));
  const back = trials.flatMap(({ scores }) => scores.ours.flatMap((score) => score.returns));
  return {
    'error p95, OpenCV': series('percent', [OpenCV.error.p95]),
    'error p95, an overlay that does not follow': series('percent', [naive.error.p95]),
    [`frames in a wrong place, of ${ours.frames} shown`]: series('frames', [ours.wrong]),
    [`the same, OpenCV, of ${OpenCV.frames}`]: series('frames', [OpenCV.wrong]),
    [`the same, an overlay that does not follow, of ${naive.frames}`]: series('frames', [naive.wrong]),
    'longest time more than 1 % off': series('ms', [ours.longestPoorMs]),
    'the same, OpenCV': series('ms', [OpenCV.longestPoorMs]),
    'shown, of the time in full view': series('percent', [ours.shown]),
    'shown, OpenCV': series('percent', [OpenCV.shown]),
    'still shown after it was covered': series('ms', fades.length === 0 ? [0] : fades),
    'until shown again': series('ms', back.length === 0 ? [0] : back),
    'not shown again': series('count', [ours.returns.neverBack]),
  };
}

function speed(times: readonly Timing[]): Record<string, Series> {
  return Object.fromEntries(
    times.map(({ name, anchors, frames }) => [
      `a frame with ${anchors} ${anchors === 1 ? 'mark' : 'marks'}, ${name}, p95 ${quantile(frames, 0.95).toFixed(1)} ms`,
      series('ms', [quantile(frames, 0.5), quantile(frames, 0.95), frames.at(-1) ?? 0]),
    ]),
  );
}

function namesOf(trials: readonly Trial[]): string {
  const names = new Set(trials.map(({ picture }) => picture.replace(/ \d+$/, ' (drawn)')));
  return [...names].sort().join(', ');
}
