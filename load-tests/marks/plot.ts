/** A sequence as a drawing: the error of each follower over time, and when each of them showed the mark. */
import { FOLLOWERS, type FollowerName, type Trial } from './campaign.ts';
import type { Sight } from './score.ts';

const WIDTH = 720;
const LEFT = 62;
const TOP = 22;
const CHART = 120;
const BAR = 13;
/** The largest error that is drawn, in percent of the frame's width; larger ones stand at the upper edge. */
const MOST = 4;

const STYLE: Readonly<
  Record<FollowerName, { readonly colour: string; readonly dash: string; readonly stroke: number }>
> = {
  naive: { colour: '#777', dash: '1 3', stroke: 1.5 },
  OpenCV: { colour: '#c2570c', dash: '5 3', stroke: 1.5 },
  ours: { colour: '#0b5cad', dash: 'none', stroke: 2 },
};

const LEGEND =
  'Error in percent of the frame’s width. Bars: the mark is shown. Brown: its place is covered; blue-grey: out of view.';

const SHADES = { covered: '#d9c7a0', outside: '#c8cdd6' } as const;

/** SVG of one mark of a trial. */
export function plotOf(trial: Trial, mark = 0): string {
  const sights = trial.followed.ours.sights[mark] ?? [];
  const last = sights.at(-1)?.ms ?? 1;
  const x = (ms: number) => round(LEFT + (ms / last) * (WIDTH - LEFT - 8));
  const y = (error: number) => round(TOP + CHART * (1 - Math.min(error, MOST) / MOST));
  const step = last / Math.max(1, sights.length - 1);
  const bars = TOP + CHART + 10;
  const height = bars + 4 * BAR + 28;
  const text = (at: readonly [number, number], words: string, more = '') =>
    `<text x="${at[0]}" y="${at[1]}" ${more}>${words}</text>`;
  const spans = (
    holds: (sight: Sight) => boolean,
    of: readonly Sight[],
    top: number,
    colour: string,
    h: number,
  ) =>
    runsOf(of, holds).map(([from, until]) => {
      const right = Math.min(x(until + step), WIDTH - 8);
      return `<rect x="${x(from)}" y="${top}" width="${round(right - x(from))}" height="${h}" fill="${colour}"/>`;
    });
  const shades = Object.entries(SHADES).flatMap(([state, colour]) =>
    spans((sight) => sight.state === state, sights, TOP, colour, CHART),
  );
  const levels = [0, 1, 2, 3, 4].map((error) => {
    const dash = error === 1 || error === 3 ? '' : ' stroke-opacity=".3"';
    return `<path d="M${LEFT} ${y(error)}H${WIDTH - 8}" stroke="#999" stroke-width=".6"${dash}/>${text([LEFT - 6, y(error) + 4], `${error} %`, 'text-anchor="end"')}`;
  });
  const lines = [...FOLLOWERS].reverse().flatMap((name) => {
    const { colour, dash, stroke } = STYLE[name];
    return pathsOf(trial.followed[name].sights[mark] ?? []).map((points) => {
      const d = points.map(({ ms, error = 0 }, i) => `${i === 0 ? 'M' : 'L'}${x(ms)} ${y(error)}`).join('');
      const path = `d="${d}${points.length === 1 ? 'h1' : ''}" fill="none"`;
      return `<path ${path} stroke="${colour}" stroke-width="${stroke}" stroke-dasharray="${dash}"/>`;
    });
  });
  const shown = FOLLOWERS.flatMap((name, i) => {
    const top = bars + i * BAR;
    const of = trial.followed[name].sights[mark] ?? [];
    return [
      text([LEFT - 6, top + 9], name, 'text-anchor="end"'),
      ...spans(({ error }) => error !== undefined, of, top + 2, STYLE[name].colour, BAR - 5),
    ];
  });
  const seconds = Array.from({ length: Math.floor(last / 1000) + 1 }, (_, i) =>
    text([x(i * 1000), bars + 4 * BAR], `${i} s`),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#fff"/>
${text([8, 14], `${trial.kind}: ${trial.picture}, seed ${trial.seed}`)}
${text([8, height - 6], LEGEND, 'fill="#555"')}
${[...shades, ...levels, ...lines, ...shown, ...seconds].join('\n')}
</svg>
`;
}

const round = (value: number) => Math.round(value * 10) / 10;

/** From and until, in milliseconds, of each run of sights of which something holds. */
function runsOf(sights: readonly Sight[], holds: (sight: Sight) => boolean): [number, number][] {
  const runs: [number, number][] = [];
  let open = false;
  for (const sight of sights) {
    const last = runs.at(-1);
    if (!holds(sight)) open = false;
    else if (open && last) last[1] = sight.ms;
    else {
      runs.push([sight.ms, sight.ms]);
      open = true;
    }
  }
  return runs;
}

/** The stretches in which a mark is shown. */
function pathsOf(sights: readonly Sight[]): Sight[][] {
  const paths: Sight[][] = [];
  let open = false;
  for (const sight of sights) {
    if (sight.error === undefined) open = false;
    else if (open) paths.at(-1)?.push(sight);
    else {
      paths.push([sight]);
      open = true;
    }
  }
  return paths;
}
