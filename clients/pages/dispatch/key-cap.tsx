/** The name of a key on what it does; screen readers are told by `aria-keyshortcuts` instead. */
import type { JSX } from 'preact';

export function KeyCap(props: { name: string }): JSX.Element {
  return (
    <span class="key-cap" aria-hidden="true">
      {props.name}
    </span>
  );
}
