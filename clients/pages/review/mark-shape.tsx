/** Each kind of event has a shape of its own: colour alone would tell some readers nothing. */
import type { JSX } from 'preact';
import type { MarkKind } from '../../core/review/marks.ts';

/** Drawn around (0, 0), 10 high. */
const shapes: Record<MarkKind, string> = {
  people: 'M0 -5A5 5 0 1 1 0 5A5 5 0 1 1 0 -5z',
  sources: 'M-5 -3.5H5V3.5H-5z',
  care: 'M-1.7 -5H1.7V-1.7H5V1.7H1.7V5H-1.7V1.7H-5V-1.7H-1.7z',
  orders: 'M0 -5.5L5.5 0L0 5.5L-5.5 0z',
  chat: 'M-5 -4.5H5V2.5H0L-3 5.5V2.5H-5z',
  help: 'M0 -5.5L5.5 4.5H-5.5z',
  alarm: 'M0 -6L1.6 -1.8L6 -1.6L2.5 1.2L3.8 5.5L0 3L-3.8 5.5L-2.5 1.2L-6 -1.6L-1.6 -1.8z',
  recording: 'M0 -5A5 5 0 1 1 0 5A5 5 0 1 1 0 -5zM0 -2A2 2 0 1 0 0 2A2 2 0 1 0 0 -2z',
  room: 'M-5 5V-1L0 -5.5L5 -1V5z',
};

export function MarkPath(props: { kind: MarkKind; x: number; y: number }): JSX.Element {
  return (
    <path
      class={`mark-shape ${props.kind}`}
      d={shapes[props.kind]}
      fill-rule="evenodd"
      transform={`translate(${props.x.toFixed(1)} ${props.y})`}
    />
  );
}

export function MarkIcon(props: { kind: MarkKind }): JSX.Element {
  return (
    <svg class="mark-icon" viewBox="-7 -7 14 14" aria-hidden="true" focusable="false">
      <MarkPath kind={props.kind} x={0} y={0} />
    </svg>
  );
}
