/** docs/benchmarks.md: a summary, a section for each benchmark, and what has none yet. */

import type { Series } from '../measuring/series.ts';
import { minutesOf } from './progress.ts';
import type { Report } from './report.ts';
import { absentRows, byId } from './rows.ts';
import { amount, commitWords, machineWords, seriesOf, spreadWords, versionWords } from './words.ts';

const INTRODUCTION = `# Benchmarks

What this project promises, measured. Every figure comes from one command that anyone can run, on the one machine that is named
with it; this page is written by that command (\`goldenhour bench all\`, or one by its id) and never by hand. A figure is reported as it was
measured, whether it meets its target or not, and never tuned to pass. Where it misses, the section says why, as far as it is known.

How to read it:

- **Figure** is what the target names: the 95th percentile (p95) where it says p95, else the median. **Spread** is the median, in brackets
  the least and the most of all samples.
- A figure is void, and not shown here, when the program that made the load was the limit and not the system.
- **Load** is how many programs wanted a processor when the benchmark began. Above the number of the machine's cores other programs
  took part of the time, and the figures are worse than on a quiet machine.
- Figures of other programs in the same table were measured in the same runs, on the same machine. What others say of their own
  programs is listed apart and was not measured here.
- Everything ran on one machine and shares its cores. Compare figures of one machine only: after a run of your own,
  \`goldenhour bench all --baseline docs/benchmarks.json\` tells what changed.
`;

/** More than these are shown on the page of details, where there is one. */
const FEW_PICTURES = 4;

export function pageOf(reports: readonly Report[]): string {
  const sorted = [...reports].sort(byId);
  const places = placesOf(sorted);
  const parts = [
    INTRODUCTION,
    `## Summary\n\n${summary(sorted)}\n`,
    ...sorted.map((report) => section(report, places.indexOf(placeOf(report)) + 1)),
    `## Without a figure\n\n${absentTable(sorted)}\n`,
    `## Machines\n\n${places.map((place, n) => `${n + 1}. ${place}`).join('\n')}\n`,
  ];
  return parts.join('\n');
}

function summary(reports: readonly Report[]): string {
  return table(
    ['', 'target', 'figure', 'spread', 'met', 'date'],
    reports.map((report) => [
      `[${report.id}](#${report.id.toLowerCase()})`,
      report.target,
      amount(report.value, report.unit),
      spreadWords(seriesOf(report)),
      report.met ? 'yes' : '**no**',
      report.date.slice(0, 10),
    ]),
  );
}

function section(report: Report, place: number): string {
  const { id, target, value, unit, met, why, details } = report;
  const drawings = report.files.filter((file) => file.endsWith('.svg'));
  const pictures = details !== undefined && drawings.length > FEW_PICTURES ? [] : drawings;
  const parts = [
    `## ${id}`,
    `Target: ${target}.`,
    `**${amount(value, unit)}: ${met ? 'met' : 'not met'}.**${why === undefined ? '' : ` ${why}`}`,
    figuresTable(report),
    ...pictures.map((file) => `![${nameOf(file)}](${file})`),
    ...(report.claims.length === 0 ? [] : [claimsOf(report)]),
    ...(report.leftOut.length === 0
      ? []
      : [`The figure does not include:\n\n${report.leftOut.map((sentence) => `- ${sentence}`).join('\n')}`]),
    ...(details === undefined ? [] : [`More: [${details}](${details}).`]),
    measuredWhere(report, place),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** The figure, all further ones, and beside them those of peers of the same name. */
function figuresTable(report: Report): string {
  const peers = Object.entries(report.peers);
  const names = new Set([
    ...Object.keys(report.more),
    ...peers.flatMap(([, { more = {} }]) => Object.keys(more)),
  ]);
  const judged = (value: number | undefined, series: Series) =>
    value === undefined || value === series.median
      ? spreadWords(series)
      : `${amount(value, series.unit)}; median ${spreadWords(series)}`;
  const rows = [
    [
      'the figure',
      judged(report.value, seriesOf(report)),
      ...peers.map(([, peer]) => judged(peer.value, peer)),
    ],
    ...[...names].map((name) => [
      name,
      ...[report.more[name], ...peers.map(([, { more = {} }]) => more[name])].map((series) =>
        series ? spreadWords(series) : '',
      ),
    ]),
  ];
  return table(['', 'GoldenHour', ...peers.map(([name, { version }]) => `${name} ${version}`)], rows);
}

function claimsOf({ claims }: Report): string {
  const items = claims.map(
    ({ who, figure, source, machine, date }) =>
      `- ${who}: ${figure} (${date}; machine: ${machine}; source: ${source})`,
  );
  return `Claimed by themselves, not measured here:\n\n${items.join('\n')}`;
}

function measuredWhere({ date, command, seconds, load, commit }: Report, place: number): string {
  const took = seconds === undefined ? '' : `, took ${minutesOf(seconds)}`;
  return `Measured on ${date.slice(0, 10)} with \`${command}\` on [machine ${place}](#machines)${took}; load at its begin ${load}; ${commitWords(commit)}.`;
}

function absentTable(reports: readonly Report[]): string {
  return table(
    ['', 'target', 'why it has no figure'],
    absentRows(reports).map(({ id, target, reason }) => [id, target, reason]),
  );
}

function placeOf({ machine, versions }: Report): string {
  return `${machineWords(machine)}; ${versionWords(versions)}.`;
}

function placesOf(reports: readonly Report[]): string[] {
  return [...new Set(reports.map(placeOf))];
}

function nameOf(file: string): string {
  return file
    .replace(/^.*\//, '')
    .replace(/\.svg$/, '')
    .replaceAll('-', ' ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [row(head), `|${'---|'.repeat(head.length)}`, ...rows.map(row)].join('\n');
}
