/** The mark and name of the product: an hour that closes around a heartbeat. */
import type { JSX } from 'preact';

export function BrandMark(props: { class?: string }): JSX.Element {
  return (
    <svg class={props.class ?? 'brand-mark'} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#0e5a86" />
      <path
        d="M16 5.5a10.5 10.5 0 1 1-9.6 6.25"
        fill="none"
        stroke="#ffd479"
        stroke-width="2.6"
        stroke-linecap="round"
      />
      <path
        d="M7.5 17h4.5l2-5 3.5 9.5 2.4-4.5h4.6"
        fill="none"
        stroke="#fff"
        stroke-width="2.4"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
