/** What a card of guidance is: plain data, the same on the bystander's phone and on the dispatcher's page. */
import type { CardId, Language } from '../../signaling/protocol/guidance.ts';

/**
 * One element of SVG. Colours and sizes are presentation attributes, never `style`, so that a Content-Security-Policy
 * without inline styles shows it; moving parts have a class that `guidance.css` animates.
 */
export interface Shape {
  readonly tag: 'path' | 'circle' | 'ellipse' | 'rect' | 'g' | 'text';
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children?: readonly Shape[];
  /** Of `text` only: digits and units that are the same in every language. */
  readonly text?: string;
}

/** A drawing in a box of `width` by `height` units (320 by 240), with its own light ground. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
}

export interface Step {
  readonly text: string;
  readonly drawing: Drawing;
}

export interface Card {
  readonly cardId: CardId;
  /** Told to the room as a fact when the card is shown (`guidance.shown`). */
  readonly version: number;
  readonly guideline: string;
  readonly title: Readonly<Record<Language, string>>;
  /** Whether the metronome belongs to it: true for the three cards of compressions alone. */
  readonly metronome: boolean;
  /** 3 to 6 steps, the same drawings in each language. */
  readonly steps: Readonly<Record<Language, readonly Step[]>>;
}
