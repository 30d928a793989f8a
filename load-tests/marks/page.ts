/** The page of target S9 with its drawings: docs/benchmarks/s9-marks.md. */
import { FOLLOWERS, type FollowerName, type Trial, worstOf } from './campaign.ts';
import { type Figures, figuresOf, quantile } from './figures.ts';
import { KINDS, type Kind } from './kinds.ts';
import { plotOf } from './plot.ts';
import type { Timing } from './timing.ts';

export const PAGE = 'benchmarks/s9-marks.md';

/** Files by their path under docs/: the page and one drawing for each class. */
export function filesOf(
  trials: readonly Trial[],
  times: readonly Timing[],
  about: { readonly pictures: string; readonly verdict: string },
): Record<string, string> {
  const files: Record<string, string> = {};
  const drawings: string[] = [];
  for (const kind of KINDS) {
    const worst = worstOf(trials.filter((trial) => trial.kind === kind));
    if (!worst) continue;
    const name = `s9-${slug(kind)}.svg`;
    files[`benchmarks/${name}`] = plotOf(worst);
    drawings.push(`![${kind}](${name})`);
  }
  files[PAGE] = page(trials, times, about, drawings);
  return files;
}

const slug = (kind: Kind) => kind.replaceAll(/[^a-z0-9]+/g, '-').replace(/-$/, '');

function page(
  trials: readonly Trial[],
  times: readonly Timing[],
  about: { readonly pictures: string; readonly verdict: string },
  drawings: readonly string[],
): string {
  const kinds = KINDS.filter((kind) => trials.some((trial) => trial.kind === kind));
  const rows = kinds.flatMap((kind) =>
    FOLLOWERS.map((name) =>
      rowOf(
        kind,
        name,
        trials.filter((trial) => trial.kind === kind),
      ),
    ),
  );
  const all = FOLLOWERS.map((name) => rowOf('all', name, trials));
  return `# S9: where marks are

Written by the benchmark S9. ${about.verdict}

Each sequence is filmed by numbers, so that the true place of the mark is known in every frame (load-tests/marks): flat pictures before a
moving camera of 320 × 180 pixels, with exposure, noise and light; the mark is drawn on the first frame and the tracker hears of it 0.3 to 1 s later,
with the frames kept since. ${about.pictures} The seeds of this run were not used while the tracker was written.

- **ours**: ar-annotations/tracker. **OpenCV**: its WebAssembly build (\`@techstark/opencv-js\`) put together as in its own tutorials: corners, Lucas-Kanade,
  RANSAC homography, ORB to find the place again. **naive**: an overlay that stays where it was drawn on the screen.
- **error**: distance between the mark and its true place, of centre or outline, whichever is larger, in percent of the frame's width,
  over all frames in which it is shown: median / 95 of 100 / largest. **> 3 %**: frames in a wrong place, of all frames shown; marks of another scene always count.
- **longest > 1 %**: the longest time that a mark was shown so far off. **shown**: share of the time in full view that the mark is
  shown. A tracker that shows nothing is never wrong: read both together.
- **late fades**: how often a mark was shown for more than 100 ms after more than 60 % of its place was covered, of how often that
  happened, and the longest. **back**: median time until it is shown again after it came back into full view, and how often it was not.

| class | | error, % of width | > 3 %, frames | longest > 1 % | shown | late fades | back |
|---|---|---|---|---|---|---|---|
${[...all, ...rows].join('\n')}

## Time of a frame

The quickest of several runs for each frame, since other programs share the cores; the last column is the clock as it was. Sequences with head motion at 30
frames a second and with a look away, during which marks are searched for.

| | marks | median | 95 of 100 | longest | adding all marks with their kept frames | 95 of 100 by the clock, per run |
|---|---|---|---|---|---|---|
${times.map(timeRow).join('\n')}

## Error over time

For each class the sequence in which our largest error was largest.

${drawings.join('\n\n')}
`;
}

function rowOf(kind: string, name: FollowerName, trials: readonly Trial[]): string {
  const figures = figuresOf(trials.flatMap(({ scores }) => scores[name]));
  return row([name === FOLLOWERS[0] ? kind : '', name, ...cells(figures)]);
}

function cells({ error, wrong, frames, longestPoorMs, shown, fades, returns }: Figures): string[] {
  const back = returns.count + returns.neverBack;
  return [
    frames === 0
      ? 'never shown'
      : `${error.median.toFixed(2)} / ${error.p95.toFixed(2)} / ${error.most.toFixed(2)}`,
    `${wrong} of ${frames}`,
    `${longestPoorMs.toFixed(0)} ms`,
    `${shown.toFixed(0)} %`,
    fades.count === 0 ? '' : `${fades.late} of ${fades.count}, ${fades.mostMs.toFixed(0)} ms`,
    back === 0 ? '' : `${returns.medianMs.toFixed(0)} ms, ${returns.neverBack} of ${back} not`,
  ];
}

function timeRow({ name, anchors, frames, runs, addMs }: Timing): string {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  return row([
    name,
    String(anchors),
    ms(quantile(frames, 0.5)),
    ms(quantile(frames, 0.95)),
    ms(frames.at(-1) ?? 0),
    ms(addMs),
    runs.map((value) => value.toFixed(1)).join(', '),
  ]);
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
