/** Draws a drawing of a card as a Preact element. Apart from `index.ts`, so that contents can be loaded without Preact. */
import { h, type JSX } from 'preact';
import type { Drawing, Shape } from './types.ts';

function element(shape: Shape, key: number): JSX.Element {
  return h(shape.tag, { ...shape.attributes, key }, shape.text ?? shape.children?.map(element) ?? null);
}

/**
 * The drawing as wide as what holds it. Without `label` it is hidden from screen readers, for where the words of the
 * step stand beside it. Needs `guidance.css`.
 */
export function CardDrawing(props: { drawing: Drawing; label?: string; class?: string }): JSX.Element {
  const { drawing, label } = props;
  const words =
    label === undefined ? { 'aria-hidden': 'true' as const } : { role: 'img' as const, 'aria-label': label };
  return h(
    'svg',
    {
      ...words,
      class: props.class === undefined ? 'card-drawing' : `card-drawing ${props.class}`,
      viewBox: `0 0 ${drawing.width} ${drawing.height}`,
      xmlns: 'http://www.w3.org/2000/svg',
      focusable: 'false',
    },
    drawing.shapes.map(element),
  );
}
