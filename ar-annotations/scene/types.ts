/**
 * The words of the scene: marks, what they are drawn on, what they are fixed to, and the state that facts fold into. Places
 * are in parts of the frame or of the image, 0..1 from its top left corner. Nothing is ever mirrored.
 */
import type { Region } from '../tracker/types.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** x, y, pressure 0 to 1 (0.5 where the pen has none), milliseconds since the mark began. */
export type StrokePoint = readonly [x: number, y: number, pressure: number, ms: number];

/** What a mark is drawn on. A frozen frame of a camera is that camera: its marks land in the live scene. */
export type Surface =
  | { readonly kind: 'video'; readonly producerId: string }
  | { readonly kind: 'image'; readonly imageId: string };

/**
 * The frame a mark was drawn on, in every way its author knows it. No clock needs to agree: `mediaMs` counts on the device's
 * own media clock, as its poses name frames; the print finds the frame where that is not known.
 */
export interface FrameName {
  readonly mediaMs?: number;
  /** As the author received it; the sender's own for single and SVC streams, rewritten for simulcast. */
  readonly rtpTimestamp?: number;
  /** `printOf` of the frame, base64url. */
  readonly print?: string;
  readonly stillId?: string;
}

export const CORNERS = ['top-left', 'top-right', 'bottom-left', 'bottom-right'] as const;
export type Corner = (typeof CORNERS)[number];

/** What a mark is fixed to. */
export type Anchor =
  /** To what the reference shows: followed on the wearer's device. `reference`: `describeFrame`, base64url. */
  | {
      readonly kind: 'scene';
      readonly frame: FrameName;
      readonly reference: string;
      readonly region: Region;
    }
  /** To the display: it does not follow the patient, and says so. */
  | { readonly kind: 'corner'; readonly corner: Corner }
  /** To the pixels of a shared image. */
  | { readonly kind: 'surface' };

export const MARK_KINDS = [
  'pointer',
  'stroke',
  'arrow',
  'ellipse',
  'text',
  'stamp',
  'image',
  'measure',
] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

/** Known lengths in view, in millimetres: ISO/IEC 7810 ID-1 card (long side), a usual adhesive electrode, or one that was drawn and typed. */
export const SCALE_KINDS = ['card', 'electrode', 'drawn'] as const;

export type Shape =
  | { readonly kind: 'pointer'; readonly at: Point }
  | { readonly kind: 'stroke'; readonly points: readonly StrokePoint[] }
  | { readonly kind: 'arrow'; readonly from: Point; readonly to: Point }
  /** Half axes in parts of the width; rotation in radians, clockwise. */
  | {
      readonly kind: 'ellipse';
      readonly centre: Point;
      readonly rx: number;
      readonly ry: number;
      readonly rotation: number;
    }
  | { readonly kind: 'text'; readonly at: Point; readonly text: string }
  | { readonly kind: 'stamp'; readonly at: Point; readonly number: number }
  /** Corners clockwise from the image's top left; with an anchor to a corner of the display they give its size alone. */
  | {
      readonly kind: 'image';
      readonly imageId: string;
      readonly corners: readonly [Point, Point, Point, Point];
    }
  | {
      readonly kind: 'measure';
      readonly from: Point;
      readonly to: Point;
      readonly scale: {
        readonly kind: (typeof SCALE_KINDS)[number];
        readonly mm: number;
        readonly from: Point;
        readonly to: Point;
      };
      readonly lengthMm: number;
      /** Half the width of the 95 % interval; always shown. */
      readonly uncertaintyMm: number;
    };

export interface Mark {
  readonly markId: string;
  /** Peer id of who drew it. */
  readonly author: string;
  readonly patientId: string;
  readonly surface: Surface;
  readonly anchor: Anchor;
  readonly shape: Shape;
  /** Width over height of what it was drawn on, so that ellipses and line widths keep their form. */
  readonly aspect: number;
  /** Its author vanished while drawing. */
  readonly truncated?: true;
}

export type EraseReason = 'undo' | 'redo' | 'erased' | 'cleared';

/** Facts of the scene, as the room's log has them. */
export type SceneFact =
  | { readonly type: 'MarkAdded'; readonly mark: Mark }
  | {
      readonly type: 'MarksErased';
      readonly markIds: readonly string[];
      /** Peer id of who did it. */
      readonly author: string;
      readonly reason: EraseReason;
    }
  | {
      readonly type: 'MarksRestored';
      readonly markIds: readonly string[];
      readonly author: string;
      readonly reason: 'undo' | 'redo';
    };

export interface MarkState extends Mark {
  /** Room time of the fact, in milliseconds. */
  readonly at: number;
  readonly erased: boolean;
}

/** One act of an author that can be undone: it added these marks, or erased them. */
export interface Step {
  readonly did: 'add' | 'erase';
  readonly markIds: readonly string[];
  readonly undone: boolean;
}

export interface AuthorState {
  /** Index into the palette: in the order in which authors first drew. */
  readonly colour: number;
  /** Oldest first; the newest 100. */
  readonly steps: readonly Step[];
}

/** Plain JSON, and a pure fold of facts: equal on every peer that read the same facts. */
export interface SceneState {
  readonly marks: Readonly<Record<string, MarkState>>;
  /** Ids in the order of the facts: later ones are drawn over earlier ones. The newest `MARKS_KEPT`. */
  readonly order: readonly string[];
  readonly authors: Readonly<Record<string, AuthorState>>;
}

/** Marks a room keeps in its state, erased ones among them; older ones stand in the log. */
export const MARKS_KEPT = 500;
/** Marks shown at once in a room; more are refused until some are cleared. */
export const MARKS_SHOWN = 100;
export const STEPS_KEPT = 100;
/** Authors whose steps a room keeps; of older ones the colour is given away. */
export const AUTHORS_KEPT = 256;
/** Points of a finished stroke, after simplification. */
export const POINTS_MAX = 800;

/** A mark while it is drawn: from `mark.begin`, grown by points that travel volatile. */
export interface Draft {
  readonly markId: string;
  readonly author: string;
  readonly kind: MarkKind;
  readonly patientId: string;
  readonly surface: Surface;
  readonly anchor: Anchor;
  readonly aspect: number;
}

/**
 * Points of a draft. Strokes: those from index `from` on, the last ones repeated in each message, so that a lost one is made good by the
 * next. Other kinds: the whole shape as it is now. `n` grows with each message of a mark: older ones are passed over.
 */
export interface DraftPoints {
  readonly markId: string;
  readonly n: number;
  readonly from?: number;
  readonly points?: readonly StrokePoint[];
  readonly shape?: Shape;
}

/** `off`: the wearer has switched marks off. */
export type ShownState = 'held' | 'searching' | 'lost' | 'off';

/** Where the marks are in one frame of a camera, as its device found and shows them. */
export interface PoseMessage {
  readonly v: 1;
  readonly producerId: string;
  /** The device's own media clock, in milliseconds. */
  readonly mediaMs: number;
  /** `printOf` of that frame, base64url. */
  readonly print: string;
  readonly poses: readonly {
    readonly markId: string;
    readonly state: ShownState;
    readonly confidence: number;
    /** Reference frame → this frame (`Homography`); while held. */
    readonly h?: readonly number[];
    /** What found it: the picture, or the device's own world tracking (WebXR). */
    readonly by: 'picture' | 'world';
  }[];
}
