/**
 * The tools as a pure state machine: what a pen that goes down, moves and comes up means for the tool in hand. Mouse, finger, pen
 * and keyboard all speak to it in places of the picture; what comes out are steps for the `Pen` of the SDK.
 */

import { LEAST_SCALE, type Scale } from '../../../ar-annotations/scene/measure.ts';
import {
  MARK_KINDS,
  type MarkKind,
  type Point,
  type Shape,
  type StrokePoint,
} from '../../../ar-annotations/scene/types.ts';
import { distance, place, shapeOf } from './tool-shapes.ts';

export const TOOLS = [...MARK_KINDS, 'erase'] as const;
export type Tool = (typeof TOOLS)[number];

export type Corners = Extract<Shape, { kind: 'image' }>['corners'];

export interface Contact {
  readonly x: number;
  readonly y: number;
  /** 0 to 1; 0.5 where the pen has none. */
  readonly pressure: number;
  /** Milliseconds of any steady clock. */
  readonly at: number;
}

/** What a tool has to know beside the pen. */
export interface ToolContext {
  /** Width over height of what is drawn on. */
  readonly aspect: number;
  readonly nextStamp: number;
  /** The image to be pinned, and its width over its height. */
  readonly image: { readonly imageId: string; readonly aspect: number } | undefined;
  /** The known length that was chosen. */
  readonly scale: { readonly kind: Scale['kind']; readonly mm: number };
}

export type ToolState =
  | { readonly is: 'idle'; readonly scale?: Scale }
  | {
      readonly is: 'drawing';
      readonly kind: MarkKind;
      readonly start: Contact;
      readonly last: Contact;
      readonly scale?: Scale;
    }
  /** The first of the two lines of a measurement: along the known length. */
  | { readonly is: 'scaling'; readonly start: Contact; readonly last: Contact }
  /** An image lies there, and its corners can still be dragged. */
  | { readonly is: 'adjusting'; readonly imageId: string; readonly corners: Corners }
  /** A place was chosen and the words are being typed. */
  | { readonly is: 'typing'; readonly place: Point; readonly text: string };

export type ToolStep =
  | { readonly do: 'begin'; readonly kind: MarkKind; readonly at: Point }
  | { readonly do: 'points'; readonly points: readonly StrokePoint[] }
  | { readonly do: 'shape'; readonly shape: Shape }
  | { readonly do: 'finish' }
  | { readonly do: 'cancel' }
  | { readonly do: 'erase'; readonly at: Point };

export type ToolInput =
  | { readonly type: 'down' | 'up'; readonly contact: Contact }
  | { readonly type: 'move'; readonly contacts: readonly Contact[] }
  | { readonly type: 'words'; readonly text: string }
  | { readonly type: 'corner'; readonly index: number; readonly at: Point }
  | { readonly type: 'done' }
  | { readonly type: 'cancel' }
  /** Another tool or another picture. */
  | { readonly type: 'reset' };

export const IDLE: ToolState = { is: 'idle' };
/** A pointer that is lifted sooner than this stays as a mark; one that was held was a laser and goes. */
export const TAP_MS = 400;
/** A line shorter than this, in parts of the width, was a slip. */
const SLIP = 0.006;

type Outcome = readonly [state: ToolState, steps: readonly ToolStep[]];

export function stepTool(tool: Tool, state: ToolState, input: ToolInput, context: ToolContext): Outcome {
  switch (input.type) {
    case 'down':
      return state.is === 'idle'
        ? down(tool, state, input.contact, context)
        : typed(tool, state, input.contact, context);
    case 'move':
      return move(state, input.contacts, context);
    case 'up':
      return up(state, input.contact, context);
    case 'words':
      return words(state, input.text);
    case 'corner':
      return corner(state, input.index, input.at);
    case 'done':
      return done(state);
    case 'cancel':
      return cancelled(state);
    case 'reset':
      return [IDLE, cancelled(state)[1]];
  }
}

function down(tool: Tool, state: ToolState, contact: Contact, context: ToolContext): Outcome {
  const at = place(contact);
  if (tool === 'erase') return [state, [{ do: 'erase', at }]];
  if (tool === 'stamp') {
    const shape: Shape = { kind: 'stamp', at, number: context.nextStamp };
    return [IDLE, [{ do: 'begin', kind: 'stamp', at }, { do: 'shape', shape }, { do: 'finish' }]];
  }
  if (tool === 'text') return [{ is: 'typing', place: at, text: '' }, [{ do: 'begin', kind: 'text', at }]];
  if (tool === 'image' && context.image === undefined) return [state, []];
  const scale = state.is === 'idle' ? state.scale : undefined;
  if (tool === 'measure' && scale === undefined)
    return [{ is: 'scaling', start: contact, last: contact }, []];
  const drawing: ToolState = {
    is: 'drawing',
    kind: tool,
    start: contact,
    last: contact,
    ...(scale === undefined ? {} : { scale }),
  };
  return [drawing, [{ do: 'begin', kind: tool, at }, ...stepsFor(drawing, [contact], context)]];
}

