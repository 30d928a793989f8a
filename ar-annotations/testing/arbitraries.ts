/** Scenes for property tests: authors, marks, drafts and what the network does to their messages. */
import fc from 'fast-check';
import type { Draft, DraftPoints, Mark, StrokePoint } from '../scene/types.ts';

export const AUTHORS = ['anna', 'bo', 'chen'] as const;

export function strokePoints(count: number, seed = 1): StrokePoint[] {
  return Array.from({ length: count }, (_, index): StrokePoint => {
    const turn = index / 40 + seed;
    return [0.5 + 0.3 * Math.cos(turn), 0.5 + 0.2 * Math.sin(turn * 1.3), 0.5, index * 16];
  });
}

export function draftOf(markId: string, author = 'anna'): Draft {
  return {
    markId,
    author,
    kind: 'stroke',
    patientId: 'P1',
    surface: { kind: 'video', producerId: 'camera' },
    anchor: {
      kind: 'scene',
      frame: { mediaMs: 1000 },
      reference: 'AAAA',
      region: { x: 0, y: 0, width: 1, height: 1 },
    },
    aspect: 16 / 9,
  };
}

export function markOn(markId: string, author = 'anna', points = strokePoints(5)): Mark {
  const { kind: _, ...rest } = draftOf(markId, author);
  return { ...rest, shape: { kind: 'stroke', points } };
}

/** The messages of one stroke: each carries some new points and repeats the last ones before them. */
export function messagesOf(
  markId: string,
  points: readonly StrokePoint[],
  each = 4,
  tail = 6,
): DraftPoints[] {
  const messages: DraftPoints[] = [];
  for (let end = each; end < points.length + each; end += each) {
    const from = Math.max(0, end - each - tail);
    messages.push({ markId, n: messages.length, from, points: points.slice(from, end) });
  }
  return messages;
}

/** Any JSON that a hostile or broken peer could send in place of a message, beside the truth. */
export const garbage = fc.oneof(
  fc.jsonValue(),
  fc.record({ markId: fc.string(), n: fc.double(), from: fc.double(), points: fc.array(fc.jsonValue()) }),
);
