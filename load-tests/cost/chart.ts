/** Drawings of measured points, the curve through them and its interval, as SVG that reads on light and dark pages. */

export interface Line {
  /** What it is called in the legend; one line alone has none. */
  readonly name?: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** One of the colours below, by its number. */
  readonly colour: number;
  readonly dashed?: boolean;
}

export interface Panel {
  readonly title: string;
  readonly xTitle: string;
  readonly dots?: readonly (readonly [x: number, y: number])[];
  readonly lines: readonly Line[];
  /** Interval of the curve: at each place its least and most. */
  readonly band?: readonly (readonly [x: number, least: number, most: number])[];
  /** Times or places that stand out, from and until. */
  readonly spans?: readonly (readonly [from: number, until: number])[];
  /** Whole words below the title. */
  readonly note?: string;
  readonly width?: number;
}

const WIDTH = 340;
const HEIGHT = 250;
/** Width of a letter of this size, about. */
const LETTER = 6;
const PLOT = { left: 56, top: 44, right: 14, bottom: 40 } as const;
const STYLE = `
  .paper { fill: #ffffff } text { fill: #1f2328 } .quiet { fill: #59636e }
  .grid { stroke: #d1d9e0 } .axis { stroke: #59636e } .dot { fill: #0b5cad }
  .c0 { stroke: #0b5cad } .c1 { stroke: #b4460b } .c2 { stroke: #3d7a22 } .band { fill: #0b5cad; opacity: .18 } .span { fill: #b4460b; opacity: .14 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 } text { fill: #f0f6fc } .quiet { fill: #a3b1c0 }
    .grid { stroke: #30363d } .axis { stroke: #9198a1 } .dot { fill: #79b8ff }
    .c0 { stroke: #79b8ff } .c1 { stroke: #ffa657 } .c2 { stroke: #7ee787 } .band { fill: #79b8ff; opacity: .25 } .span { fill: #ffa657; opacity: .2 }
  }`;

/** Panels side by side. */
export function chart(panels: readonly Panel[]): string {
  let left = 0;
  const drawn = panels.map((panel) => {
    const at = left;
    left += panel.width ?? WIDTH;
    return `<g transform="translate(${at} 0)">${drawPanel(panel)}</g>`;
  });
  const title = panels.map(({ title }) => title).join('; ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left} ${HEIGHT}" width="${left}" height="${HEIGHT}" role="img" aria-label="${escaped(title)}" font-family="sans-serif" font-size="11">
<style>${STYLE}
</style>
<rect class="paper" width="100%" height="100%"/>
${drawn.join('\n')}
</svg>
`;
}

function drawPanel(panel: Panel): string {
  const width = panel.width ?? WIDTH;
  const { dots = [], lines, band = [], spans = [] } = panel;
  const xs = [...dots.map(([x]) => x), ...lines.flatMap(({ points }) => points.map(([x]) => x))];
  const ys = [
    ...dots.map(([, y]) => y),
    ...lines.flatMap(({ points }) => points.map(([, y]) => y)),
    ...band.map(([, , most]) => most),
  ];
  const xTicks = ticks(Math.min(0, ...xs), Math.max(...xs));
  const yTicks = ticks(Math.min(0, ...ys), Math.max(...ys));
  const x = scale([xTicks[0] ?? 0, Math.max(...xs)], [PLOT.left, width - PLOT.right]);
  const y = scale([yTicks[0] ?? 0, yTicks.at(-1) ?? 1], [HEIGHT - PLOT.bottom, PLOT.top]);
  const path = (points: readonly (readonly [number, number])[]) =>
    points.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${x(px)} ${y(py)}`).join('');
  const around = [
    // Below the axis there is nothing to be drawn on.
    ...band.map(([px, least]) => [px, Math.max(least, yTicks[0] ?? 0)] as const),
    ...[...band].reverse().map(([px, , most]) => [px, most] as const),
  ];
  return [
    `<text x="${PLOT.left}" y="16" font-weight="bold">${escaped(panel.title)}</text>`,
    panel.note === undefined
      ? ''
      : `<text class="quiet" x="${PLOT.left}" y="31">${escaped(panel.note)}</text>`,
    ...yTicks.map(
      (tick) =>
        `<path class="grid" d="M${PLOT.left} ${y(tick)}H${width - PLOT.right}"/><text x="${PLOT.left - 6}" y="${y(tick) + 4}" text-anchor="end">${label(tick)}</text>`,
    ),
    ...xTicks
      .filter((tick) => tick <= Math.max(...xs))
      .map(
        (tick) =>
          `<text x="${x(tick)}" y="${HEIGHT - PLOT.bottom + 15}" text-anchor="middle">${label(tick)}</text>`,
      ),
    `<path class="axis" fill="none" d="M${PLOT.left} ${PLOT.top}V${HEIGHT - PLOT.bottom}H${width - PLOT.right}"/>`,
    `<text class="quiet" x="${(PLOT.left + width - PLOT.right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escaped(panel.xTitle)}</text>`,
    ...spans.map(
      ([from, until]) =>
        `<rect class="span" x="${x(from)}" y="${PLOT.top}" width="${Math.max(2, x(until) - x(from))}" height="${HEIGHT - PLOT.bottom - PLOT.top}"/>`,
    ),
    band.length === 0 ? '' : `<path class="band" d="${path(around)}Z"/>`,
    ...lines.map(
      ({ points, colour, dashed }) =>
        `<path class="c${colour}" fill="none" stroke-width="1.6"${dashed ? ' stroke-dasharray="5 4"' : ''} d="${path(points)}"/>`,
    ),
    ...dots.map(([px, py]) => `<circle class="dot" cx="${x(px)}" cy="${y(py)}" r="2.6"/>`),
    ...legend(lines, width),
  ].join('\n');
}

/** In a row at the right of the line below the title, the last one outermost. */
function legend(lines: readonly Line[], width: number): string[] {
  let right = width - PLOT.right;
  return lines
    .filter(({ name }) => name !== undefined)
    .toReversed()
    .map(({ name = '', colour, dashed }) => {
      const dash = dashed ? ' stroke-dasharray="5 4"' : '';
      const drawn = `<path class="c${colour}" stroke-width="1.6"${dash} d="M${right - 20} 27h20"/><text x="${right - 25}" y="31" text-anchor="end">${escaped(name)}</text>`;
      right -= 40 + name.length * LETTER;
      return drawn;
    });
}

function scale([from, until]: readonly [number, number], [a, b]: readonly [number, number]) {
  const span = until - from || 1;
  return (value: number) => Math.round((a + ((value - from) / span) * (b - a)) * 10) / 10;
}

/** About five round numbers that hold both. */
export function ticks(least: number, most: number): number[] {
  const span = most - least || 1;
  const rough = span / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? rough;
  const first = Math.floor(least / step);
  const last = Math.ceil(most / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, n) => Number(((first + n) * step).toPrecision(10)));
}

const label = (value: number) => (Math.abs(value) >= 10_000 ? `${value / 1000}k` : String(value));

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
