/** Icons drawn for these pages: 24 × 24, one stroke width, always beside or instead of words that say the same. */
import type { JSX } from 'preact';

const paths = {
  mic: 'M12 3.5a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0v-5a3 3 0 0 1 3-3zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3M8.5 21h7',
  'mic-off':
    'M9 9v2.5a3 3 0 0 0 4.7 2.45M15 11V6.5a3 3 0 0 0-5.7-1.3M5.5 11.5a6.5 6.5 0 0 0 10.3 5.3M18.5 11.5a6.4 6.4 0 0 1-.6 2.7M12 18v3M8.5 21h7M3.5 3.5l17 17',
  camera: 'M3.5 7.5a2 2 0 0 1 2-2h8a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-8a2 2 0 0 1-2-2zM15.5 10.5l5-3v9l-5-3z',
  'camera-off':
    'M8 5.5h5.5a2 2 0 0 1 2 2V13M15.5 16.5a2 2 0 0 1-2 2h-8a2 2 0 0 1-2-2v-9a2 2 0 0 1 1-1.73M15.5 10.5l5-3v9l-2-1.2M3.5 3.5l17 17',
  phone:
    'M6.5 3.5h3l1.5 4-2 1.5a11 11 0 0 0 6 6l1.5-2 4 1.5v3a2 2 0 0 1-2.2 2A16.5 16.5 0 0 1 4.5 5.7a2 2 0 0 1 2-2.2z',
  'phone-down':
    'M3 14.5c-.3-2 .8-3.5 2.5-4.3a16 16 0 0 1 13 0c1.7.8 2.8 2.3 2.5 4.3l-.2 1.3-4.3-.8-.5-2.7a12 12 0 0 0-8 0L7.5 15l-4.3.8z',
  bell: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5a2.2 2.2 0 0 0 4 0M12 5V3',
  check: 'M4.5 12.5l5 5 10-11',
  'check-all': 'M2.5 12.5l4.5 4.5 9-10M12 16l1.2 1.2 8.3-10',
  close: 'M5.5 5.5l13 13M18.5 5.5l-13 13',
  warn: 'M12 4l9 15.5H3zM12 10v4.5M12 17v.3',
  info: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 11v5.5M12 7.7v.3',
  person: 'M12 4a3.75 3.75 0 1 1 0 7.5A3.75 3.75 0 0 1 12 4zM4.5 20.5a7.5 7.5 0 0 1 15 0',
  people:
    'M9 4.5a3.25 3.25 0 1 1 0 6.5 3.25 3.25 0 0 1 0-6.5zM2.5 19.5a6.5 6.5 0 0 1 13 0M15.5 4.9a3.25 3.25 0 0 1 0 5.8M17.5 13.6a6.5 6.5 0 0 1 4 5.9',
  patient:
    'M3.5 18.5v-9M3.5 15.5h17v3M20.5 15.5v-1.5a3.5 3.5 0 0 0-3.5-3.5h-6.5v5M7 9.5a1.75 1.75 0 1 1 0 3.5 1.75 1.75 0 0 1 0-3.5z',
  chat: 'M4 5.5h16v11h-9l-4.5 4v-4H4zM8 9.5h8M8 12.5h5',
  order: 'M7 4.5h10v16H7zM9.5 3h5v3h-5zM10 10.5h4M10 13.5h4M10 16.5h2.5',
  clock: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5v5l3.5 2',
  drug: 'M13.5 4.9a4 4 0 0 1 5.6 5.6l-8.6 8.6a4 4 0 0 1-5.6-5.6zM9.2 9.2l5.6 5.6',
  device: 'M3.5 5.5h17v11h-17zM6 11.5h3l1.5-3 2.5 5 1.5-2H18M9 20h6M12 16.5V20',
  link: 'M3.5 18.5v-3M8.5 18.5v-6M13.5 18.5V9M18.5 18.5V5.5',
  full: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  'full-exit': 'M9 4v5H4M20 9h-5V4M15 20v-5h5M4 15h5v5',
  pip: 'M3.5 5.5h17v13h-17zM12 12.5h6v4h-6z',
  snapshot: 'M4 7.5h3.5l1.5-2.5h6l1.5 2.5H20v11.5H4zM12 9.75a3.25 3.25 0 1 1 0 6.5 3.25 3.25 0 0 1 0-6.5z',
  'zoom-in': 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.3 15.3L20.5 20.5M10.5 7.8v5.4M7.8 10.5h5.4',
  'zoom-out': 'M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.3 15.3L20.5 20.5M7.8 10.5h5.4',
  'zoom-reset': 'M4 12h4M16 12h4M12 4v4M12 16v4M12 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z',
  settings: 'M4 7h9M17 7h3M4 12h3M11 12h9M4 17h9M17 17h3M15 5v4M9 10v4M15 15v4',
  sun: 'M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  moon: 'M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z',
  system: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 3.5v17M14 6.5l4 4M14 11l5 5M14 16l2.5 2.5',
  globe:
    'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17',
  plus: 'M12 5v14M5 12h14',
  back: 'M14.5 5.5L8 12l6.5 6.5',
  leave: 'M10 4.5H5v15h5M14 8l4.5 4-4.5 4M18 12H9.5',
  lock: 'M6 10.5h12v9.5H6zM8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5M12 14v2.5',
  glass: 'M5 4.5h14v15H5zM12 4.5l-2 5 3.5 2.5L10 16l1.5 3.5M13.5 12L19 10',
  copy: 'M8.5 8.5h11v11h-11zM15.5 8.5v-4h-11v11h4',
  spot: 'M12 3.5l2.5 5.5 6 .7-4.5 4 1.3 6-5.3-3.1-5.3 3.1 1.3-6-4.5-4 6-.7z',
  lead: 'M5 20.5V4M5 4.5h12.5l-2.5 4 2.5 4H5',
  remove: 'M9 4.5a3.25 3.25 0 1 1 0 6.5 3.25 3.25 0 0 1 0-6.5zM2.5 19.5a6.5 6.5 0 0 1 13 0M16.5 8.5h5',
  invite: 'M9 4.5a3.25 3.25 0 1 1 0 6.5 3.25 3.25 0 0 1 0-6.5zM2.5 19.5a6.5 6.5 0 0 1 13 0M19 6v5M16.5 8.5h5',
  keyboard: 'M3 7h18v10.5H3zM6.5 10.5h.3M10 10.5h.3M13.5 10.5h.3M17 10.5h.3M8 14h8',
  offline:
    'M3.5 9a13 13 0 0 1 4-2.3M12 5.5a13 13 0 0 1 8.5 3.5M7 12.8a8 8 0 0 1 2.5-1.5M14 11.2a8 8 0 0 1 3 1.6M10.5 16.5a3 3 0 0 1 3 0M12 19.5v.3M4 3.5l16 17',
  ambulance:
    'M2.5 6.5h11v11h-1M13.5 10h4.5l3.5 3.5v4h-2M8 17.5h6M2.5 17.5H4M6 15.5a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM16.7 15.5a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM8 9v4.5M5.75 11.25h4.5',
  hospital: 'M5 20.5V4h14v16.5M3 20.5h18M10 20.5v-4h4v4M12 7v6M9 10h6',
  download: 'M12 4v11M7.5 11l4.5 4.5 4.5-4.5M4.5 19.5h15',
  speaker: 'M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11',
  eye: 'M2.5 12c4.5-8 14.5-8 19 0-4.5 8-14.5 8-19 0zM12 9.25a2.75 2.75 0 1 1 0 5.5 2.75 2.75 0 0 1 0-5.5z',
  send: 'M4 11.5L20.5 4l-5 16.5-4-7zM11.5 13.5l4-4',
  flag: 'M5 20.5V4M5 4.5h12.5l-2.5 4 2.5 4H5',
  gauge: 'M4 17.5a9 9 0 1 1 16 0M12 15.5l4-5M12 14.5a1 1 0 1 1 0 2 1 1 0 0 1 0-2z',
  merge: 'M5 5.5l7 6.5v7.5M19 5.5L12 12M9 17l3 3 3-3',
  rooms: 'M4 4.5h7v7H4zM13 4.5h7v7h-7zM4 13.5h7v6H4zM13 13.5h7v6h-7z',
  film: 'M4 5h16v14H4zM8 5v14M16 5v14M4 9.5h4M4 14.5h4M16 9.5h4M16 14.5h4',
  play: 'M7.5 5v14l11.5-7z',
  pause: 'M8 5.5v13M16 5.5v13',
  'step-back': 'M18.5 6v12l-9-6zM6 6v12',
  'step-on': 'M5.5 6v12l9-6zM18 6v12',
  'mark-back': 'M12.5 6L6 12l6.5 6M18.5 6L12 12l6.5 6',
  'mark-on': 'M11.5 6l6.5 6-6.5 6M5.5 6l6.5 6-6.5 6',
  seal: 'M12 3.5l6.5 2.5v5.5c0 4-2.7 7.2-6.5 9-3.8-1.8-6.5-5-6.5-9V6zM9 12l2.3 2.3L15.5 10',
  'speaker-off': 'M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM16 9.5l5 5M21 9.5l-5 5',
  menu: 'M4.5 7h15M4.5 12h15M4.5 17h15',
} as const;

export type IconName = keyof typeof paths;

/** Hidden from screen readers: the words beside it or the label of the button carry the meaning. */
export function Icon(props: { name: IconName; class?: string }): JSX.Element {
  return (
    <svg
      class={props.class === undefined ? 'icon' : `icon ${props.class}`}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[props.name]} />
    </svg>
  );
}
