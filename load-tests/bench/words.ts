/** Figures in words, for the terminal and for docs/benchmarks.md. */

import type { Series, Unit } from '../measuring/series.ts';
import type { Machine, Report } from './report.ts';

const SHORT: Partial<Record<Unit, string>> = { percent: ' %', count: '', 'per second': '/s', '/min': '/min' };

/** `1,057.9 ms`, `99.5 %`, `12`. */
export function amount(value: number, unit: Unit): string {
  return `${digits(value)}${SHORT[unit] ?? ` ${unit}`}`;
}

function digits(value: number): string {
  return value.toLocaleString('en-GB', { maximumFractionDigits: Math.abs(value) < 1 ? 4 : 2 });
}

/** The median with least, most and number of samples; a single figure by itself. */
export function spreadWords({ unit, median, min, max, samples }: Series): string {
  const middle = amount(median, unit);
  if (samples.length < 2) return middle;
  if (min === max) return `${middle}, ${samples.length} samples all alike`;
  return `${middle} (${digits(min)} to ${digits(max)}), ${samples.length} samples`;
}

export function seriesOf({ unit, spread }: Report): Series {
  return { unit, ...spread };
}

export function machineWords({ cores, cpu, memoryGiB, kernel, node }: Machine): string {
  return `${cores} × ${cpu}, ${memoryGiB} GiB, ${kernel}, Node ${node}`;
}

export function versionWords(versions: Report['versions']): string {
  const words = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return words.length === 0 ? 'versions of programs were not noted' : words.join('; ');
}

export function commitWords(commit: Report['commit']): string {
  if (!commit) return 'the commit was not noted';
  return `commit ${commit.id}${commit.dirty ? ' with changes that were not committed' : ''}`;
}

/** A report for a person at a terminal, over several lines. */
export function reportWords(report: Report): string {
  const { id, target, value, unit, met, invalid, why } = report;
  if (invalid !== undefined)
    return `${id}: void, no figure: ${invalid}. Try again on a quieter machine.\n    target: ${target}\n`;
  const more = Object.entries(report.more).map(([name, each]) => `${name}: ${spreadWords(each)}`);
  const peers = Object.entries(report.peers).flatMap(([name, peer]) => [
    `${name} ${peer.version}: ${peer.value === undefined ? '' : `${amount(peer.value, peer.unit)}; median `}${spreadWords(peer)}`,
    ...Object.entries(peer.more ?? {}).map(([of, each]) => `${name}, ${of}: ${spreadWords(each)}`),
  ]);
  const claims = report.claims.map(
    ({ who, figure, source, machine, date }) =>
      `claimed by themselves, not measured here: ${who}: ${figure} (${date}; machine: ${machine}; ${source})`,
  );
  const lines = [
    `target: ${target}`,
    `median ${spreadWords(seriesOf(report))}`,
    ...more,
    ...peers,
    ...claims,
    ...report.leftOut.map((sentence) => `left out: ${sentence}`),
    ...(why === undefined ? [] : [`${met ? 'note' : 'why not met'}: ${why}`]),
  ];
  return `${id}: ${amount(value, unit)}: target ${met ? 'met' : 'not met'}\n${lines.map((line) => `    ${line}\n`).join('')}`;
}

/** What all reports of one command have in common. */
export function aroundWords({ machine, versions, commit }: Report): string {
  return `Machine: ${machineWords(machine)}\nVersions: ${versionWords(versions)}\nProject: ${commitWords(commit)}\n`;
}
