/**
 * The seam between the shell of the bystander's page and its live part. The shell (`clients/v`) paints first, opens the
 * link, helps and ticks without any connection; the live part (`clients/v/live`) joins the room, and later films. The
 * shell loads `clients/v/live/index.ts` after `POST /api/link/open` was answered and calls its `startLive(host)`:
 *
 *     export function startLive(host: LiveHost): LivePart
 *
 * What `index.ts` imports by itself counts into the 100 KB before the camera; media code is imported by `openCamera()`.
 */
import type { ReadonlySignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import type { CprMark, PageReport } from '../../../signaling/protocol/events-bystander.ts';
import type { CardId, Language } from '../../../signaling/protocol/guidance.ts';
import type { LinkEnd, LinkPage, OpeningState } from '../../../signaling/protocol/links.ts';
import type { MetronomeState } from '../../../signaling/protocol/state-bystander.ts';

/** What the shell gives the live part. Signals are read only; everything else may be called at any time. */
export interface LiveHost {
  /** The answer of the door, as it was opened; what changes later is in the room's state. */
  readonly page: LinkPage;
  readonly language: ReadonlySignal<Language>;
  /** What the player of the metronome knows of itself, for `page.report`: the live part sends it when it changes. */
  readonly report: ReadonlySignal<Pick<PageReport, 'sound' | 'vibration' | 'wayOut'>>;
  /** Room for one short sentence to screen readers, said once. */
  announce(text: string): void;
  /** Turns the page's sound on, from a tap; what came of it shows in `report`. */
  turnSoundOn(): void;
}

/** How the connection to the room stands. The shell says it in words; help goes on in every one of them. */
export type LiveLink = 'connecting' | 'on' | 'weak' | 'offline';

/** Why the page is over, or has to ask again. */
export type LiveEnd =
  | {
      readonly kind: 'ended';
      readonly reason: LinkEnd;
      readonly supportPhone?: string;
    }
  /** Another browser of the same link went live: this one stands outside; the shell asks for it, after a tap. */
  | { readonly kind: 'outside'; readonly opening: OpeningState };

export type CameraState = NonNullable<PageReport['camera']>;

/** What the live part shows to the shell. It survives outages by itself. */
export interface LivePart {
  readonly link: ReadonlySignal<LiveLink>;
  /** Undefined until the room has said something of the metronome: until then the page counts by itself. */
  readonly metronome: ReadonlySignal<MetronomeState | undefined>;
  /** Room time now in milliseconds, by the measured offset; undefined before the first measure. */
  roomTime(): number | undefined;
  /** What the dispatcher pushed; undefined: what the page shows by itself. */
  readonly card: ReadonlySignal<
    { readonly pushId: string; readonly cardId: CardId; readonly version: number } | undefined
  >;
  /** For a place opened by its fixed code: whether anybody at dispatch has seen or answered the call. */
  readonly seen: ReadonlySignal<'nobody' | 'seen' | 'answered'>;
  readonly end: ReadonlySignal<LiveEnd | undefined>;
  readonly camera: ReadonlySignal<CameraState>;

  /** Says that a pushed card is on the screen (`guidance.shown`); kept until it can be sent. */
  cardShown(pushId: string, version: number): void;
  /**
   * `metronome.set`; kept until it can be sent, the newest wins. `page`: started by itself for arrest, sent only where
   * the room has said nothing yet; `bystander`: the key "moves or breathes", which also notes the mark `breathes`.
   */
  setMetronome(on: boolean, source: 'page' | 'bystander'): void;
  mark(mark: CprMark): void;
  /**
   * Opens the camera, straight from the tap: asks the browser at once, tells the notice that was accepted
   * (`notice.accept`), goes live. Never rejects: how it went is in `camera`.
   */
  openCamera(noticeVersion: number): void;
  stopCamera(): void;

  /** The own picture, the demonstration video, the asks (torch, zoom, photo …) and what runs now, above the help. */
  readonly Picture: ComponentType;
  /** Words from dispatch, quick phrases, text, location, second phone: below the help. */
  readonly Talk: ComponentType;
  /** "Take a photo instead": shown by the shell beside its words where the camera did not open. */
  readonly Photo: ComponentType;

  /** Set for the uses `chest` and `volunteer`: takes the place of the shell's help, below its status line. */
  readonly Screen?: ComponentType;

  /** Idempotent; the room keeps the peer for a reload. */
  close(reason: string): void;
}
