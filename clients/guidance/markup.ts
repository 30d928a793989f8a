/** A drawing as the text of an SVG file: for pages without Preact and for comparing contents. */
import type { Drawing, Shape } from './types.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (value: string | number) =>
  String(value).replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);

function shapeMarkup(shape: Shape): string {
  const attributes = Object.entries(shape.attributes).map(([name, value]) => ` ${name}="${escaped(value)}"`);
  const inside =
    shape.text === undefined ? (shape.children ?? []).map(shapeMarkup).join('') : escaped(shape.text);
  return `<${shape.tag}${attributes.join('')}>${inside}</${shape.tag}>`;
}

export function svgMarkup(drawing: Drawing): string {
  const box = `viewBox="0 0 ${drawing.width} ${drawing.height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box}>${drawing.shapes.map(shapeMarkup).join('')}</svg>`;
}