/** A second pen while something is drawn means nothing; a pen beside words or an image that wait ends them. */
function typed(tool: Tool, state: ToolState, contact: Contact, context: ToolContext): Outcome {
  const end = done(state)[1];
  if (end.length === 0) return [state, []];
  const [next, steps] = down(tool, IDLE, contact, context);
  return [next, [...end, ...steps]];
}

function move(state: ToolState, contacts: readonly Contact[], context: ToolContext): Outcome {
  const last = contacts.at(-1);
  if (last === undefined) return [state, []];
  if (state.is === 'scaling') return [{ ...state, last }, []];
  if (state.is !== 'drawing') return [state, []];
  const next = { ...state, last };
  return [next, stepsFor(next, contacts, context)];
}

function up(state: ToolState, contact: Contact, context: ToolContext): Outcome {
  if (state.is === 'scaling') {
    const [from, to] = [place(state.start), place(contact)];
    // Too short to measure by: the line is drawn again.
    if (distance(from, to, context.aspect) < LEAST_SCALE) return [IDLE, []];
    return [{ is: 'idle', scale: { ...context.scale, from, to } }, []];
  }
  if (state.is !== 'drawing') return [state, []];
  const kept: ToolState = state.scale === undefined ? IDLE : { is: 'idle', scale: state.scale };
  const moved = distance(place(state.start), place(contact), context.aspect);
  const held = contact.at - state.start.at;
  if (state.kind === 'pointer') {
    const stays = held < TAP_MS && moved < 0.02;
    return [kept, [{ do: stays ? 'finish' : 'cancel' }]];
  }
  if (state.kind === 'image') {
    const shape = shapeOf({ ...state, last: contact }, context);
    if (shape?.kind !== 'image') return [kept, [{ do: 'cancel' }]];
    return [{ is: 'adjusting', imageId: shape.imageId, corners: shape.corners }, [{ do: 'shape', shape }]];
  }
  const isLine = state.kind === 'arrow' || state.kind === 'ellipse' || state.kind === 'measure';
  if (isLine && moved < SLIP) return [kept, [{ do: 'cancel' }]];
  const ended = { ...state, last: contact };
  return [kept, [...(isLine ? stepsFor(ended, [contact], context) : []), { do: 'finish' }]];
}

function words(state: ToolState, text: string): Outcome {
  if (state.is !== 'typing') return [state, []];
  const trimmed = text.trim();
  const next = { ...state, text: trimmed };
  if (trimmed === '') return [next, []];
  return [next, [{ do: 'shape', shape: { kind: 'text', at: state.place, text: trimmed } }]];
}

function corner(state: ToolState, index: number, at: Point): Outcome {
  if (state.is !== 'adjusting') return [state, []];
  const [a, b, c, d] = state.corners.map((known, each) => (each === index ? at : known));
  if (a === undefined || b === undefined || c === undefined || d === undefined) return [state, []];
  const corners: Corners = [a, b, c, d];
  // An image that is turned over or folded would show the patient's other side.
  if (!isConvex(corners)) return [state, []];
  return [
    { ...state, corners },
    [{ do: 'shape', shape: { kind: 'image', imageId: state.imageId, corners } }],
  ];
}

/** Whether the corners go round clockwise without a dent. */
function isConvex(corners: Corners): boolean {
  return corners.every((at, index) => {
    const [next, after] = [corners[(index + 1) % 4] ?? at, corners[(index + 2) % 4] ?? at];
    return (next.x - at.x) * (after.y - next.y) - (next.y - at.y) * (after.x - next.x) > 0;
  });
}

function done(state: ToolState): Outcome {
  if (state.is === 'typing') return [IDLE, [endOfWords(state)]];
  return state.is === 'adjusting' ? [IDLE, [{ do: 'finish' }]] : [state, []];
}

/** A place without words is no mark. */
function endOfWords({ text }: Extract<ToolState, { is: 'typing' }>): ToolStep {
  return { do: text === '' ? 'cancel' : 'finish' };
}

function cancelled(state: ToolState): Outcome {
  switch (state.is) {
    case 'idle':
      // The known length is forgotten too, so that it can be drawn anew.
      return [IDLE, []];
    case 'scaling':
      return [IDLE, []];
    case 'typing':
    case 'adjusting':
      return [IDLE, [{ do: 'cancel' }]];
    case 'drawing':
      return [state.scale === undefined ? IDLE : { is: 'idle', scale: state.scale }, [{ do: 'cancel' }]];
  }
}

/** What the pen has drawn so far, as its kind sends it. */
function stepsFor(
  state: Extract<ToolState, { is: 'drawing' }>,
  contacts: readonly Contact[],
  context: ToolContext,
): readonly ToolStep[] {
  if (state.kind === 'stroke') {
    const { start } = state;
    const points = contacts.map(
      ({ x, y, pressure, at }): StrokePoint => [x, y, pressure, Math.max(0, Math.round(at - start.at))],
    );
    return [{ do: 'points', points }];
  }
  const shape = shapeOf(state, context);
  return shape === undefined ? [] : [{ do: 'shape', shape }];
}
