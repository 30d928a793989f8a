/** One graph of the connection panel: one or two lines over 120 s, with the newest values in words. */
import type { JSX } from 'preact';
import { t } from '../../i18n/index.ts';
import { highest, linePath, niceTop, type Point } from './graph-path.ts';

export interface Line {
  readonly name: string;
  readonly points: readonly Point[];
}

const width = 300;
const height = 64;

export function Graph(props: {
  title: string;
  lines: readonly Line[];
  now: number;
  format: (value: number) => string;
  /** The scale never ends below this. */
  least: number;
}): JSX.Element {
  const { lines, now, format } = props;
  const top = niceTop(Math.max(props.least, highest(lines.map((line) => line.points))));
  const newest = lines.map((line) => {
    const value = line.points.at(-1)?.value;
    return `${line.name} ${value === undefined ? '–' : format(value)}`;
  });
  return (
    <figure class="graph">
      <figcaption class="row spread">
        <strong class="small">{props.title}</strong>
        <span class="small soft figures">{t('graph.top', { value: format(top) })}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${props.title}: ${newest.join(', ')}`}
      >
        <path class="graph-grid" d={`M0 ${height / 2}H${width}M${width / 2} 0V${height}`} />
        {lines.map((line, index) => (
          <path
            key={line.name}
            class={`graph-line line-${index}`}
            d={linePath(line.points, now, top, width, height)}
          />
        ))}
      </svg>
      <div class="row small figures graph-legend">
        {newest.map((text, index) => (
          <span key={text} class={`legend line-${index}`}>
            <svg viewBox="0 0 18 6" aria-hidden="true" focusable="false">
              <path class={`graph-line line-${index}`} d="M0 3H18" />
            </svg>
            {text}
          </span>
        ))}
      </div>
    </figure>
  );
}
