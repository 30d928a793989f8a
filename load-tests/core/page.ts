/** docs/benchmarks/core.md and core.svg: where a core goes, and what was tried from outside the worker. */
import type { Series } from '../bench/types.ts';
import { PARTS, type Part } from './fold.ts';

export interface Share {
  readonly part: Part;
  readonly percent: Series;
}

export interface Tried {
  readonly name: string;
  /** Time of a core for one packet, in microseconds. */
  readonly cost: Series;
  /** Percent of the core saved against the worker as it is, round by round. */
  readonly saved: Series;
  /** Percent of the core that was busy, and added delay at the 99th percentile in milliseconds. */
  readonly core: Series;
  readonly delay: Series;
  /** Percent of packets that did not arrive, the most of any round. */
  readonly lost: number;
}

const ROW = 22;
const LEFT = 330;
const WIDTH = 760;
const KERNEL = '#0b5cad';
const CIPHER = '#7a4b9d';
const OURS = '#c2570c';
const REST = '#777';

/** Bars, the parts in the order of their place in the program. */
export function sharesSvg(shares: readonly Share[], title: string): string {
  const most = Math.max(1, ...shares.map(({ percent }) => percent.max));
  const length = (percent: number) => Math.round((percent / most) * (WIDTH - LEFT - 70) * 10) / 10;
  const rows = shares.flatMap(({ part, percent }, n) => {
    const top = 34 + n * ROW;
    return [
      `<text x="${LEFT - 8}" y="${top + 14}" text-anchor="end">${part}</text>`,
      `<rect x="${LEFT}" y="${top + 3}" width="${length(percent.median)}" height="${ROW - 7}" fill="${colourOf(part)}"/>`,
      `<path d="M${LEFT + length(percent.min)} ${top + 10.5}H${LEFT + length(percent.max)}" stroke="#000" stroke-width="1.5"/>`,
      `<text x="${LEFT + length(percent.max) + 6}" y="${top + 14}">${percent.median} %</text>`,
    ];
  });
  const height = 44 + shares.length * ROW;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
<text x="8" y="18">${title}</text>
${rows.join('\n')}
</svg>
`;
}

function colourOf(part: Part): string {
  if (part.startsWith('kernel')) return KERNEL;
  if (part.startsWith('SRTP')) return CIPHER;
  return part.startsWith('worker') ? OURS : REST;
}

/** Sums of the parts that begin with the same word. */
export function groupsOf(shares: readonly Share[]): { readonly kernel: number; readonly worker: number } {
  const sum = (word: string) =>
    shares
      .filter(({ part }) => part.startsWith(word))
      .reduce((total, { percent }) => total + percent.median, 0);
  return { kernel: Math.round(sum('kernel')), worker: Math.round(sum('worker')) };
}

export function sharesTable(shares: readonly Share[]): string {
  const order = new Map(PARTS.map((part, n) => [part, n]));
  const rows = [...shares].sort((a, b) => (order.get(a.part) ?? 0) - (order.get(b.part) ?? 0));
  return `| part | share of the work |
|---|---|
${rows.map(({ part, percent }) => `| ${part} | ${spread(percent)} |`).join('\n')}`;
}

export function triedTable(tried: readonly Tried[]): string {
  const rows = tried.map(({ name, cost, saved, core, delay, lost }) =>
    [name, spread(cost), spread(saved), verdictOf(saved), spread(core), spread(delay), `${lost} %`].join(
      ' | ',
    ),
  );
  return `| variant | cost of a packet | saved against the worker as it is | pays | core | delay p99 | lost |
|---|---|---|---|---|---|---|
${rows.map((row) => `| ${row} |`).join('\n')}`;
}

/** Whether a variant pays: in every round, or not to be told from the spread. */
export function verdictOf({ min, max, samples }: Series): 'yes' | 'no' | 'costs' | '' {
  if (samples.every((sample) => sample === 0)) return '';
  if (min > 0) return 'yes';
  return max < 0 ? 'costs' : 'no';
}

function spread({ median, min, max, unit }: Series): string {
  return `${median} ${unit === 'percent' ? '%' : unit} (${min} to ${max})`;
}
