/**
 * How authors are told apart: by colour, by the way their lines are broken and by a letter, so that nobody depends on seeing colours.
 * Colours of Okabe and Ito (https://jfly.uni-koeln.de/color/), made for all kinds of colour vision; white in place of black, since each
 * line has a dark edge.
 */
export interface AuthorStyle {
  /** `#rrggbb` */
  readonly colour: string;
  /** Of a letter on that colour. */
  readonly ink: string;
  /** Line and space in widths of the line; empty: unbroken. */
  readonly dash: readonly number[];
  /** A, B, …: stands at each mark. Letters, since stamps are numbers. */
  readonly letter: string;
}

const COLOURS = [
  '#f0e442',
  '#56b4e9',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#ffffff',
  '#e69f00',
  '#0072b2',
] as const;
/** The only colour that a dark letter could not be read on. */
const LIGHT_INK = '#0072b2';
const DASHES = [
  [],
  [4, 2],
  [1.2, 1.8],
  [5, 1.6, 1.2, 1.6],
  [8, 3],
  [2.5, 1.5],
  [6, 1.5, 1, 1.5, 1, 1.5],
  [1, 3],
];

/** @param index from `AuthorState.colour`: the order in which authors first drew */
export function authorStyle(index: number): AuthorStyle {
  const whole = Math.max(0, Math.trunc(Number.isFinite(index) ? index : 0));
  const colour = COLOURS[whole % COLOURS.length] ?? COLOURS[0];
  return {
    colour,
    ink: colour === LIGHT_INK ? '#ffffff' : '#000000',
    // The ninth author has the first one's colour and another way to break lines.
    dash: DASHES[(whole + Math.floor(whole / COLOURS.length)) % DASHES.length] ?? [],
    letter: letterOf(whole),
  };
}

function letterOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  const round = Math.floor(index / 26);
  return round === 0 ? letter : `${letter}${round + 1}`;
}
